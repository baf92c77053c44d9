"""
What was held back, taken by an office as a visit at the site it names: the same rows as the intake leaves.

In the order of the code:

1. Permission over the outing's office and over the site; nobody's visit stands where they had to stay away.
2. Read the words sent once more, as the form of that version has them.
3. Run the intake's statement with the other beginning; a site of the list that was visited already is one more visit,
   which no lot sent anyone on.
4. Hang up the photos, which came before there was a visit, and put the act on record.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.actions.submissions import AlreadyRuled
from mingcha.flow.fieldwork.models import Submission, Visit
from mingcha.flow.fieldwork.states import FileKind
from mingcha.flow.rectifications import intake, intake_sql, intake_words
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.rulebook import queries as rulebook
from mingcha.ground.territory.models import Site
from mingcha.kernel import checklists
from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal


class HadToStayAway(Refusal):
    message: ClassVar[str] = (
        "%(person)s与“%(site)s”有回避关系（%(tie)s），这份填报不能作为检查记录。请列为不采用，另派人去查。"
    )


class NoLongerThere(Refusal):
    message: ClassVar[str] = "“%(site)s”已并入别的点位，请选并入的那一个。"


class DescriptionMissing(Refusal):
    message: ClassVar[str] = "第 %(number)s 个问题没有描述，请照填报内容和照片补上，再收为检查记录。"
    status: ClassVar[int] = 422


def undescribed(submission: Submission) -> list[int]:
    """Return the numbers, from 1, of the findings that were sent without a description."""
    return [found.ordinal for found in _read(submission)[2].findings if not legible(found.description).strip()]


@transaction.atomic
def take(
    submission: Submission, *, site: Site, described: Mapping[int, str] | None = None, by: Person, at: datetime
) -> Visit:
    """
    Take a submission that was held back as a visit at a site: findings, orders and all; return the visit.

    `described` gives words to findings sent without any, by number. Raises HadToStayAway, NoLongerThere,
    DescriptionMissing, AlreadyRuled, and NotAllowed or NotFound.
    """
    office = submission.inspection.office
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=office.division_id)
    accounts.require(by, Permission.ORDER_VERIFY, at=at, division=site.division_id)
    if site.merged_into_id is not None:
        raise NoLongerThere(site=site.name)
    _require_untied(submission, site)
    words = _words(submission, site, described or {}, at=at) | {"submission": submission.pk, "ruler": by.pk}
    if not intake.run(intake_sql.TAKE, words):
        raise AlreadyRuled
    visit = Visit.objects.select_related("site").get(submission=submission)
    for attachment in submission.attachments.filter(kind=FileKind.PHOTO).select_related("evidence").order_by("pk"):
        intake.picture(visit, attachment.evidence, finding=submission.expected[attachment.name][1])
    audit.record(
        "submission.take", kind="submission", key=submission.instance_id, by=by, at=at, division=office.division_id,
        body=office.pk, detail={"visit": visit.pk, "site": site.code, "held": submission.held},
    )  # fmt: skip
    return visit


def _require_untied(submission: Submission, site: Site) -> None:
    # As it stood when it came in: what has been lifted since did hold then.
    away = ties.ties([submission.person_id], at=submission.received_at)
    tie = away.between(submission.person_id, ties.subject_of(site))
    if tie is not None:
        raise HadToStayAway(person=submission.person.name, site=site.name, tie=tie.label)


def _read(submission: Submission) -> tuple[rulebook.Form, checklists.Instance, checklists.Reading]:
    form = rulebook.form(submission.checklist.form_id, submission.checklist.form_version)
    if form is None:
        raise accounts.NotFound
    instance = checklists.parse(submission.xml.encode())
    return form, instance, checklists.read(instance, form.compiled)


def _words(submission: Submission, site: Site, described: Mapping[int, str], *, at: datetime) -> dict[str, Any]:
    """Return the statement's parameters: what was sent, at the site chosen, at the time it was sent."""
    form, instance, reading = _read(submission)
    outing, carrier = fieldwork.outing(submission.inspection), fieldwork.carrier(submission.device, at=at)
    begun, closed = intake_words.times(reading, outing, at=submission.received_at)
    drawn = site.code in outing.stops and fieldwork.visit_there(submission, site) is None
    given = intake_words.words_of(carrier, outing, form, instance, reading, (), submission.xml.encode(), at=at)
    for found in given["findings"]:
        found["description"] = found["description"] or described.get(found["ordinal"], "").strip()
        if not found["description"]:
            raise DescriptionMissing(number=found["ordinal"])
    return given | {
        "site_code": site.code, "drawn": drawn, "extra": not drawn, "begun": begun, "closed": closed,
    }  # fmt: skip
