"""Cases: who is party, what each said for itself, what was proposed, decided, appealed; each act has a page of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from mingcha.doors.desk import acts
from mingcha.doors.desk.forms.cases import (
    AppealRuling,
    CaseRuling,
    Clear,
    CloseCase,
    Decide,
    Drop,
    Hear,
    Lodge,
    NewDisposition,
    Ruling,
    Settle,
    Suggest,
)
from mingcha.doors.desk.forms.referrals import PartyFields
from mingcha.doors.desk.views import leads as of_leads
from mingcha.doors.hall.access import Request, door
from mingcha.flow.referrals import moving, queries
from mingcha.flow.referrals.actions import appeals, cases, clearances, dispositions, tracks
from mingcha.flow.referrals.states import FAMILIES, CaseState, Kind, PartyKind
from mingcha.ground.accounts.permissions import Permission as P

if TYPE_CHECKING:
    from mingcha.flow.referrals.models import Case, Disposition, Party

PAGE = 25
TABS = {
    "proposed": gettext_lazy("待批准"),
    "open": gettext_lazy("办理中"),
    "appealed": gettext_lazy("申诉中"),
    "closed": gettext_lazy("已办结"),
    "all": gettext_lazy("全部"),
}


@require_safe
@door(P.CASE_SEE)
def index(request: Request) -> HttpResponse:
    """List the cases one may see."""
    by_tab = {name: queries.cases_in(name, to=request.standing) for name in TABS}
    counts = {name: rows.count() for name, rows in by_tab.items()}
    tab = request.GET.get("tab", next((name for name in ("proposed", "open") if counts[name]), "open"))
    tab = tab if tab in TABS else "open"
    page = Paginator(by_tab[tab], PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/cases.html", {
        "tab": tab, "tabs": [(name, label, counts[name]) for name, label in TABS.items()], "page": page,
        "rows": [(case, list(queries.parties(case))) for case in page],
    })  # fmt: skip


@require_safe
@door(P.CASE_SEE)
def show(request: Request, *, pk: int) -> HttpResponse:
    """Show a case with its parties, and what this person may do about each."""
    case = queries.case(pk, to=request.standing)
    tie = queries.tie(case.lead, request.user, at=request.now)
    free, me = tie is None, request.user.pk
    left = queries.unsettled(case) if case.state == CaseState.OPEN else []
    return render(request, "desk/case.html", {
        "case": case, "lead_": case.lead, "parties": queries.parties(case), "tie": tie, "left": left, "me": me,
        "keeps": free and request.standing.can(P.CASE_KEEP), "story": acts.story("case", case.pk),
        "approves": free and request.standing.can(P.CASE_APPROVE) and case.proposed_by_id != me,
        "settles": free and request.standing.can(P.CASE_APPROVE),
        "rules_first": queries.removal_first(case.lead),
    })  # fmt: skip


def _data(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _way(case: "Case") -> list[tuple[str, str]]:
    return [(reverse("desk:cases"), _("案件")), (reverse("desk:case", args=[case.pk]), str(case))]


def _about(party: "Party") -> list[tuple[str, str]]:
    return [(_("当事人"), str(party)), (_("应负的职责和问题"), party.duty)]


def _of(disposition: "Disposition") -> list[tuple[str, str]]:
    kind = Kind(disposition.kind)
    family = _(FAMILIES[kind.partition(".")[0]])
    word = _("%(what)s（%(family)s）") % {"what": _(kind.label), "family": family}
    return [*_about(disposition.party), (pgettext("案件", "处理"), word), (_("依据的事实和理由"), disposition.grounds)]


def _decision(given: dict[str, Any]) -> moving.Decision:
    return moving.Decision(given["deciding_body"], given["document"], given["decided_on"])


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_APPROVE)
def rule(request: Request, *, pk: int) -> HttpResponse:
    """Approve a case, or refuse it."""
    case = queries.case(pk, to=request.standing)

    def do(given: dict[str, Any]) -> None:
        agreed = given["verdict"] == "approve"
        act: Callable[..., None] = cases.open_case if agreed else cases.refuse_case
        words = {"study": given["study"]} if agreed else {"ruling": given["ruling"]}
        act(case, **words, by=request.user, at=request.now)

    page = acts.Page(
        _("审批案件"), _("提出的人不能自己批准。批准后线索转为案件，办理中听取陈述申辩、登记各机关的决定。"), _("确定"), _way(case),
        [(_("转为案件的理由"), case.reason)],
    )  # fmt: skip
    return acts.answer(request, page, CaseRuling(_data(request)), do, _("已登记审批意见。"))


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_APPROVE)
def close(request: Request, *, pk: int) -> HttpResponse:
    """Close a case."""
    case = queries.case(pk, to=request.standing)
    page = acts.Page(
        _("办结案件"), _("每个当事人都有结果、没有未了的事项才能办结。办结后不再重开，发现新的情况另登记线索。"), _("办结"),
        _way(case),
    )  # fmt: skip
    return acts.answer(
        request, page, CloseCase(_data(request)), lambda given: cases.close_case(case, by=request.user, at=request.now),
        _("案件已办结。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def add_party(request: Request, *, pk: int) -> HttpResponse:
    """Add somebody to a case."""
    case = queries.case(pk, to=request.standing)
    find, bodies = of_leads.finder(request, P.CASE_KEEP)
    data, given = of_leads.sent(request)
    page = acts.Page(_("列入当事人"), _("同案的公职人员或组织。不登记居民。"), _("列入"), _way(case))
    return acts.answer(
        request, page, PartyFields(data, find=find, initial=given),
        lambda given: cases.add_party(
            case, party=of_leads.party_of(given, bodies), by=request.user, at=request.now
        ),
        _("已列入。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def hear(request: Request, *, pk: int) -> HttpResponse:
    """Record what a party said for itself."""
    party = queries.party(pk, to=request.standing)
    page = acts.Page(
        _("登记陈述申辩"), _("没有听取陈述申辩，就不能登记任何处理决定。本人放弃的也要写明怎样告知、怎样放弃。"), _("登记"),
        _way(party.case), _about(party),
    )  # fmt: skip
    form = Hear(_data(request), initial={"how": "made", "heard_on": timezone.localdate(request.now)})
    return acts.answer(
        request, page, form,
        lambda given: cases.hear(
            party, how=given["how"], text=given["text"], heard_on=given["heard_on"], by=request.user, at=request.now
        ),
        _("已登记陈述申辩。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def propose(request: Request, *, pk: int) -> HttpResponse:
    """Propose a disposition."""
    party = queries.party(pk, to=request.standing)
    page = acts.Page(
        _("提出处理建议"),
        _("这里只是建议（拟给予）。由有权机关决定后，另一个人来登记决定。"),
        _("提出"),
        _way(party.case),
        _about(party),
    )
    form = NewDisposition(_data(request), organisation=party.kind == PartyKind.ORGANISATION)
    return acts.answer(
        request, page, form,
        lambda given: dispositions.propose(
            party, kind=given["kind"], form=given["form"], grounds=given["grounds"], by=request.user, at=request.now
        ),
        _("已提出处理建议。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def decide(request: Request, *, pk: int) -> HttpResponse:
    """Put a decision on record."""
    disposition = queries.disposition(pk, to=request.standing)
    page = acts.Page(
        _("登记处理决定"), _("照决定文书登记，提出建议的人不能登记。决定不晚于今天，不早于陈述申辩。"), _("登记"),
        _way(disposition.party.case), _of(disposition),
    )  # fmt: skip
    return acts.answer(
        request, page, Decide(_data(request)),
        lambda given: dispositions.decide(
            disposition, decision=_decision(given), appeal_to=given["appeal_to"], appeal_until=given["appeal_until"],
            by=request.user, at=request.now,
        ),
        _("已登记处理决定。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def drop(request: Request, *, pk: int) -> HttpResponse:
    """Record that what was proposed is not given."""
    disposition = queries.disposition(pk, to=request.standing)
    page = acts.Page(
        _("登记不予给予"), _("有权机关没有采纳建议的，写明理由。提出建议的人不能登记。"), _("登记"), _way(disposition.party.case),
        _of(disposition),
    )  # fmt: skip
    return acts.answer(
        request, page, Drop(_data(request)),
        lambda given: dispositions.drop(disposition, reason=given["reason"], by=request.user, at=request.now),
        _("已登记。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def suggest(request: Request, *, pk: int) -> HttpResponse:
    """Suggest removal first and inquiry after."""
    party = queries.party(pk, to=request.standing)
    page = acts.Page(
        _("建议先免职再查处"),
        _("分成两件：先行免职向党委（党组）建议，审查调查由纪检监察机关办理。两个机关分别决定，两个人分别登记。"), _("提出"),
        _way(party.case), _about(party),
    )  # fmt: skip
    return acts.answer(
        request, page, Suggest(_data(request)),
        lambda given: tracks.suggest(party, reason=given["reason"], by=request.user, at=request.now),
        _("已分别提出两件建议。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def settle(request: Request, *, pk: int) -> HttpResponse:
    """Put on record what was decided of one track."""
    track = queries.track(pk, to=request.standing)
    removal = track.track == "removal"
    page = acts.Page(
        _("登记先行免职的决定") if removal else _("登记审查调查的决定"),
        _("由党委（党组）决定。决定机关和登记人都不能与审查调查那一件相同。")
        if removal
        else _("由纪检监察机关决定。决定机关和登记人都不能与先行免职那一件相同。"),
        _("登记"), _way(track.party.case), [*_about(track.party), (_("建议的理由"), track.reason)],
    )  # fmt: skip
    return acts.answer(
        request, page, Settle(_data(request)),
        lambda given: tracks.settle(
            track, decided=given["outcome"] == "decided", result=given["result"], decision=_decision(given),
            by=request.user, at=request.now,
        ),
        _("已登记决定。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def lodge(request: Request, *, pk: int) -> HttpResponse:
    """Record an appeal."""
    disposition = queries.disposition(pk, to=request.standing)
    page = acts.Page(
        _("登记申诉"), _("当事人不服决定的，照实登记。"), _("登记"), _way(disposition.party.case),
        [*_of(disposition), (_("申诉受理机关"), disposition.appeal_to)],
    )  # fmt: skip
    form = Lodge(_data(request), initial={"lodged_on": timezone.localdate(request.now)})
    return acts.answer(
        request, page, form,
        lambda given: appeals.lodge(
            disposition, lodged_on=given["lodged_on"], reason=given["reason"], by=request.user, at=request.now
        ),
        _("已登记申诉。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_APPROVE)
def rule_appeal(request: Request, *, pk: int) -> HttpResponse:
    """Record what came of an appeal."""
    appeal = queries.appeal(pk, to=request.standing)
    page = acts.Page(
        _("登记申诉结果"), _("由受理机关决定。登记申诉的人、登记原决定的人都不能登记结果；上级机关的人可以登记。"), _("登记"),
        _way(appeal.disposition.party.case), [*_of(appeal.disposition), (_("申诉理由"), appeal.reason)],
    )  # fmt: skip
    return acts.answer(
        request, page, AppealRuling(_data(request)),
        lambda given: appeals.rule(
            appeal, outcome=given["outcome"], result=given["result"], decision=_decision(given), by=request.user,
            at=request.now,
        ),
        _("已登记申诉结果。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_KEEP)
def clear(request: Request, *, pk: int) -> HttpResponse:
    """Propose to clear a party."""
    party = queries.party(pk, to=request.standing)
    page = acts.Page(
        _("提出澄清正名"),
        _("查明不属实的，发通知、在一定范围内澄清。要由另一人批准。"),
        _("提出"),
        _way(party.case),
        _about(party),
    )
    return acts.answer(
        request, page, Clear(_data(request)),
        lambda given: clearances.propose(
            party, facts=given["facts"], notice=given["notice"], scope=given["scope"], by=request.user, at=request.now
        ),
        _("已提出澄清正名，等另一人批准。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CASE_APPROVE)
def rule_clearance(request: Request, *, pk: int) -> HttpResponse:
    """Issue a clearance, or return it."""
    clearance = queries.clearance(pk, to=request.standing)

    def do(given: dict[str, Any]) -> None:
        act = clearances.issue if given["verdict"] == "approve" else clearances.give_back
        act(clearance, ruling=given["ruling"], by=request.user, at=request.now)

    page = acts.Page(
        _("审批澄清正名"), _("批准后照通知的文字在写明的范围内澄清。"), _("确定"), _way(clearance.party.case),
        [(_("当事人"), str(clearance.party)), (_("查明的情况"), clearance.facts), (_("澄清通知"), clearance.notice),
         (_("澄清范围"), clearance.scope)],
    )  # fmt: skip
    return acts.answer(request, page, Ruling(_data(request)), do, _("已登记审批意见。"))
