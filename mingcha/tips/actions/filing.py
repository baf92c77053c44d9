"""A report that came by telephone, by letter or in person, put in by an intake officer: sealed by the same path as any."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.kernel.refusals import Refusal
from mingcha.tips.public import filing, shown
from mingcha.tips.public.drafts import Draft
from mingcha.tips.public.filing import Filed
from mingcha.tips.states import Channel
from mingcha.tips.vault import Uploaded

WAYS = (Channel.PHONE, Channel.LETTER, Channel.VISIT)


class NotByOfficer(Refusal):
    message: ClassVar[str] = "请选择来电、来信或者来访；网络举报由群众自己提交。"
    status: ClassVar[int] = 422


@transaction.atomic
def enter(draft: Draft, *, receipt: str, files: Sequence[Uploaded] = (), by: Person, at: datetime) -> Filed:
    """
    Seal what somebody told, wrote or handed over, to the office that receives it; `draft.channel` says how it came.

    The receipt is for whoever speaks, to be given to them. Routed as any report is: about one's own office it goes
    straight up, and who put it in holds no key to it. Sent twice under one receipt, it is there once.
    Raises NotAllowed, NotByOfficer, DraftIncomplete, NobodyAbove, TooManyFiles, NoKeyForOffice, KeyReplaced.
    """
    standing = accounts.require(by, Permission.TIP_INTAKE, at=at)
    if draft.channel not in WAYS:
        raise NotByOfficer
    draft.check()
    found = shown.route(draft, at=at)
    sealed = filing.seal(draft, route=found, receipt=receipt, files=files, at=at)
    if not filing.write(sealed, "tips_put"):
        return filing.again(draft, receipt=receipt, files=files, at=at)
    own = next(each for each in standing.holdings if Permission.TIP_INTAKE in each.role.permissions)
    audit.record(
        "tips.enter", kind="tip", key=sealed.tip.pk, by=by, at=at, division=own.division, body=own.body,
    )  # fmt: skip
    return Filed(found.office.code, found.office.name)
