"""A former ledger on its way in: the file and where it belongs, what its columns mean, and what is carried between pages."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingcha.doors.desk.former import MEANINGS, STANDINGS
from mingcha.doors.desk.forms.uploads import Kept, Upload
from mingcha.kernel.ledgers import Meaning, Sheet
from mingcha.kernel.ledgers.cells import serial

Choices = Iterable[tuple[Any, Any]]
DAYS = (Meaning.FOUND_ON, Meaning.DUE, Meaning.CLOSED_ON)
LABELS = [(meaning.value, label) for meaning, (label, _told) in MEANINGS.items()]


class Start(Upload):
    """The file, the campaign and office it belongs to, and a mapping saved before."""

    campaign = forms.ChoiceField(label=_("任务"), help_text=_("导入的问题归在这个任务的台账里。"))
    office = forms.ChoiceField(label=_("检查单位"), help_text=_("谁的台账。"))
    mapping = forms.ChoiceField(
        label=_("列的对应"), required=False, help_text=_("第一次选“新的台账”，对应一次以后就能直接用。")
    )
    year = forms.IntegerField(
        label=_("年份"), required=False, min_value=2000, max_value=2099,
        help_text=_("日期没写年份时用。标题里有年份的可以不填。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, campaigns: Choices, offices: Choices, mappings: Choices):
        super().__init__(data, files)
        self.fields["campaign"].choices = list(campaigns)  # type: ignore[attr-defined]
        self.fields["office"].choices = list(offices)  # type: ignore[attr-defined]
        self.fields["mapping"].choices = [("", _("新的台账，先对应各列")), *mappings]  # type: ignore[attr-defined]


class Carried(Kept):
    """What a page hands to the next: the file as it was read, and what was chosen with it."""

    campaign = forms.CharField(widget=forms.HiddenInput, max_length=40)
    office = forms.CharField(widget=forms.HiddenInput, max_length=40)
    mapping = forms.IntegerField(widget=forms.HiddenInput, required=False)
    year = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=2000, max_value=2099)
    file_name = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


def _read(text: str) -> str:
    """Return what stands in a cell; a day that Excel holds as a number, as the day that it is."""
    day = serial(text)
    return gettext("%(text)s（日期 %(day)s）") % {"text": text, "day": day.date().isoformat()} if day else text


class Columns(forms.Form):
    """What each column of one sheet means, and what its words for a state do; `column_0` is the first column."""

    name = forms.CharField(
        label=_("这种台账叫什么"), max_length=60, help_text=_("以后上传同样的台账时选它。同名的会改成这次的对应。")
    )
    done_closes = forms.BooleanField(
        label=_("本单位台账里，“已整改”就是已经销号"), required=False,
        help_text=_("不勾的，已整改的件导入后仍要核验。"),
    )  # fmt: skip

    def __init__(
        self, data: Any, *, sheet: Sheet, meanings: Mapping[str, Meaning], words: Sequence[str],
        said: Mapping[str, str], initial: Mapping[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(data, initial=dict(initial))
        self.sheet, self.words = sheet, list(words)
        for n, heading in enumerate(sheet.headings):
            self.fields[f"column_{n}"] = forms.ChoiceField(
                label=heading, choices=LABELS, initial=meanings.get(heading, Meaning.SKIP).value
            )
        for n, word in enumerate(self.words):
            self.fields[f"word_{n}"] = forms.ChoiceField(
                label=word, choices=[("", _("请选择")), *((s.value, label) for s, label in STANDINGS.items())],
                initial=said.get(word, ""), required=False,
            )  # fmt: skip
            # The words asked about are those of the column that was chosen; another choice asks about others.
        self.order_fields(["name", *(name for name in self.fields if name != "name")])

    def lines(self) -> Iterator[tuple[str, list[str], forms.BoundField]]:
        """Yield heading, what stands in it, and the field that says what it means."""
        for n, heading in enumerate(self.sheet.headings):
            yield heading, self._told(n, heading), self[f"column_{n}"]

    def _told(self, n: int, heading: str) -> list[str]:
        told = self.sheet.samples(heading)
        return [_read(text) for text in told] if self.fields[f"column_{n}"].initial in DAYS else told

    def asked(self) -> Iterator[forms.BoundField]:
        """Yield a field for each word that is to be explained."""
        for n, _word in enumerate(self.words):
            yield self[f"word_{n}"]

    def columns(self) -> list[tuple[str, str]]:
        """Return [(heading, meaning), …] as chosen."""
        return [(heading, self.cleaned_data[f"column_{n}"]) for n, heading in enumerate(self.sheet.headings)]

    def explained(self) -> dict[str, str]:
        """Return word → how far it is, of those that were explained."""
        return {word: means for n, word in enumerate(self.words) if (means := self.cleaned_data[f"word_{n}"])}
