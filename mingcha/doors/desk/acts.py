"""A page about one act: what it is about, a form that keeps what was typed, one sentence where it is refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from mingcha.doors.desk.recorded import VERBS
from mingcha.doors.desk.stories import Step
from mingcha.doors.hall.access import Request
from mingcha.ground.audit import queries as audit
from mingcha.kernel.refusals import Refusal


@dataclass(frozen=True)
class Page:
    """`way`: (address, label) of the pages above, the last one being where one goes back to; `facts`: (label, text)."""

    heading: str
    lead: str
    button: str
    way: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]] = field(default_factory=tuple)
    danger: bool = False

    @property
    def back(self) -> str:
        return self.way[-1][0]


def answer(
    request: Request, page: Page, form: Form, do: Callable[[dict[str, Any]], Any], done: str, *,
    to: Callable[[Any], str] | None = None,
) -> HttpResponse:  # fmt: skip
    """Do the act and go back, or where `to` says of what was made; or show the page again with what was typed and why it was refused."""
    refusal = None
    if form.is_valid():
        try:
            made = do(form.cleaned_data)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, done)
            return redirect(to(made) if to else page.back)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/act.html", {"page": page, "form": form, "refusal": refusal}, status=status)


def story(kind: str, key: object) -> list[Step]:
    """Return what happened to a thing, oldest first, in the words of the record."""
    return [
        # What a citizen does is on record with its day, never its hour.
        Step(str(VERBS.get(event.verb, event.verb)), event.actor_name, event.at, hour=event.actor != "citizen")
        for event in audit.about(kind, key)
    ]
