"""What waits for the person who has just signed in: each thing a line with a count, and where it is done."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from mingcha.doors.hall import wording
from mingcha.doors.hall.access import Request
from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.draws import queries as draws
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.guidance import queries as guidance
from mingcha.flow.rectifications import queries as rectifications
from mingcha.flow.rectifications.queries import ahead, ladder, papers
from mingcha.flow.referrals.queries import figures as referrals
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory import queries as territory
from mingcha.tips import queries as tips

if TYPE_CHECKING:
    from mingcha.flow.campaigns.models import Call

REASON = 20  # so many signs of a call's reason tell it from the others


@dataclass(frozen=True)
class Task:
    """
    One thing to do now: what it is, where it is done, and how many; `step` marks the next step of a round.

    `tally` says how many where not things are counted, but people.
    """

    title: str
    href: str
    icon: str
    note: str = ""
    count: int = 0
    late: bool = False
    step: bool = False
    tally: str = ""


def tasks(request: Request) -> list[Task]:
    """Return what waits for someone now, the most pressing first; nothing stands here with a count of nought."""
    standing = request.standing
    # Another body sits and waits for the other hand of a ceremony.
    found = _witnessed(request) if standing.can(P.ROUND_WITNESS) else []
    if standing.can(P.CALL_ANSWER):
        found += _of_calls(request)
    if standing.can(P.GUIDANCE_SEE):
        found += _of_guidance(request)
    if standing.can(P.ORDER_SEE):
        found += _of_papers(request)
    if standing.can(P.RECUSAL_RULE):
        asked = accounts.to_rule(to=standing, at=request.now).count()
        found += _line(_("回避申请待裁定"), "desk:recusals", "team", asked, _("责任单位申请某人回避，由上级机关裁定。"))
    if standing.can(P.ORDER_VERIFY):
        found += [task for task in _of_orders(request) if task.count]
        held = fieldwork.submissions(to=standing, state="held").count()
        found += _line(
            _("手机填报待处理"), "desk:submissions", "field", held, _("对不上点位、可能重复的，由本单位认定。")
        )
    if standing.can(P.TIP_HANDLE):
        found += _of_tips(request)
    if standing.can(P.LEAD_SEE):
        found += _of_leads(request)
    if standing.can(P.SITE_KEEP):
        met = territory.sites(standing.area(P.SITE_KEEP, "division__code"), provisional=True).count()
        found += [
            replace(task, href=f"{task.href}?standing=provisional")
            for task in _line(
                _("新点位待核实"),
                "desk:sites",
                "site",
                met,
                _("检查组遇到、名录里没有的：登记类型和责任单位，或并入已有的。"),
            )
        ]
    return found + (_sealed(request) if standing.can(P.ROUND_SEE) else [])


def _line(title: str, address: str, icon: str, count: int, note: str = "", *, late: bool = False) -> list[Task]:
    """Return the line, or nothing where nothing waits."""
    return [Task(title, reverse(address), icon, note, count, late)] if count else []


def _of_leads(request: Request) -> list[Task]:
    """Return what waits about leads and cases, what one has begun oneself left out where it is for another hand."""
    waits = referrals.waiting(to=request.standing, at=request.now)
    late = _("已逾期 %(count)s 件") % {"count": waits["late"]} if waits["late"] else _("在时限前提出处置意见。")
    leads = [
        ("open", _line(_("线索待处置"), "desk:leads", "search", waits["dispose"], late, late=bool(waits["late"]))),
        ("approving", _line(_("线索待审批"), "desk:leads", "search", waits["approve"], _("别人提出的，由您审批。"))),
        ("review", _line(_("线索到期复查"), "desk:leads", "search", waits["review"], _("复查或报告的日期到了。"))),
    ]
    cases = [
        ("proposed", _line(_("案件待批准"), "desk:cases", "search", waits["case"])),
        ("open", _line(_("澄清正名待审批"), "desk:cases", "search", waits["clear"])),
        ("appealed", _line(_("申诉待登记结果"), "desk:cases", "search", waits["appeal"])),
    ]
    return [replace(task, href=f"{task.href}?tab={tab}") for tab, found in [*leads, *cases] for task in found]


def _of_tips(request: Request) -> list[Task]:
    """Return how much waits in the sealed room, and nothing of what it is."""
    to, now = request.standing, request.now
    asked = {
        "new": tips.triage(tips.Asked(state="received"), to=to, at=now), "mine": tips.triage(tips.Asked(mine=True), to=to, at=now),
        "late": tips.triage(tips.Asked(overdue=True), to=to, at=now),
    }  # fmt: skip
    if not to.can(P.TIP_INTAKE):
        del asked["new"]
    titles = {"new": _("举报待受理"), "mine": _("您承办的举报"), "late": _("举报逾期")}
    found = [
        Task(titles[tab], f"{reverse('desk:tips')}?tab={tab}", "tip", count=count, late=tab == "late")
        for tab, rows in asked.items() if (count := rows.count())
    ]  # fmt: skip
    approving = tips.to_approve(to=to).count()
    found += [
        replace(task, href=f"{task.href}?tab=approving")
        for task in _line(_("举报处置待审批"), "desk:tips", "tip", approving, _("别人提出的，由您审批。"))
    ]
    return found + _line(_("举报移送待接收"), "desk:tip_inbox", "tip", tips.inbox(to=to).count())


def _of_calls(request: Request) -> list[Task]:
    standing = request.standing
    found = [
        Task(
            _("紧急调配待答复：%(call)s") % {"call": _which(called.call)}, reverse("desk:call_answer", args=[called.call_id]), "team", count=1,
            late=called.call.reply_by < request.now,
            note=_("%(time)s 前答复：派得出谁，派不出写明原因。") % {"time": wording.moment(called.call.reply_by)},
        )
        for called in campaigns.unanswered(to=standing)
    ]  # fmt: skip
    if standing.can(P.CALL_MAKE):
        for call, short in campaigns.short(to=standing):
            title = _("紧急调配还缺人：%(call)s") % {"call": _which(call)}
            note = _("看各单位报来的人，派到县区。")
            tally = _("缺 %(count)s 人") % {"count": short}
            found.append(Task(title, reverse("desk:call", args=[call.pk]), "team", note, short, tally=tally))
    return found


def _which(call: "Call") -> str:
    """Return which call it is: several of one campaign may wait at a time."""
    reason = " ".join(call.reason.split())
    reason = reason if len(reason) <= REASON else reason[:REASON] + "……"
    return _("第 %(n)s 次，%(reason)s") % {"n": call.number, "reason": reason}


def _of_guidance(request: Request) -> list[Task]:
    waits = guidance.outstanding(to=request.standing, at=request.now)
    late = _("已逾期 %(count)s 份") % {"count": waits["late"]} if waits["late"] else ""
    asked = guidance.open_questions(to=request.standing).count()
    return [
        *_line(_("工作提示待答复"), "desk:guidance", "notice", waits["unanswered"], late, late=bool(late)),
        *_line(_("工作提示待签收"), "desk:guidance", "notice", waits["unreceived"]),
        *_line(_("提问待回答"), "desk:guidance", "notice", asked, _("下级在本单位发出的工作提示下面提的问题。")),
    ]


def _of_papers(request: Request) -> list[Task]:
    waits = papers.outstanding(to=request.standing, at=request.now)
    late = _("已逾期 %(count)s 份") % {"count": waits["late"]} if waits["late"] else ""
    return [
        *_line(_("文书待签收"), "desk:papers", "paper", waits["unreceived"]),
        *_line(_("文书待回复"), "desk:papers", "paper", waits["unanswered"], late, late=bool(late)),
        *_line(_("抄送的文书待签收"), "desk:papers", "paper", waits["copies"]),
        *_line(_("到期步骤待印发文书"), "desk:paper_new", "paper", waits["unwritten"]),
        *_line(_("文书回复逾期"), "desk:papers", "paper", waits["overdue"], late=True),
    ]


def followed(request: Request) -> list[tuple[object, bool]]:
    """
    Return (order, late), the soonest due first: what is being put right where one only follows.

    In a township, in a village, inside the department one's group sits in.
    """
    standing = request.standing
    if not standing.can(P.ORDER_SEE) or standing.can(P.ORDER_VERIFY) or standing.bodies(P.ORDER_ANSWER):
        return []
    orders = rectifications.issued(to=standing).exclude(state__in=("closed", "exempt"))[:20]
    return [(order, rectifications.is_overdue(order, at=request.now)) for order in orders]


def _of_orders(request: Request) -> list[Task]:
    """Return what is overdue, to verify, to rule on, to climb and to sample."""
    standing, now = request.standing, request.now
    late = rectifications.issued_in("overdue", to=standing, at=now).order_by("due_at")
    answered = rectifications.issued_in("verifying", to=standing, at=now)
    sample = rectifications.to_sample(to=standing)
    orders = reverse("desk:orders")
    asked = rectifications.to_rule(to=standing)
    by_hand = ahead.by_hand(ladder.due_steps(to=standing, at=now))
    steps = [step for step in by_hand if standing.covers(P.ORDER_VERIFY, step.order.finding.division)]
    late_answers = [each for each in ahead.owed(to=standing, at=now) if each.act == "verify" and each.late]
    found = [
        Task(_("逾期未销号"), f"{orders}?tab=overdue", "warn", count=late.count(), late=True,
             note=_("最早一件 %(due)s 到期") % {"due": wording.moment(late.values_list("due_at", flat=True).first())}),
        Task(_("整改答复待核验"), f"{orders}?tab=verifying", "order", count=answered.count(),
             note=_("核对佐证，销号或退回。发现人不能核验自己的问题。")),
        Task(_("单位申请待裁定"), f"{orders}?tab=asking", "brief", count=asked.count(),
             note=_("申请延期、提出异议、申报无法整改，由没有经手的人裁定。")),
        Task(_("督办步骤待办理"), reverse("desk:ladder"), "clock", count=len(steps), late=True,
             note=_("约谈等要人来办的步骤已经到期。")),
        Task(_("答复超过核验时限"), f"{reverse('desk:ladder')}?tab=owed", "warn", count=len(late_answers), late=True,
             note=_("单位已经答复，核验的时限过了。")),
        Task(_("立行立改待抽核"), reverse("desk:samples"), "search", count=sample.count(),
             note=_("换一个人抽查现场整改是否属实。")),
    ]  # fmt: skip
    return found


def _witnessed(request: Request) -> list[Task]:
    """Return a line for each ceremony that waits for one's own body as its witness."""
    tasks = []
    rounds = draws.rounds(to=request.standing).filter(state__in=("frozen", "committed"), campaign__state="open")
    for held in rounds:
        mine = [party for party in draws.party_of(held, to=request.standing) if party.body_id != held.office_id]
        told = {"office": held.office.name, "n": held.number}
        if held.state == "frozen" and any(party.deposited_at is None for party in mine):
            title, note = _("%(office)s第 %(n)s 轮：请投入秘密") % told, _("本单位是见证单位，缺您这一家抽不了签。")
        elif held.state == "committed" and mine:
            title, note = _("%(office)s第 %(n)s 轮：公开数值") % told, _("一家录入，另一家复核，当场抽签。")
        else:
            continue
        tasks.append(Task(title, reverse("desk:ceremony", args=[held.pk]), "lock", count=1, note=note))
    return tasks


def _sealed(request: Request) -> list[Task]:
    """Return a line for each round with lists still sealed: how many, and the next departure."""
    tasks = []
    for held in draws.rounds(to=request.standing).filter(state="drawn", campaign__state="open"):
        waiting = [sealed for sealed in draws.lists(held) if sealed.state == "sealed"]
        if waiting:
            soonest = min(sealed.departs_at for sealed in waiting)
            tasks.append(Task(
                _("%(office)s第 %(n)s 轮：清单待启封") % {"office": held.office.name, "n": held.number},
                reverse("desk:round", args=[held.pk]), "lock", count=len(waiting),
                note=_("最近一份 %(time)s 出发，由检查组启封。") % {"time": wording.moment(soonest)},
            ))  # fmt: skip
    return tasks
