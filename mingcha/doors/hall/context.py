"""What every page knows: the time, whether this is the demo, who is here and where they may go."""

from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.utils.translation import get_language

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.notices import queries as notices

from . import access, clock, navigation, wording


@dataclass(frozen=True)
class Language:
    code: str
    name: str


CHINESE, ENGLISH = Language("zh-hans", "中文"), Language("en", "English")


@dataclass
class Hall:
    """The furniture of a page, as `hall` in every template."""

    now: datetime
    demo: bool
    stands_still: bool
    clock: str
    here: str
    other_language: Language
    name: str = ""
    own_page: str = ""
    posts: list[str] = field(default_factory=list)
    nav: list[navigation.Item] = field(default_factory=list)
    tabs: list[navigation.Item] = field(default_factory=list)
    unseen: int = 0
    notices_url: str = ""


def hall(request: HttpRequest) -> dict[str, Hall]:
    """Return the context processor's one name. Costs two short queries for someone signed in, none otherwise."""
    now = clock.now()
    furniture = Hall(
        now=now,
        demo=clock.is_demo(),
        stands_still=clock.stands_still(),
        clock=wording.full_moment(now),
        here=_here(request),
        other_language=ENGLISH if (get_language() or "").startswith("zh") else CHINESE,
    )
    person = getattr(request, "user", None)
    if person is not None and person.is_authenticated:
        standing = getattr(request, "standing", None) or accounts.standing(person, at=now)
        furniture.name = person.name
        furniture.own_page = navigation.own_page(person.username)
        furniture.posts = [f"{holding.body_name} · {holding.role.label}" for holding in standing.holdings]
        furniture.unseen = notices.unseen_count(person)
        furniture.nav = navigation.items(standing, request.path, furniture.unseen)
        furniture.tabs = [item for item in furniture.nav if item.on_phone][:5]
        furniture.notices_url = next((item.url for item in furniture.nav if item.icon == "notice"), "")
    return {"hall": furniture}


def _here(request: HttpRequest) -> str:
    """Return where a change of language should lead: this page, or the one a form was sent from."""
    if request.method in ("GET", "HEAD"):
        return "/" if access.holds_secret(request.path) else request.get_full_path()
    try:
        return access.way_back(request) or "/"
    except SuspiciousOperation:  # a forged Host header; the page that says so must still come
        return "/"
