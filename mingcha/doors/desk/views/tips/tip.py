"""One tip as its handler reads it, with what this person may do about it; every opening is on record first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mingcha.doors.desk import acts, born, strongbox, talked, tipped
from mingcha.doors.desk.forms.tips import Conclude, Handler, Propose, Ruling, Text
from mingcha.doors.desk.stories import Step
from mingcha.doors.desk.unlocking import room
from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.kernel.refusals import Refusal
from mingcha.tips import moving, queries
from mingcha.tips.actions import handling
from mingcha.tips.states import Due, State

if TYPE_CHECKING:
    from mingcha.tips.models import Tip
    from mingcha.tips.queries.reading import Story
    from mingcha.tips.unlocked import Unlocked

STEPS = 12  # of a story; the rest stands in the record of acts
OPEN = (State.RECEIVED, State.ACCEPTED, State.PROPOSED, State.HANDLING, State.CONCLUDED)


@dataclass(frozen=True)
class Part:
    """A form folded away until it is asked for, with the key that unfolds it."""

    anchor: str
    title: Promise
    button: Promise
    form: Form
    to: str
    key: str = ""
    open: bool = False


@dataclass(frozen=True)
class Writing:
    """What is written to a tip as plain text: where in its life, and how it is asked for."""

    title: Promise
    button: Promise
    help: Promise
    key: str = ""


WRITINGS = {
    "reply": Writing(_("答复反映人"), _("送出"), _("反映人凭查询码能看到。不写是谁反映的，也不复述举报内容。"), "r"),
    "notify": Writing(_("告知受理情况"), _("送出"), _("实名举报要在收到后 15 个工作日内告知。")),
    "note": Writing(_("办理记录"), _("保存"), _("密封在举报里，只有承办的人看得到。"), "c"),
    "answer": Writing(_("反馈结果并办结"), _("送出并办结"), _("反映人凭查询码能看到，可以评价或提出异议。"), "r"),
    "explain": Writing(_("答复异议"), _("送出"), _("没有新的内容需要核查的，在这里说明。"), "e"),
    "resume": Writing(_("重新办理"), _("重新办理"), _("有新的证据，或者异议需要核查。编号不变。")),
}  # fmt: skip


@require_safe
@room(P.TIP_HANDLE)
def show(request: Request, *, pk: UUID) -> HttpResponse:
    """Open a tip, put that on record, and show it."""
    return page(request, queries.tip(pk, to=request.standing))


def page(
    request: Request, tip: "Tip", given: Mapping[str, Form] | None = None, *, refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """Answer with a tip's page; `given` are forms that were sent and not taken, by name."""
    key = strongbox.opened(request)
    try:
        story = handling.open_tip(tip, key=key, by=request.user, at=request.now)
    except moving.Recused as away:
        words = {"tip": tip, "name": tipped.name(tip), "refusal": away, **tipped.lock(request)}
        words["may_upward"] = tip.state in (State.RECEIVED, State.ACCEPTED)
        return render(request, "desk/tip_away.html", words, status=away.status)
    may = _may(request, tip, story)
    before, after = tipped.neighbours(request, tip)
    queue = tipped.query(tipped.chosen(request)) if "tab" in request.GET else ""
    waiting = next((each for each in story.proposals if each.state == "proposed"), None)
    words = {
        "tip": tip, "name": tipped.name(tip), "light": queries.light(tip.due_at, at=request.now) or "none",
        "before": before, "after": after, "queue": queue, "report": story.report, "about": story.about,
        "talk": talked.talk(story), "files": talked.files(story), "handlers": story.handlers, "may": may,
        "waiting": waiting, "opinion": story.opinion_of(waiting) if waiting else None,
        "offer": queries.open_offer_of(tip) if tip.state == State.OFFERED else None,
        "ratings": story.ratings, "links": born.links(request, story),
        "county": territory.names({tip.county}).get(tip.county, tip.county),
        "parts": _parts(tip, given or {}, queue, may), "forms": _asides(request, tip, given or {}),
        "story": _story(tip), "refusal": refusal, **tipped.lock(request),
    }  # fmt: skip
    return render(request, "desk/tip.html", words, status=refusal.status if refusal else status)


def _story(tip: "Tip") -> list[Step]:
    """Return the last steps, with one line for several like each other in a row: most of them are openings."""
    kept: list[Step] = []
    for step in acts.story("tip", tip.pk):
        if kept and (kept[-1].act, kept[-1].by) == (step.act, step.by):
            kept.pop()
        kept.append(step)
    return kept[-STEPS:]


def _may(request: Request, tip: "Tip", story: "Story") -> dict[str, bool]:
    """Return what this person may do now; the room asks again."""
    standing, state = request.standing, tip.state
    intake = tip.office_id in standing.serves(P.TIP_INTAKE)
    waiting = next((each for each in story.proposals if each.state == "proposed"), None)
    still = state in (State.RECEIVED, State.ACCEPTED, State.HANDLING)
    return {
        "intake": intake, "accept": intake and state == State.RECEIVED, "decline": intake and state == State.RECEIVED,
        "offer": intake and still, "upward": still, "assign": intake and state in OPEN,
        "repeat": still and not tip.repeat, "sort": state in OPEN, "identity": story.identity,
        "propose": state in (State.ACCEPTED, State.HANDLING),
        "rule": tip.office_id in standing.serves(P.TIP_APPROVE) and waiting is not None
        and waiting.proposed_by_id != request.user.pk,
        "born": state in OPEN, **born.may(standing, tip),
    }  # fmt: skip


def _parts(tip: "Tip", given: Mapping[str, Form], queue: str, may: dict[str, bool]) -> list[Part]:
    """Return the forms of a tip's page, in the order of its life."""
    found = [_writing(name, tip, given, queue) for name in _writings(tip)]
    if may["propose"]:
        form = given.get("propose") or Propose(prefix="propose")
        to = reverse("desk:tip_propose", args=[tip.pk]) + queue
        found.append(Part("propose", _("提处置意见"), _("提请审批"), form, to, "p", "propose" in given))
    if tip.state == State.HANDLING:
        form = given.get("conclude") or Conclude(prefix="conclude")
        to = reverse("desk:tip_conclude", args=[tip.pk]) + queue
        found.append(Part("conclude", _("办理完毕"), _("登记结果"), form, to, "f", "conclude" in given))
    return found


def _writings(tip: "Tip") -> list[str]:
    if tip.state == State.CONCLUDED:
        return ["answer", "note"]
    if tip.state == State.CLOSED:
        return [*(["explain"] if tip.due == Due.OBJECTION else []), "resume"]
    if tip.state not in OPEN:
        return []
    return [*(["notify"] if tip.notice_due_at else []), "reply", "note"]


def _writing(name: str, tip: "Tip", given: Mapping[str, Form], queue: str) -> Part:
    asked = WRITINGS[name]
    form = given.get(name) or writing_form(name)
    to = reverse("desk:tip_write", args=[tip.pk, name]) + queue
    return Part(name, asked.title, asked.button, form, to, asked.key, name in given or name == "answer")


def writing_form(name: str, data: Any = None) -> Text:
    """Return the form of one kind of writing."""
    return Text(data, prefix=name, label=WRITINGS[name].title, help_text=WRITINGS[name].help)


def _asides(request: Request, tip: "Tip", given: Mapping[str, Form]) -> dict[str, Form]:
    people = [(str(each.pk), each.name) for each in queries.assignable(tip, at=request.now)]
    return {"rule": Ruling(prefix="rule"), "assign": Handler(prefix="assign", people=people), **given}


def of(request: Request, pk: UUID) -> "tuple[Tip, Unlocked]":
    """Return a tip in reach and the key to it, in the order in which a refusal is due: 404, then 423."""
    return queries.tip(pk, to=request.standing), strongbox.opened(request)
