"""What a citizen is about to send, as plain values, and what it must hold before it can be sealed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from mingcha.kernel.refusals import Refusal
from mingcha.tips.states import CATEGORIES, Category, Channel, Kind

LONGEST_TEXT = 20_000
LONGEST_LINE = 200


class DraftIncomplete(Refusal):
    """`what` names the missing or unfitting part (kind, category, county, text, identity), so that a page can lead there."""

    message: ClassVar[str] = "请把内容填写完整再提交。"
    status: ClassVar[int] = 422
    what: ClassVar[str] = "text"


class KindMissing(DraftIncomplete):
    message: ClassVar[str] = "请先选择要反映哪一类情况。"
    what: ClassVar[str] = "kind"


class CategoryMissing(DraftIncomplete):
    message: ClassVar[str] = "请选择问题类型。"
    what: ClassVar[str] = "category"


class CountyMissing(DraftIncomplete):
    message: ClassVar[str] = "请选择事情发生在哪个县区。"
    what: ClassVar[str] = "county"


class TextMissing(DraftIncomplete):
    message: ClassVar[str] = "请写明发生了什么。"


class TextTooLong(DraftIncomplete):
    message: ClassVar[str] = "内容太长，请精简到两万字以内，其余作为附件提交。"


class LineTooLong(DraftIncomplete):
    message: ClassVar[str] = "地点、单位和时间每项请精简到200字以内，其余写进正文。"


class IdentityTooLong(DraftIncomplete):
    message: ClassVar[str] = "姓名和联系方式每项请精简到200字以内。"
    what: ClassVar[str] = "identity"


@dataclass(frozen=True)
class Identity:
    """Who speaks, sealed apart from what is said; all empty for somebody who does not say."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    wants_contact: bool = False

    @property
    def given(self) -> bool:
        return bool(self.name or self.phone or self.unit or self.address)


@dataclass(frozen=True)
class Effort:
    """
    A proof of work: the challenge that `new_effort` gave, and the number found; "" by a browser without script.

    `at` is the time as it runs, for the house's own may stand still (the demo); None: the time of the act.
    """

    challenge: str
    answer: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """
    A report before it is sealed.

    `county` is where it happened (code of 2, 4 or 6 digits), `division` the more precise place's code or "", `place` what
    was typed of it; `body` the code of the accused unit or "", `body_name` what was typed instead; `site` the id of one on the register, or 0; `happened` when, in the
    citizen's own words. `leaders`: the unit's leaders are concerned. `higher`: send to the office above.
    """

    kind: str
    category: str
    county: str
    text: str = field(repr=False)
    division: str = ""
    place: str = field(default="", repr=False)
    body: str = ""
    body_name: str = field(default="", repr=False)
    site: int = 0
    happened: str = field(default="", repr=False)
    leaders: bool = False
    higher: bool = False
    identity: Identity = field(default=Identity(), repr=False)
    channel: str = Channel.WEB

    def check(self) -> None:
        """Raise DraftIncomplete for the first thing that keeps it from being sent."""
        if self.kind not in Kind.values:
            raise KindMissing
        if self.category not in CATEGORIES[Kind(self.kind)]:
            raise CategoryMissing
        if not (self.county.isascii() and self.county.isdigit() and len(self.county) in (2, 4, 6)):
            raise CountyMissing
        check_text(self.text)
        if any(len(line) > LONGEST_LINE for line in (self.place, self.body_name, self.happened)):
            raise LineTooLong
        who = self.identity
        if any(len(line) > LONGEST_LINE for line in (who.name, who.phone, who.unit, who.address)):
            raise IdentityTooLong

    @property
    def category_label(self) -> str:
        """The category's Chinese name, to be translated."""
        return str(Category(self.category).label)


def check_text(text: str) -> None:
    """Raise DraftIncomplete for a text that says nothing, or too much for one record."""
    if not text.strip():
        raise TextMissing
    if len(text) > LONGEST_TEXT:
        raise TextTooLong
