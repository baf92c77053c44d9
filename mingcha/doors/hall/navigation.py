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
    """A place one can go to: `needs` a permission or none, and shows in the phone's lower bar or not."""

    label: Promise
    address: str
    icon: str
    needs: P | None = None
    on_phone: bool = False


PLACES = (
    Place(_("首页"), "desk:home", "home", on_phone=True),
    Place(_("现场"), "field:home", "field", P.VISIT_MAKE, on_phone=True),
    Place(_("任务"), "desk:campaigns", "campaign", P.CAMPAIGN_SEE),
    Place(_("点位"), "desk:sites", "site", P.SITE_SEE),
    Place(_("台账"), "desk:ledger", "ledger", P.LEDGER_SEE, on_phone=True),
    Place(_("整改"), "desk:orders", "order", P.ORDER_SEE, on_phone=True),
    Place(_("清单"), "desk:rulebooks", "rulebook", P.RULEBOOK_SEE),
    Place(_("简报"), "desk:briefs", "brief", P.BRIEF_SEE),
    Place(_("审计记录"), "desk:audit", "lock", P.AUDIT_SEE),
    Place(_("消息"), "desk:notices", "notice", on_phone=True),
)

# Pages that belong to a place although their address begins like another's.
ELSEWHERE = (
    ("desk:ledger", re.compile(r"/(findings|visits|campaigns/[^/]+/(ledger|totals|gaps))/")),
    ("desk:briefs", re.compile(r"/campaigns/[^/]+/brief/")),
    ("desk:orders", re.compile(r"/samples/")),
    ("desk:campaigns", re.compile(r"/rounds/")),
    ("desk:organisation", re.compile(r"/(people|recusals|successions)/")),
)


@dataclass(frozen=True)
class Item:
    """One line of the navigation as shown to one person on one page."""

    label: str
    url: str
    icon: str
    current: bool
    on_phone: bool
    count: int = 0


def items(standing: Standing, path: str, unseen: int) -> list[Item]:
    """Return the places this person may go to, with the one they are in marked."""
    found = []
    claimed = next((address for address, pattern in ELSEWHERE if pattern.match(path)), "")
    for place in PLACES:
        url = _url(place.address)
        if url is None or (place.needs is not None and not standing.can(place.needs)):
            continue
        current = place.address == claimed if claimed else path == url if url == "/" else path.startswith(url)
        count = unseen if place.address == "desk:notices" else 0
        found.append(Item(str(place.label), url, place.icon, current, place.on_phone, count))
    return found


def own_page(username: str) -> str:
    """Return the address of somebody's own page, or "" where none is to be had."""
    return _url("desk:person", username) or ""


def _url(address: str, *args: str) -> str | None:
    try:
        return reverse(address, args=args)
    except NoReverseMatch:
        return None
