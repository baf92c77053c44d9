"""Publishing checklists. Each is an XLSForm; a version never changes once published, and visits keep theirs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import ClassVar

from django.db import IntegrityError, transaction
from django.db.models import Max

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook.models import Checklist, Question
from mingcha.ground.territory.models import Body, SiteType
from mingcha.kernel.checklists import forms, workbooks
from mingcha.kernel.refusals import Refusal

ZIP = b"PK\x03\x04"  # how an .xlsx file begins; anything else is read as an XForm


class VersionTaken(Refusal):
    message: ClassVar[str] = (
        "表单 %(form_id)s 的版本 %(version)s 已经发布，内容不同。请在 settings 页改一个新的 version 再上传。"
    )


class NoSuchSiteType(Refusal):
    message: ClassVar[str] = "settings 页的 site_type“%(code)s”不是登记的点位类型，请照点位类型表填写代码，或留空。"
    status: ClassVar[int] = 422


@transaction.atomic
def publish(
    content: bytes, *, site_type: SiteType | None = None, keeper: Body | None = None, by: Person | None, at: datetime
) -> Checklist:
    """
    Publish a form from the bytes of an Excel file (XLSForm) or of an XForm, as its next version.

    The site type is the one given, else the one the form's settings name, else any. The same form published again is
    the one on record. `by=None` is the operator; `keeper` None stands for the house. Raises NotAllowed, NotFound,
    VersionTaken, NoSuchSiteType, and TornFile or FormRefused of the kernel with every bad row.
    """
    if by is not None:
        if keeper is None:
            raise accounts.NotFound
        accounts.require(by, Permission.RULEBOOK_KEEP, at=at, division=keeper.division_id)
    excel = content.startswith(ZIP)
    form = _converted(content) if excel else forms.from_xform(content)
    if site_type is None and form.site_type:
        site_type = SiteType.objects.filter(pk=form.site_type).first()
        if site_type is None:
            raise NoSuchSiteType(code=form.site_type)
    same = Checklist.objects.filter(form_id=form.form_id, form_version=form.version).first()
    if same is not None:
        return _again(same, form)
    known = (
        Checklist.objects.filter(site_type=site_type) if site_type else Checklist.objects.filter(form_id=form.form_id)
    )
    last = known.aggregate(last=Max("version"))["last"] or 0
    try:
        with transaction.atomic():
            made = Checklist.objects.create(
                site_type=site_type, version=last + 1, form_id=form.form_id, form_version=form.version,
                title=form.title[:120], keeper=keeper, xform=form.xform, workbook=content if excel else None,
                compiled=form.compiled, warnings=[asdict(warning) for warning in form.warnings], published_at=at,
                published_by=by,
            )  # fmt: skip
    except IntegrityError as error:  # someone else has just published that version
        raise VersionTaken(form_id=form.form_id, version=form.version) from error
    Question.objects.bulk_create(
        Question(checklist=made, position=n, name=asked.name, kind=asked.kind, text=asked.text, help=asked.help)
        for n, asked in enumerate(form.questions, start=1)
    )
    audit.record(
        "rulebook.publish_checklist", kind="checklist", key=form.form_id, by=by, at=at,
        division=keeper.division_id if keeper else "",
        detail={"version": form.version, "questions": len(form.questions)},
    )  # fmt: skip
    return made


def _again(same: Checklist, form: forms.Form) -> Checklist:
    # The same words under the same version: nothing has changed, whoever sends it once more.
    if same.xform != form.xform:
        raise VersionTaken(form_id=form.form_id, version=form.version)
    return same


@lru_cache(maxsize=64)
def _converted(content: bytes) -> forms.Form:
    # Conversion takes long, and a machine that sets up many offices meets the same shipped files again and again.
    return forms.from_workbook(content)


@transaction.atomic
def publish_questions(
    site_type: SiteType, *, questions: Sequence[tuple[str, str, str]], by: Person | None, at: datetime
) -> Checklist:
    """
    Publish the next checklist of a site type from (kind, text, help) rows: they are poured into a form with all the rest.

    Raises what `publish` raises.
    """
    # Two at once would take the same number: the type's row is the queue.
    SiteType.objects.select_for_update().get(pk=site_type.pk)
    last = Checklist.objects.filter(site_type=site_type).aggregate(last=Max("version"))["last"] or 0
    content = _poured(site_type.pk, site_type.name, last + 1, tuple(questions))
    keeper = None
    if by is not None:
        main = accounts.standing(by, at=at).main
        keeper = Body.objects.filter(pk=main.body).first() if main else None
    return publish(content, site_type=site_type, keeper=keeper, by=by, at=at)


@lru_cache(maxsize=64)
def _poured(code: str, name: str, version: int, questions: tuple[tuple[str, str, str], ...]) -> bytes:
    return workbooks.workbook(
        title=f"{name}检查表", form_id=code, version=str(version), site_type=code, questions=questions
    )


@transaction.atomic
def complete(*, by: None = None, at: datetime) -> int:
    """Make forms of the checklists published before checklists were forms; return how many. Safe to run twice."""
    bare = Checklist.objects.filter(xform="", site_type__isnull=False).select_related("site_type")
    for checklist in bare:
        rows = tuple(checklist.questions.order_by("position").values_list("kind", "text", "help"))
        content = workbooks.workbook(
            title=f"{checklist.site_type}检查表", form_id=checklist.form_id, version=checklist.form_version,
            site_type=checklist.site_type_id or "", questions=rows,
        )  # fmt: skip
        form = forms.from_workbook(content)
        Checklist.objects.filter(pk=checklist.pk, xform="").update(
            xform=form.xform, workbook=content, compiled=form.compiled
        )
        audit.record("rulebook.complete_checklist", kind="checklist", key=checklist.form_id, by=by, at=at)
    return len(bare)
