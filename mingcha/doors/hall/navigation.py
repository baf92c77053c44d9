"""The navigation as one table. What a person may not see is left out; so is what does not exist yet."""

import re
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import Standing


@dataclass(frozen=True)
class Place:
    """A place one can go to: `needs` one of some permissions or none; shows in the phone's lower bar or not."""

    label: Promise
    address: str
    icon: str
    needs: tuple[P, ...] = ()
    on_phone: bool = False
    group: Promise | str = ""


WORK, REGISTERS, RECORDS = _("工作"), _("名录"), _("记录")
# From so many places on they are told apart by headings.
MANY = 8


PLACES = (
    Place(_("首页"), "desk:home", "home", on_phone=True),
    Place(_("现场"), "field:home", "field", (P.VISIT_MAKE,), on_phone=True),
    Place(_("任务"), "desk:campaigns", "campaign", (P.CAMPAIGN_SEE,), group=WORK),
    Place(_("调配"), "desk:calls", "call", (P.CALL_ANSWER,), group=WORK),
    Place(_("工作提示"), "desk:guidance", "guidance", (P.GUIDANCE_SEE,), group=WORK),
    # The lead reads what the groups record; a county has no group of its own.
    Place(_("嵌入式监督"), "desk:embedded_index", "embedded", (P.EMBEDDED_KEEP, P.MECHANISM_KEEP), group=WORK),
    Place(_("台账"), "desk:ledger", "ledger", (P.LEDGER_SEE,), on_phone=True, group=WORK),
    Place(_("整改"), "desk:orders", "order", (P.ORDER_SEE,), on_phone=True, group=WORK),
    Place(_("文书"), "desk:papers", "paper", (P.ORDER_SEE,), group=WORK),
    Place(_("举报"), "desk:tips", "tip", (P.TIP_HANDLE,), group=WORK),
    Place(_("线索"), "desk:leads", "search", (P.LEAD_SEE,), group=WORK),
    Place(_("简报"), "desk:briefs", "brief", (P.BRIEF_SEE,), group=WORK),
    Place(_("公开发布"), "desk:publications", "globe", (P.PUBLISH_PROPOSE,), group=WORK),
    Place(_("组织"), "desk:organisation", "organisation", (P.ORGANISATION_SEE,), group=REGISTERS),
    Place(_("点位"), "desk:sites", "site", (P.SITE_SEE,), group=REGISTERS),
    Place(_("清单"), "desk:rulebooks", "rulebook", (P.RULEBOOK_SEE,), group=REGISTERS),
    Place(_("审计记录"), "desk:audit", "lock", (P.AUDIT_SEE,), group=RECORDS),
    Place(_("消息"), "desk:notices", "notice", on_phone=True, group=RECORDS),
)

# Pages that belong to a place although their address begins like another's.
ELSEWHERE = (
    ("desk:ledger", re.compile(r"/(findings|visits|submissions|campaigns/[^/]+/(ledger|totals|gaps))/")),
    ("desk:briefs", re.compile(r"/campaigns/[^/]+/brief/")),
    ("desk:orders", re.compile(r"/(samples|samplings|ladder)/")),
    ("desk:leads", re.compile(r"/(cases|parties|dispositions|tracks|appeals|clearances)/")),
    ("desk:publications", re.compile(r"/namings/")),
    ("desk:calls", re.compile(r"/(offers|campaigns/[^/]+/calls)/")),
    ("desk:rulebooks", re.compile(r"/(checklists|clock)/")),
    ("desk:guidance", re.compile(r"/(questions|campaigns/[^/]+/guidance)/")),
    ("desk:embedded_index", re.compile(r"/campaigns/[^/]+/embedded/")),
    ("desk:campaigns", re.compile(r"/(rounds|teams|directed|scores)/")),
    ("desk:organisation", re.compile(r"/(people|recusals|successions)/")),
)


@dataclass(frozen=True)
class Item:
    """One line of the navigation as shown to one person on one page; `heading` stands above it, if any."""

    label: str
    url: str
    icon: str
    current: bool
    on_phone: bool
    count: int = 0
    heading: str = ""


def items(standing: Standing, path: str, unseen: int) -> list[Item]:
    """Return the places this person may go to, with the one they are in marked."""
    seen = [
        (place, url)
        for place in PLACES
        if (url := _url(place.address)) is not None
        and (not place.needs or any(standing.can(permission) for permission in place.needs))
    ]
    found: list[Item] = []
    group: Promise | str = ""
    claimed = next((address for address, pattern in ELSEWHERE if pattern.match(path)), "")
    for place, url in seen:
        current = place.address == claimed if claimed else path == url if url == "/" else path.startswith(url)
        count = unseen if place.address == "desk:notices" else 0
        heading = str(place.group) if len(seen) >= MANY and place.group != group else ""
        group = place.group
        found.append(Item(str(place.label), url, place.icon, current, place.on_phone, count, heading))
    return found


def own_page(username: str) -> str:
    """Return the address of somebody's own page, or "" where none is to be had."""
    return _url("desk:person", username) or ""


def _url(address: str, *args: str) -> str | None:
    try:
        return reverse(address, args=args)
    except NoReverseMatch:
        return None
