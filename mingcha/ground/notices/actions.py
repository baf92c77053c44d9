"""Putting a message in the outbox, marking it read, and by which ways an office and a person hear of messages."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_noop

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.audit import actions as audit
from mingcha.ground.notices import queries
from mingcha.ground.notices.models import Channel, Delivery, Notice, Preference, Raising
from mingcha.ground.notices.states import ACTS, WAITING, Kind
from mingcha.ground.territory.models import Body
from mingcha.kernel import sealing
from mingcha.kernel.hours import Hours
from mingcha.kernel.refusals import Refusal

# Where the public services live; what follows is the one thing in the address of a robot that is its own.
HOSTS = {Kind.WECOM: "qyapi.weixin.qq.com", Kind.DINGTALK: "oapi.dingtalk.com", Kind.FEISHU: "open.feishu.cn"}
_PATHS = {
    Kind.WECOM: ("/cgi-bin/webhook/send", "key"), Kind.DINGTALK: ("/robot/send", "access_token"),
    Kind.FEISHU: ("/open-apis/bot/v2/hook/", ""),
}  # fmt: skip
# Ports at which mail servers listen: an address typed here must not serve to knock at other doors.
PORTS = (25, 465, 587, 994, 2525)
SECURITY = ("ssl", "starttls", "insecure")
_SERVER = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,128}")


class NotARobotsAddress(Refusal):
    message: ClassVar[str] = "这不是所选群机器人的地址：请在群里打开机器人设置，复制完整的 Webhook 地址再粘贴。"
    status: ClassVar[int] = 422


class NotAMailServer(Refusal):
    message: ClassVar[str] = "邮件服务器的地址、端口、加密方式或发件地址不对：请向邮箱管理员核对后再填。"
    status: ClassVar[int] = 422


class PasswordInTheOpen(Refusal):
    message: ClassVar[str] = "不加密的连接会泄露密码：请改用 SSL 或 STARTTLS，或者不填账号和密码。"
    status: ClassVar[int] = 422


class HoursDoNotFit(Refusal):
    message: ClassVar[str] = "时间对不上：免打扰要写起止两个不同的时间，汇总时间不能落在免打扰时段里。"
    status: ClassVar[int] = 422


class NoMailAddress(Refusal):
    message: ClassVar[str] = "要收邮件，请先填写正确的邮箱地址。"
    status: ClassVar[int] = 422


class ChannelStopped(Refusal):
    message: ClassVar[str] = "这个渠道已经停用或换过设置，请从列表重新进入。"
    status: ClassVar[int] = 409


class NothingGivenUp(Refusal):
    message: ClassVar[str] = "没有停下来的消息，不用重新发送。"
    status: ClassVar[int] = 409


class HoursOutOfRange(Refusal):
    message: ClassVar[str] = "转送时限请填 1 到 720 之间的小时数，不转送就留空。"
    status: ClassVar[int] = 422


def send(*, to: Iterable[Person], subject: str, link: str, text: str = "", urgent: bool = False, at: datetime) -> int:
    """
    Write one row for each person, in the caller's transaction; return how many.

    Shown inside at once. Outside the outbox tells only that there is a message; an `urgent` one also in quiet hours.
    """
    rows = [
        Notice(to=person, subject=subject[:120], text=text, link=link, urgent=urgent, created_at=at)
        for person in set(to)
    ]
    return len(Notice.objects.bulk_create(rows))


def mark_seen(*, link: str = "", by: Person, at: datetime) -> int:
    """Mark one's own messages as read: all, or those that lead to a page now open. Return how many were not."""
    unseen = Notice.objects.filter(to=by, seen_at=None)
    return (unseen.filter(link=link) if link else unseen).update(seen_at=at)


@transaction.atomic
def prefer(*, mail: str, by_mail: bool, in_group: bool, hours: Hours, by: Person, at: datetime) -> Preference:
    """
    Set how one hears of messages outside. Nobody sets it for another, so no act on record.

    Raises NoMailAddress, HoursDoNotFit.
    """
    if by_mail or mail:
        try:
            validate_email(mail)
        except ValidationError:
            raise NoMailAddress from None
    told = {"mail": mail, "by_mail": by_mail, "in_group": in_group, "changed_at": at, **_timed(hours)}
    return Preference.objects.update_or_create(person=by, defaults=told)[0]


def _timed(hours: Hours) -> dict[str, time | None]:
    whole = (hours.quiet_from is None) == (hours.quiet_to is None)
    apart = hours.quiet_from is None or hours.quiet_from != hours.quiet_to
    if not whole or not apart or (hours.digest_at is not None and hours.quiet(hours.digest_at)):
        raise HoursDoNotFit
    return {"quiet_from": hours.quiet_from, "quiet_to": hours.quiet_to, "digest_at": hours.digest_at}


@transaction.atomic
def set_channel(body: Body, *, kind: str, given: Mapping[str, Any], hours: Hours, by: Person, at: datetime) -> Channel:
    """
    Set up a way out for a body; one of the same kind is stopped, and what waits there goes by the new one.

    `given`: for a group `address` (of its robot) and, for DingTalk, `secret` (加签) or ""; for mail `server`, `port`,
    `security` (ssl, starttls, insecure), `user`, `password`, `sender`. It is sealed, never shown and never logged.
    Raises NotAllowed, NotFound, NotARobotsAddress, NotAMailServer, PasswordInTheOpen, HoursDoNotFit.
    """
    _require(body, by=by, at=at)
    opened = _mail_server(given) if kind == Kind.MAIL else _robot(Kind(kind), given)
    Body.objects.select_for_update().get(pk=body.pk)  # two officers at once: the later one's stands
    before = Channel.objects.filter(body=body, kind=kind, stopped_at=None).first()
    if before is not None:
        Channel.objects.filter(pk=before.pk).update(stopped_at=at, stopped_by=by)
    channel = Channel.objects.create(
        body=body, kind=kind, set_at=at, set_by=by, **_timed(hours),
        box=sealing.seal(json.dumps(opened).encode(), key=settings.MINGCHA_SEALING_KEY, about=queries.about(body.pk, kind)),
    )  # fmt: skip
    if before is not None:
        before.deliveries.filter(state__in=WAITING).update(channel=channel)
    _record("channel.set", channel, by=by, at=at)
    return channel


def _robot(kind: Kind, given: Mapping[str, Any]) -> dict[str, str]:
    """Return what opens a group, from the address that its robot's settings show."""
    parts = urlsplit(str(given.get("address", "")).strip())
    own = settings.MINGCHA_CHAT_HOSTS.get(HOSTS[kind], "")
    # The key of another server's robot must not be carried to the public one.
    host = urlsplit(own).netloc if own else HOSTS[kind]
    path, name = _PATHS[kind]
    token = parse_qs(parts.query).get(name, [""])[0] if name else parts.path.removeprefix(path).strip("/")
    right = parts.path.rstrip("/") == path if name else parts.path.startswith(path)
    if parts.netloc != host or not right or not _TOKEN.fullmatch(token):
        raise NotARobotsAddress
    secret = str(given.get("secret", "")).strip() if kind == Kind.DINGTALK else ""
    if secret and not re.fullmatch("[A-Za-z0-9]{4,128}", secret):
        raise NotARobotsAddress
    return {"token": token, "secret": secret}


def _mail_server(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what opens a mail server."""
    server, sender = str(given["server"]).strip(), str(given["sender"]).strip()
    if not _SERVER.fullmatch(server) or given["port"] not in PORTS or given["security"] not in SECURITY:
        raise NotAMailServer
    try:
        validate_email(sender)
    except ValidationError:
        raise NotAMailServer from None
    user, password = str(given.get("user", "")).strip(), str(given.get("password", ""))
    if given["security"] == "insecure" and (user or password):
        raise PasswordInTheOpen
    return {
        "server": server, "port": given["port"], "security": given["security"], "user": user, "password": password,
        "sender": sender,
    }  # fmt: skip


@transaction.atomic
def stop(channel: Channel, *, by: Person, at: datetime) -> None:
    """Stop a way out: what waits there is not sent any more. Raises NotAllowed, NotFound, ChannelStopped."""
    _require(channel.body, by=by, at=at)
    if not Channel.objects.filter(pk=channel.pk, stopped_at=None).update(stopped_at=at, stopped_by=by):
        raise ChannelStopped
    channel.deliveries.filter(state__in=WAITING).update(state=ACTS["expire"][1])
    _record("channel.stop", channel, by=by, at=at)


@transaction.atomic
def try_out(channel: Channel, *, by: Person, at: datetime) -> Delivery:
    """
    Send a message to oneself by this way, at once. Raises NotAllowed, NotFound, ChannelStopped, NoMailAddress.

    It goes to the address of whoever tries it, or to the group.
    """
    _require(channel.body, by=by, at=at)
    if Channel.objects.filter(pk=channel.pk, stopped_at=None).first() is None:
        raise ChannelStopped
    by_mail = channel.kind == Kind.MAIL
    if by_mail and not Preference.objects.filter(person=by, by_mail=True).exists():
        raise NoMailAddress
    # No link: whoever looks at the channel's page meanwhile would have read it before it was sent.
    notice = Notice.objects.create(
        to=by,
        subject=f"{gettext_noop('试发')}：{channel.get_kind_display()}",
        urgent=True,
        created_at=at,
        planned_at=at,
    )
    return Delivery.objects.create(
        notice=notice, channel=channel, person=by if by_mail else None, queued_at=at, next_at=at
    )


@transaction.atomic
def retry(channel: Channel, *, by: Person, at: datetime) -> int:
    """
    Send again what was given up on this way; return how many.

    Raises NotAllowed, NotFound, ChannelStopped, NothingGivenUp.
    """
    _require(channel.body, by=by, at=at)
    if Channel.objects.filter(pk=channel.pk, stopped_at=None).first() is None:
        raise ChannelStopped
    before, after = ACTS["retry"]
    found = channel.deliveries.filter(state__in=before).update(state=after, tries=0, cause="", queued_at=at, next_at=at)
    if not found:
        raise NothingGivenUp
    _record("channel.retry", channel, by=by, at=at, rows=found)
    return found


@transaction.atomic
def raise_after(body: Body, *, urgent_hours: int | None, other_hours: int | None, by: Person, at: datetime) -> Raising:
    """
    Say after how many hours unread messages of a body's people go to the next person; None: never.

    Holds for messages from now on. Raises NotAllowed, NotFound, HoursOutOfRange.
    """
    _require(body, by=by, at=at)
    if any(hours is not None and not 1 <= hours <= 720 for hours in (urgent_hours, other_hours)):
        raise HoursOutOfRange
    told = {"urgent_hours": urgent_hours, "other_hours": other_hours, "set_at": at, "set_by": by}
    made = Raising.objects.update_or_create(body=body, defaults=told)[0]
    audit.record(
        "notice.raise_after", kind="body", key=body.pk, by=by, at=at, division=body.division_id, body=body.pk,
        detail={"urgent_hours": urgent_hours, "other_hours": other_hours},
    )  # fmt: skip
    return made


def _require(body: Body, *, by: Person, at: datetime) -> None:
    standing = accounts.require(by, Permission.CHANNEL_KEEP, at=at)
    if not queries.keeps(body, to=standing):
        raise accounts.NotFound


def _record(verb: str, channel: Channel, *, by: Person, at: datetime, **more: object) -> None:
    body = channel.body
    audit.record(
        verb, kind="channel", key=channel.pk, by=by, at=at, division=body.division_id, body=body.pk,
        detail={"kind": channel.kind, **more},
    )  # fmt: skip
