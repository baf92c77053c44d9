"""What a numbered paper and a circular say, as plain values: letters of an office, where a brief is a newsletter."""

from dataclasses import dataclass
from datetime import date

from mingcha.kernel.briefing.content import Section, Table

# Stands where nobody has registered a legal basis yet; printed so that it cannot be overlooked.
PENDING = "（依据待填）"


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """One who signs a paper on the spot: `role` such as 检查组组长; `name` and `day` where the signature is on record."""

    role: str
    name: str = ""
    day: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A one-time address, drawn as a QR code and printed in full: the sheet is as secret as it. `about`: for which item."""

    link: str
    until: str
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """The receipt (签收回执) that comes back to the issuer: who signs, where it goes and until when, as printed."""

    recipient: str
    return_to: str
    by: str = ""
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """
    One numbered paper: 交办单, 督办单, 提醒函, 整改通知书, 纪律检查建议书, 监察建议书, 约谈通知书.

    `office`: the red mark at the top, and the signature. `number`: 发文字号 such as 定纪交办〔2021〕3号; "" for a draft.
    `title`: may hold a line feed where it should break. `to`: 主送. `lead`, `sections`: the text; a section's number is
    set by its place. `table`: the items, in the text; `appendix`: tables on pages of their own. `parties`: who signs on the
    spot. `copies_to`: 抄送. `printed_by`: 印发机关, the office itself where empty. `slip`: its own page, the last.
    `demo`: marks every page as demonstration data not to be quoted.
    """

    office: str
    number: str
    title: str
    to: tuple[str, ...]
    day: date
    lead: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    table: Table | None = None
    closing: tuple[str, ...] = ()
    appendix: tuple[Table, ...] = ()
    parties: tuple[Party, ...] = ()
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    slip: Slip | None = None
    demo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """
    One case of a circular. `head`: 单位、职务、姓名和问题, without number and full stop.

    `text`: date, how it was found, duty, conduct, effect, disposition with deciding body and date. Names are masked, or
    not, before they come here.
    """

    head: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Circular:
    """
    A circular of typical cases (典型案例通报) in the customary frame: preamble, numbered cases, closing demand.

    `to` may be empty, for one that is posted in public. `hotline`: how to report, a line after the demand.
    The rest as in a Paper.
    """

    office: str
    number: str
    title: str
    day: date
    preamble: tuple[str, ...]
    cases: tuple[Case, ...]
    demand: tuple[str, ...] = ()
    hotline: str = ""
    to: tuple[str, ...] = ()
    copies_to: tuple[str, ...] = ()
    printed_by: str = ""
    demo: bool = False
