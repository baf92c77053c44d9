"""What was said on a tip, one after another: the citizen's, the office's to the citizen, the office's own notes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingcha.tips.states import Author, RecordKind

if TYPE_CHECKING:
    from datetime import date

    from mingcha.tips.queries.reading import Entry, Story

LABELS: dict[str, Promise] = {
    RecordKind.ADDITION: gettext_lazy("反映人补充"),
    RecordKind.OBJECTION: gettext_lazy("反映人提出异议"),
    RecordKind.COMMENT: gettext_lazy("反映人评价"),
    RecordKind.REPLY: gettext_lazy("答复反映人"),
    RecordKind.NOTE: gettext_lazy("办理记录"),
    RecordKind.REASON: gettext_lazy("移送理由"),
    RecordKind.OPINION: gettext_lazy("处置意见"),
    RecordKind.REPEAT: gettext_lazy("重复反映"),
}
# What a note is about, where the house wrote it down for the officer.
NOTES: dict[str, Promise] = {
    "declined": gettext_lazy("不予受理的理由"),
    "concluded": gettext_lazy("办理结果"),
    "resumed": gettext_lazy("重新办理"),
    "concern": gettext_lazy("核正被反映单位"),
    "earlier": gettext_lazy("原编号"),
    "repeated": gettext_lazy("有人再次反映"),
    "returned": gettext_lazy("退回理由"),
}
INSIDE = (RecordKind.NOTE, RecordKind.REASON, RecordKind.OPINION, RecordKind.REPEAT)
APART = (RecordKind.REPORT, RecordKind.FILE, RecordKind.LINK)


@dataclass(frozen=True)
class Said:
    """One thing said. `inside`: the citizen does not see it; `waits`: the other side has not read it."""

    label: str
    text: str = field(repr=False)
    when: "datetime | date"
    by: str = ""
    more: str = field(default="", repr=False)
    ours: bool = False
    inside: bool = False
    waits: bool = False
    broken: bool = False


@dataclass(frozen=True)
class File:
    """An attachment; `here`: it can be opened with the key at hand, and what was hidden in it is gone."""

    pk: UUID
    name: str = field(repr=False)
    size: int
    here: bool


def talk(story: "Story") -> list[Said]:
    """Return what was said since the report, oldest first."""
    return [_said(each) for each in story.entries if each.kind not in APART]


def files(story: "Story") -> list[File]:
    """Return the attachments as readers have them: a cleaned copy, or word that there is one which cannot be cleaned."""
    return [_file(each) for each in story.entries if each.kind == RecordKind.FILE and not each.broken]


def originals(entries: "list[Entry]") -> list[File]:
    """Return the originals among what is sealed with the identity."""
    return [_file(each) for each in entries if each.kind == RecordKind.FILE and not each.broken]


def _file(entry: "Entry") -> File:
    size = entry.content.get("size")
    here = bool(entry.content.get("digest"))
    return File(entry.pk, str(entry.content.get("name") or _("附件")), size if isinstance(size, int) else 0, here)


def _said(entry: "Entry") -> Said:
    ours = entry.author != Author.CITIZEN
    what = str(entry.content.get("what") or "")
    label = NOTES.get(what) or LABELS.get(entry.kind) or entry.kind
    text = _("这条内容打不开，或不是本平台写入的，请报告本机关负责人。") if entry.broken else _text(entry, what)
    return Said(
        str(label), text, entry.said_at or entry.day, entry.by, str(entry.content.get("study") or ""), ours,
        entry.kind in INSIDE, ours and entry.kind == RecordKind.REPLY and entry.fresh, entry.broken,
    )  # fmt: skip


def _text(entry: "Entry", what: str) -> str:
    if what == "concern":
        return str(entry.content.get("body_name") or "")
    if entry.kind == RecordKind.REPEAT or what == "repeated":
        return str(entry.content.get("number") or "")
    return entry.text
