"""The registers of the organisation as sheets: what each column means, what a sheet brings, what one may take out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mingcha.doors.hall.access import Request
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import link_sheets, people_sheets, post_sheets
from mingcha.ground.accounts.actions.people_sheets import Newcomer
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.roles import typed
from mingcha.ground.territory import queries as territory
from mingcha.ground.territory.actions import body_sheets

MUST, MAY = True, False


@dataclass(frozen=True)
class Brought:
    """What a sheet brought, in a sentence, and whose first passwords must be told now or never."""

    said: str
    newcomers: tuple[Newcomer, ...] = ()


@dataclass(frozen=True)
class Register:
    """One register: its sheet's columns with their meaning, and how it is taken in and given out."""

    name: Promise
    lead: Promise
    columns: tuple[str, ...]
    meanings: tuple[tuple[bool, Promise], ...]
    take: Callable[[bytes, Request], Brought]
    rows: Callable[[Request], Iterable[Sequence[str]]]
    lists: Callable[[Request], list[str]]

    def explained(self) -> list[tuple[str, bool, str]]:
        """Return (column, whether it must be filled, meaning) of every column."""
        told = zip(self.columns, self.meanings, strict=True)
        return [(_with_sense(column), must, str(meaning)) for column, (must, meaning) in told]


def _take_bodies(content: bytes, request: Request) -> Brought:
    prefixes = request.standing.prefixes(P.ORGANISATION_KEEP)
    done = body_sheets.import_bodies(content, prefixes=prefixes, by=request.user, at=request.now)
    words = {"added": done.added, "changed": done.changed, "same": done.rows - done.added - done.changed}
    return Brought(_("已导入单位：新增 %(added)d 个，更新 %(changed)d 个，其余 %(same)d 行与在册的一样。") % words)


def _take_people(content: bytes, request: Request) -> Brought:
    done = people_sheets.import_people(content, by=request.user, at=request.now)
    words = {"rows": done.rows, "added": len(done.newcomers), "changed": done.changed, "posts": done.posts}
    said = _("已导入 %(rows)d 行：新开账号 %(added)d 个，更新 %(changed)d 人，新增任职 %(posts)d 项。") % words
    return Brought(said, done.newcomers)


def _take_posts(content: bytes, request: Request) -> Brought:
    done = post_sheets.import_posts(content, by=request.user, at=request.now)
    words = {"given": done.given, "ended": done.ended, "same": done.rows - done.given - done.ended}
    return Brought(_("已导入任职：新增 %(given)d 项，改止任日期 %(ended)d 项，其余 %(same)d 行与在册的一样。") % words)


def _take_links(content: bytes, request: Request) -> Brought:
    done = link_sheets.import_links(content, by=request.user, at=request.now)
    words = {"added": done.recorded, "ended": done.ended, "same": done.rows - done.recorded - done.ended}
    return Brought(
        _("已导入联系关系：新增 %(added)d 条，改截止日期 %(ended)d 条，其余 %(same)d 行与在册的一样。") % words
    )


def _bodies(request: Request) -> Iterable[Sequence[str]]:
    return map(body_sheets.as_row, territory.bodies(request.standing.reach(P.ORGANISATION_SEE)))


def _people(request: Request) -> Iterable[Sequence[str]]:
    posts = accounts.posts_within(to=request.standing)
    return people_sheets.as_rows(posts, day=request.now.astimezone(accounts.OFFICE_TIME).date())


def _posts(request: Request) -> Iterable[Sequence[str]]:
    return post_sheets.as_rows(accounts.posts_within(to=request.standing))


def _links(request: Request) -> Iterable[Sequence[str]]:
    day = request.now.astimezone(accounts.OFFICE_TIME).date()
    return link_sheets.as_rows(accounts.links_within(to=request.standing, day=day))


def _for_bodies(request: Request) -> list[str]:
    """Return what may stand in a sheet of bodies: kinds, tiers, and the places of one's area."""
    lines = [_("种类：") + "、".join(kinds())]
    places = []
    for prefix in request.standing.prefixes(P.ORGANISATION_KEEP):
        mechanism = territory.mechanism(prefix)
        tiers = [tier.name for tier in territory.tiers(mechanism)] if mechanism else []
        lines.append(_("层级：") + ("、".join(tiers) or _("还没有设立机制，请留空")))
        places += [territory.division(prefix), *territory.counties(prefix), *territory.places(prefix)]
    known = {place.code: place.name for place in places if place}
    return [*dict.fromkeys(lines), "", *(f"{code} {name}" for code, name in sorted(known.items()))]


def kinds() -> list[str]:
    """Return what the kinds of bodies are called, as they are typed."""
    return [_with_sense(label) for _value, label in body_sheets.KINDS]


def _with_sense(typed: str) -> str:
    """Return a word that is typed in Chinese in every language, with its sense where one reads another."""
    sense = _(typed)
    return typed if sense == typed else f"{typed} ({sense})"


def roles() -> list[tuple[str, str]]:
    """Return what every role is called, as it is typed, and its code."""
    return [(_with_sense(label), code) for code, label in typed().items()]


def _for_people(request: Request) -> list[str]:
    """Return what may stand in a sheet of people or posts: roles, and the bodies of one's area."""
    return [_("角色："), *(f"{label} {code}" for label, code in roles()), "", *_for_links(request)]


def _for_links(request: Request) -> list[str]:
    found = territory.bodies(request.standing.area(P.ORGANISATION_KEEP, "division__code"))
    return [_("单位代码："), *(f"{body.code} {body.name}" for body in found)]


BODIES = Register(
    pgettext_lazy("名册", "单位"),
    gettext_lazy("一行一个单位：是什么、在哪里、在机制的哪一层、上级是谁、驻在哪个部门。"),
    body_sheets.COLUMNS,
    (
        (MUST, gettext_lazy("自己定，不能与别的单位重复；只用汉字、字母、数字和 - _ . 。代码已在册的，按这一行更新。")),
        (MUST, gettext_lazy("单位全称。")),
        (MUST, gettext_lazy("只填列出的种类，一字不差。")),
        (MUST, gettext_lazy("单位在哪里：市 4 位、县 6 位、乡镇 9 位、村 12 位，要在您的辖区内。")),
        (MAY, gettext_lazy("监督力量在机制里的层级，名称照机制写；被监督的单位留空。")),
        (MAY, gettext_lazy("同一条线上的上级单位；它可以写在表里更后面的行。")),
        (MAY, gettext_lazy("只有派驻机构和专项工作组填：驻在哪个部门。")),
    ),
    _take_bodies, _bodies, _for_bodies,
)  # fmt: skip
PEOPLE = Register(
    gettext_lazy("人员"),
    gettext_lazy("一行一项任职：谁、在哪个单位、什么角色。新账号会得到初始密码，只显示一次。"),
    people_sheets.COLUMNS,
    (
        (MUST, gettext_lazy("登录用，不能与别人重复，登记后不改。账号已在册的，按这一行更新。")),
        (MUST, gettext_lazy("一人有几项任职就写几行，姓名、职务、专长各行写得一样。")),
        (MAY, gettext_lazy("例如：党风政风室干部。留空就是没有。")),
        (MUST, gettext_lazy("在哪个单位任职，要在您的辖区内。")),
        (MUST, gettext_lazy("决定能办什么，填角色名称，例如“检查人员”；填代码也可以。")),
        (MUST, gettext_lazy("写成 2021-10-19 的样子。")),
        (MAY, gettext_lazy("几项之间用顿号隔开，例如：医疗卫生、财务审计。")),
        (MAY, gettext_lazy("单位代码还没登记过的才填，连同后两列，一并登记这个单位。")),
        (MAY, gettext_lazy("同单位表的“种类”。")),
        (MAY, gettext_lazy("同单位表的“区划代码”。")),
    ),
    _take_people, _people, _for_people,
)  # fmt: skip
POSTS = Register(
    pgettext_lazy("名册", "任职"),
    gettext_lazy("一行一项任职，包括副职、代理和过去的任职。账号、单位、角色、任职日期都相同的，是同一项。"),
    post_sheets.COLUMNS,
    (
        (MUST, gettext_lazy("已登记的账号；新人先用人员表登记。")),
        (MUST, gettext_lazy("在哪个单位任职，要在您的辖区内。")),
        (MUST, gettext_lazy("填角色名称，例如“检查人员”；填代码也可以。")),
        (MAY, gettext_lazy("任职、副职或代理；留空就是任职。")),
        (MUST, gettext_lazy("写成 2021-10-19 的样子。")),
        (MAY, gettext_lazy("过了这一天就止任；代理必须填。过去的任职补登后，系统会提醒回避。")),
    ),
    _take_posts, _posts, _for_people,
)  # fmt: skip
LINKS = Register(
    gettext_lazy("联系关系"),
    gettext_lazy("一行一条联系或包联：哪个单位或谁，联系哪个单位、区划或点位。工作提示照它送达，抽签和核验避开它。"),
    link_sheets.COLUMNS,
    (
        (MUST, gettext_lazy("由哪个单位联系，要在您的辖区内。")),
        (MAY, gettext_lazy("联系到人的填，这个人要在联系单位任职；留空就是整个单位。")),
        (MUST, gettext_lazy("联系或包联。")),
        (MUST, gettext_lazy("单位、区划或点位。")),
        (MUST, gettext_lazy("单位代码、区划代码或点位编号，要在您的辖区内。")),
        (MUST, gettext_lazy("写成 2021-10-19 的样子。")),
        (MAY, gettext_lazy("最后一天；留空就是长期。")),
    ),
    _take_links, _links, _for_links,
)  # fmt: skip
REGISTERS = {"bodies": BODIES, "people": PEOPLE, "posts": POSTS, "links": LINKS}
