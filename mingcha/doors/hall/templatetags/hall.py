"""What templates of every door may use: words for time and figures, and the parts pages are put together from."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, ChoiceField, Field, FileInput, Form, RadioSelect
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mingcha.doors.hall import pills, wording
from mingcha.doors.hall.icons import ICONS
from mingcha.kernel.estimates import Rate
from mingcha.kernel.refusals import Refusal
from mingcha.kernel.sheets import Problem

register = template.Library()

register.filter("moment", wording.moment)
register.filter("day", wording.day)
register.filter("subject", wording.subject)

_TONES = {"debug": "info", "info": "info", "success": "success", "warning": "warn", "warn": "warn", "error": "error"}
LOOP = ("campaign", "draw", "visit", "finding", "mending", "ledger", "brief")
_LOOP_LABELS = {
    "campaign": pgettext_lazy("环节", "立项"),
    "draw": pgettext_lazy("环节", "抽签"),
    "visit": pgettext_lazy("环节", "检查"),
    "finding": pgettext_lazy("环节", "问题"),
    "mending": pgettext_lazy("环节", "整改"),
    "ledger": pgettext_lazy("环节", "台账"),
    "brief": pgettext_lazy("环节", "简报"),
}


@register.filter
def figure(value: object) -> str | SafeString:
    """Show a figure; None becomes a faint 未报."""
    text = wording.figure(value)
    return format_html('<span class="unreported">{}</span>', text) if value is None else text


@register.filter
def rate(value: Rate | None) -> SafeString:
    """Show a rate with its interval, or faintly that the visits are too few."""
    told = value is not None and value.enough
    return format_html('<span class="{}">{}</span>', "nowrap" if told else "faint", wording.rate(value))


@register.filter
def reason(problem: Problem) -> str:
    """Return why a row of a sheet cannot be taken."""
    return problem.said(_(problem.template))


@register.filter
def notice_tone(level: str) -> str:
    """Turn a message level of Django into a notice tone."""
    return _TONES.get(level, "info")


@register.filter
def pill(state: object, label: str = "") -> SafeString:
    """Show a state as a pill. A label given, or carried by the state itself, wins over the table's."""
    word, tone = pills.look(getattr(state, "value", state), label or getattr(state, "label", ""))
    return format_html('<span class="pill pill--{}">{}</span>', tone, word)


@register.simple_tag(name="pill")
def pill_of(label: str, tone: str = "done") -> SafeString:
    """Show any words as a pill of the tone named: going, wait, good, bad, sealed, done."""
    return format_html('<span class="pill pill--{}">{}</span>', tone, label)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw one of the hall's icons. It is decoration; the words beside it carry the meaning."""
    path = ICONS.get(name, ICONS["info"])
    return format_html('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', mark_safe(path))


@register.simple_tag
def bar(value: float | None, of: float, second: float | None = None, *, tone: str = "a") -> SafeString:
    """
    Draw a bar `value` out of `of` wide, with an optional second part after it.

    Widths are SVG attributes, because the content policy allows no inline style. The figure must stand beside it.
    """
    whole = of or 1
    first = min(100.0, 100 * (value or 0) / whole)
    parts = [format_html('<rect class="bar__{}" width="{}" height="10"/>', tone, f"{first:.2f}")]
    if second:
        width = min(100 - first, 100 * second / whole)
        parts.append(
            format_html('<rect class="bar__b" x="{}" width="{}" height="10"/>', f"{first:.2f}", f"{width:.2f}")
        )
    shapes = mark_safe("".join(parts))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>', shapes
    )


@register.inclusion_tag("hall/parts/kpi.html")
def kpi(label: str, value: object, unit: str = "", note: str = "", href: str = "", tone: str = "") -> dict[str, object]:
    """One figure with its name. None shows 未报; `tone="overdue"` turns it red."""
    return {"label": label, "value": value, "unit": unit, "note": note, "href": href, "tone": tone}


@register.inclusion_tag("hall/parts/empty.html")
def empty(title: str, text: str = "", icon: str = "info", href: str = "", action: str = "") -> dict[str, str]:
    """An empty place that says what belongs here and offers the next act."""
    return {"title": title, "text": text, "picture": icon, "href": href, "action": action}


@register.inclusion_tag("hall/parts/timeline.html")
def timeline(events: Iterable[object]) -> dict[str, object]:
    """The history of a thing: each event has act, and where known by, at, note, tone (good, bad, next)."""
    return {"events": events}


@register.inclusion_tag("hall/parts/steps.html")
def loop(now: str, links: dict[str, str] | None = None, notes: dict[str, str] | None = None) -> dict[str, object]:
    """The whole loop with the step `now` (a name from LOOP) lit; "" lights none, "end" marks all as done."""
    place = len(LOOP) if now == "end" else LOOP.index(now) if now in LOOP else -1
    steps = [
        {
            "label": _LOOP_LABELS[name],
            "done": number < place,
            "now": number == place,
            "href": (links or {}).get(name),
            "note": (notes or {}).get(name),
        }
        for number, name in enumerate(LOOP)
    ]
    return {"steps": steps}


@register.inclusion_tag("hall/parts/steps.html")
def steps(labels: Iterable[str], at: int) -> dict[str, object]:
    """A bar of any steps, counted from 1; `at` is the one under way."""
    return {
        "steps": [
            {"label": word, "done": number < at, "now": number == at} for number, word in enumerate(labels, start=1)
        ]
    }


@register.inclusion_tag("hall/parts/envelope.html")
def envelope(title: str, text: str = "", fingerprint: str = "", *, opened: bool = False) -> dict[str, object]:
    """A sealed list as an envelope; its fingerprint may be shown, its content not."""
    return {"title": title, "text": text, "fingerprint": fingerprint, "opened": opened}


@register.inclusion_tag("hall/parts/pager.html", takes_context=True)
def pager(context: Context, page: Page[Any]) -> dict[str, object]:
    """Page numbers of a Django page, keeping every filter in the address."""
    paginator = page.paginator
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {"page": page, "numbers": numbers, "gap": paginator.ELLIPSIS, "request": context.get("request")}


@register.inclusion_tag("hall/parts/refusal.html")
def refusal(failure: Refusal | str, hint: str = "") -> dict[str, str]:
    """One clear sentence, from a Refusal or as given."""
    sentence = failure.sentence(_(failure.message)) if isinstance(failure, Refusal) else str(failure)
    return {"sentence": sentence, "hint": hint}


@register.inclusion_tag("hall/parts/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, object]:
    """Label, widget, help and error of a form field, in the shape its widget asks for."""
    widget = bound.field.widget
    kind = "check" if isinstance(widget, CheckboxInput) else "file" if isinstance(widget, FileInput) else ""
    pictures = "image" in str(widget.attrs.get("accept", ""))
    return {
        "field": bound,
        "errors": _errors(bound),
        "kind": kind,
        "css": css,
        "picture": "camera" if pictures else "upload",
    }


@register.inclusion_tag("hall/parts/field.html")
def segments(bound: BoundField, good: str = "", bad: str = "", none: str = "", css: str = "") -> dict[str, object]:
    """A radio field as large segments; `good`, `bad` and `none` name the values that take those tones."""
    tones = {good: "good", bad: "bad", none: "none"}
    if not isinstance(bound.field.widget, RadioSelect):
        raise TypeError("segments need a RadioSelect")  # a mistake of the page's author, not of its user
    options = [
        {
            "tag": radio.tag(wrap_label=False),
            "label": radio.choice_label,
            "tone": tones.get(str(radio.data["value"]), ""),
        }
        for radio in bound
        if str(radio.data["value"]) != ""
    ]
    many = len(options) > 3
    return {"field": bound, "errors": _errors(bound), "kind": "segments", "options": options, "many": many, "css": css}


def _errors(bound: BoundField) -> list[str]:
    """Say which field is missing; Django's own sentence names none."""
    found = []
    usual = [str(Field.default_error_messages["required"])]
    for failure in bound.errors.as_data():
        if failure.code == "required" and failure.messages == usual:
            verb = _("请选择“%(label)s”。") if isinstance(bound.field, ChoiceField) else _("请填写“%(label)s”。")
            found.append(verb % {"label": bound.label})
        else:
            found.extend(failure.messages)
    return found


@register.inclusion_tag("hall/parts/form_errors.html")
def form_errors(form: Form) -> dict[str, object]:
    """What is wrong with the form as a whole, and a list of the fields to look at, each linked."""
    return {"errors": form.non_field_errors(), "several": [bound for bound in form if bound.errors]}
