"""Notes that are read over for residents' data before they are kept. Every door's forms may be built on this."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingcha.kernel import privacy


@dataclass(frozen=True)
class Suspicion:
    """Where something looks like a resident's data, what kind, and an excerpt that is safe to show; `anchor` leads to it."""

    where: str
    anchor: str
    kind: str
    excerpt: str


class WatchedForm(forms.Form):
    """
    A form whose notes may hold no resident's data.

    The detector errs both ways, so a hit stops the form once; a tick says that a person has looked. `watched` names
    the fields; `suspicions` is filled by cleaning and shown by `hall/parts/suspicions.html`.
    """

    residents_checked = forms.BooleanField(label=_("我确认这里没有居民个人信息"), required=False)
    watched: Iterable[str] = ()
    suspicions: list[Suspicion]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suspicions = []

    def clean(self) -> dict[str, Any]:
        """Look through what was typed here; without the tick, a hit sends the form back. What was saved stays so."""
        given = super().clean() or {}
        typed = [name for name in self.watched if name in self.changed_data]
        self.suspicions = [found for name in typed for found in self._look(name, str(given.get(name) or ""))]
        if self.suspicions and not given.get("residents_checked"):
            self.add_error("residents_checked", gettext("请改写，或勾选确认后再提交。"))
        return given

    def _look(self, name: str, text: str) -> list[Suspicion]:
        where, anchor = str(self.fields[name].label), self[name].id_for_label
        return [
            Suspicion(where, anchor, gettext(privacy.LABELS[hit.kind]), hit.excerpt_masked)
            for hit in privacy.detect(text)
        ]
