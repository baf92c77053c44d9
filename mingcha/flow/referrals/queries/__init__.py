"""Reading leads and cases: an office's own and those of the offices beneath it; never what is about one's own office."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications.models import Rectification
from mingcha.flow.referrals.models import (
    Appeal,
    Case,
    Clearance,
    Disposal,
    Disposition,
    FalseReport,
    Lead,
    Party,
    Track,
)
from mingcha.flow.referrals.states import (
    UNDER_WAY,
    AppealState,
    CaseState,
    ClearanceState,
    DisposalState,
    DispositionState,
    FalseReportState,
    LeadKind,
    LeadState,
    TrackState,
)
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts import ties
from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import OFFICE_TIME, NotFound, Standing
from mingcha.ground.territory.models import Body, BodyKind

OF_LEAD = (
    "office__division", "body", "finding__site", "finding__item__edition__rulebook", "order", "registered_by", "earlier",
)  # fmt: skip
OF_CASE = (
    "office__division", "lead__office", "lead__body", "lead__finding__site", "lead__finding__item__edition__rulebook",
    "proposed_by", "ruled_by", "closed_by",
)  # fmt: skip
OPEN_FALSE_REPORT = (FalseReportState.PROPOSED, FalseReportState.ONCE)
FAST = ~Q(fast_reason="") | Q(kind=LeadKind.RETALIATION)


def leads(*, to: Standing) -> QuerySet[Lead]:
    """
    Return the leads one may see, those with the shortest clock first: of one's office and of those beneath it.

    A lead about one's own office is not among them, nor one with a colleague for a party: the office above has it.
    """
    own = to.serves(Permission.LEAD_SEE)
    ours = Party.objects.filter(case__lead=OuterRef("pk"), body__in=own)
    found = Lead.objects.filter(to.area(Permission.LEAD_SEE, "office__division__code"))
    found = found.exclude(body__in=own).exclude(Exists(ours))
    return found.select_related(*OF_LEAD).order_by("due_at", "pk")


def lead(pk: int, *, to: Standing) -> Lead:
    """Return a lead one may see. Raises NotFound."""
    found = leads(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def numbered(office: str, *, year: int, number: int, to: Standing) -> Lead:
    """Return the lead of an office by the number it was registered under, where one may see it. Raises NotFound."""
    found = leads(to=to).filter(office=office, year=year, number=number).first()
    if found is None:
        raise NotFound
    return found


def leads_in(tab: str, *, to: Standing, at: datetime) -> QuerySet[Lead]:
    """
    Return the leads that wait for a proposal, for another hand, are being looked into, are held, are to be looked at
    again, are closed, are filed; or all.
    """
    if tab == "review":
        return to_review(to=to, at=at)
    proposed = Exists(Disposal.objects.filter(lead=OuterRef("pk"), state=DisposalState.PROPOSED))
    doubted = Exists(FalseReport.objects.filter(lead=OuterRef("pk"), state__in=OPEN_FALSE_REPORT))
    filing = Exists(Case.objects.filter(lead=OuterRef("pk"), state=CaseState.PROPOSED))
    narrowed: dict[str, Any] = {
        "open": Q(state=LeadState.OPEN) & ~Q(proposed) & ~Q(filing),
        "approving": (Q(state__in=UNDER_WAY) & (Q(proposed) | Q(filing))) | Q(doubted),
        "looking": Q(state__in=[LeadState.INQUIRY, LeadState.VERIFICATION]),
        "held": Q(state=LeadState.HELD),
        "closed": Q(state=LeadState.CLOSED),
        "filed": Q(state=LeadState.FILED),
        "all": Q(),
    }
    return leads(to=to).filter(narrowed[tab])


def offices(*, to: Standing) -> QuerySet[Body]:
    """Return the offices that keep the leads one may see."""
    return Body.objects.filter(pk__in=leads(to=to).order_by().values("office")).order_by("division", "code")


def narrowed(
    found: QuerySet[Lead], *, kind: str = "", source: str = "", office: str = "", fast: bool = False, words: str = ""
) -> QuerySet[Lead]:
    """Narrow leads by what is given."""
    wanted = {"kind": kind, "source": source, "office": office}
    found = found.filter(**{column: value for column, value in wanted.items() if value})
    if fast:
        found = found.filter(FAST)
    if words.strip():
        found = found.filter(Q(text__icontains=words.strip()) | Q(body__name__icontains=words.strip()))
    return found


def of_finding(finding: Finding, *, to: Standing) -> QuerySet[Lead]:
    """Return the leads one may see that came of a finding or of its rectification."""
    return leads(to=to).filter(finding=finding)


def of_order(order: Rectification) -> Lead | None:
    """Return the lead that the ladder made of a rectification, the last one, whoever asks: for the ladder itself."""
    return Lead.objects.filter(order=order).select_related(*OF_LEAD).order_by("-pk").first()


def disposals(lead: Lead) -> QuerySet[Disposal]:
    """Return what was proposed about a lead, the latest first."""
    return lead.disposals.select_related("proposed_by", "ruled_by").order_by("-pk")


def false_report(lead: Lead) -> FalseReport | None:
    """Return the latest finding about a lead's report being false, or None."""
    return lead.false_reports.select_related("proposed_by", "first_by", "ended_by").order_by("-pk").first()


def review_on(lead: Lead) -> date | None:
    """Return the day on which a lead must be looked at again, None where no approved disposal names one."""
    if lead.state not in (LeadState.INQUIRY, LeadState.VERIFICATION, LeadState.HELD):
        return None
    last = lead.disposals.filter(state=DisposalState.APPROVED).order_by("-ruled_at", "-pk").first()
    return last.review_on if last else None


def to_review(*, to: Standing, at: datetime) -> QuerySet[Lead]:
    """Return the leads whose day of review or report has come."""
    again = Disposal.objects.filter(lead=OuterRef("pk"), state=DisposalState.APPROVED)
    later = again.filter(review_on__gt=at.astimezone(OFFICE_TIME).date())
    found = leads(to=to).filter(state__in=[LeadState.INQUIRY, LeadState.VERIFICATION, LeadState.HELD])
    return found.filter(Exists(again), ~Exists(later))


def cases(*, to: Standing) -> QuerySet[Case]:
    """Return the cases one may see, the latest first; none with one's own office in it."""
    own = to.serves(Permission.CASE_SEE)
    ours = Party.objects.filter(case=OuterRef("pk"), body__in=own)
    found = Case.objects.filter(to.area(Permission.CASE_SEE, "office__division__code"))
    found = found.exclude(lead__body__in=own).exclude(Exists(ours))
    return found.select_related(*OF_CASE).annotate(people=Count("parties", distinct=True)).order_by("-pk")


def case(pk: int, *, to: Standing) -> Case:
    """Return a case one may see. Raises NotFound."""
    found = cases(to=to).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def cases_in(tab: str, *, to: Standing) -> QuerySet[Case]:
    """Return the cases that wait for approval, are being handled, have something under appeal, are closed; or all."""
    appealed = Exists(Appeal.objects.filter(disposition__party__case=OuterRef("pk"), state=AppealState.LODGED))
    narrowed: dict[str, Any] = {
        "proposed": Q(state=CaseState.PROPOSED),
        "open": Q(state=CaseState.OPEN),
        "appealed": Q(appealed),
        "closed": Q(state=CaseState.CLOSED),
        "all": Q(),
    }
    return cases(to=to).filter(narrowed[tab])


def case_of(lead: Lead) -> Case | None:
    """Return the latest case that was proposed of a lead, a refused one too."""
    return lead.cases.select_related(*OF_CASE).order_by("-pk").first()


def parties(case: Case) -> QuerySet[Party]:
    """Return the parties with all that stands about each: statements, dispositions and their appeals, tracks, clearances."""
    heard = Prefetch("dispositions", Disposition.objects.select_related("statement", "proposed_by", "recorded_by")
                     .prefetch_related("appeals").order_by("pk"))  # fmt: skip
    return case.parties.select_related("body", "added_by").prefetch_related(
        heard, "statements__recorded_by", Prefetch("tracks", Track.objects.order_by("-track")), "clearances"
    ).order_by("pk")  # fmt: skip


def party(pk: int, *, to: Standing) -> Party:
    """Return a party to a case one may see. Raises NotFound."""
    seen = cases(to=to).order_by().values("pk")
    found = Party.objects.filter(pk=pk, case__in=seen).select_related("body", "case__lead", "case__office").first()
    if found is None:
        raise NotFound
    return found


def of_party(model: type[Any], pk: int, *, to: Standing) -> Any:
    """Return a disposition, track or clearance of a case one may see. Raises NotFound."""
    seen = cases(to=to).order_by().values("pk")
    related = ("party__body", "party__case__lead", "party__case__office")
    found = model.objects.filter(pk=pk, party__case__in=seen).select_related(*related).first()
    if found is None:
        raise NotFound
    return found


def disposition(pk: int, *, to: Standing) -> Disposition:
    """Return a disposition of a case one may see. Raises NotFound."""
    return of_party(Disposition, pk, to=to)


def track(pk: int, *, to: Standing) -> Track:
    """Return one of the two records of 先免职再查处, in a case one may see. Raises NotFound."""
    return of_party(Track, pk, to=to)


def clearance(pk: int, *, to: Standing) -> Clearance:
    """Return a clearance in a case one may see. Raises NotFound."""
    return of_party(Clearance, pk, to=to)


def appeal(pk: int, *, to: Standing) -> Appeal:
    """Return an appeal in a case one may see. Raises NotFound."""
    seen = cases(to=to).order_by().values("pk")
    related = ("disposition__party__body", "disposition__party__case__lead", "disposition__party__case__office")
    found = Appeal.objects.filter(pk=pk, disposition__party__case__in=seen).select_related(*related).first()
    if found is None:
        raise NotFound
    return found


def unsettled(case: Case) -> list[Party]:
    """Return the parties about whom nothing is settled yet, or something is still open: the case cannot be closed."""
    return [one for one in parties(case) if not _settled(one)]


def _settled(party: Party) -> bool:
    dispositions, clearances = list(party.dispositions.all()), list(party.clearances.all())
    pending = any(one.state == DispositionState.PROPOSED for one in dispositions)
    pending |= any(one.state == ClearanceState.PROPOSED for one in clearances)
    pending |= any(one.state == TrackState.PROPOSED for one in party.tracks.all())
    pending |= any(a.state == AppealState.LODGED for one in dispositions for a in one.appeals.all())
    cleared = any(one.state == ClearanceState.ISSUED for one in clearances)
    return not pending and (cleared or bool(dispositions))


def removal_first(lead: Lead) -> bool:
    """Return whether the rule that was broken says 先免职再查处."""
    item = lead.finding.item if lead.finding else None
    return bool(item and item.removal_first)


def tie(lead: Lead, person: Person, *, at: datetime) -> ties.Tie | None:
    """
    Return what keeps a person from handling a lead or its case (回避), None where nothing does.

    Of whom it is about, of the place and site, of each party; and one's own office judges none of its own.
    """
    found = ties.ties([person.pk], at=at)
    people = Party.objects.filter(case__lead=lead).select_related("body")
    bodies = [*([lead.body] if lead.body else []), *(each.body for each in people)]
    site = lead.finding.site if lead.finding else None
    subjects = [ties.Subject(body.pk, body.division_id) for body in bodies]
    subjects += [ties.Subject("", lead.division)] + ([ties.subject_of(site)] if site else [])
    tied = next((each for subject in subjects if (each := found.between(person.pk, subject)) is not None), None)
    if tied is not None:
        return tied
    served = accounts.standing(person, at=at).serves(Permission.LEAD_SEE)
    own = next((body for body in bodies if body.pk in served), None)
    return ties.Tie(person.pk, ties.TieKind.OWN_UNIT, own.name) if own else None


def approvers(lead: Lead, permission: Permission, *, without: set[int | None], at: datetime) -> list[Person]:
    """Return who may settle something about a lead: of its office, else of the offices above; none of `without`, none tied."""
    office: Body | None = lead.office
    while office is not None:
        able = accounts.able(office.pk, permission, at=at)
        people = [one for one in able if one.pk not in without and tie(lead, one, at=at) is None]
        if people:
            return people
        office = office.parent
    return []


def keeping_office(body: Body) -> Body | None:
    """Return the office that keeps leads for a supervising body: itself, or the next discipline office above it."""
    office: Body | None = body.merged_into or body
    seen: set[str] = set()
    while office is not None and office.kind != BodyKind.OFFICE and office.pk not in seen:
        seen.add(office.pk)
        office = office.parent
    return office if office is not None and office.kind == BodyKind.OFFICE else None


@dataclass(frozen=True)
class Outcome:
    """A party with what was decided or is proposed about it, and whether an appeal is still open."""

    party: Party
    decided: tuple[Disposition, ...]
    proposed: tuple[Disposition, ...]
    appealed: bool


def decided(*, to: Standing) -> QuerySet[Case]:
    """Return the cases one may see in which something was decided that still stands: what a circular may be drawn from."""
    stands = Disposition.objects.filter(party__case=OuterRef("pk"), state=DispositionState.DECIDED)
    found = cases(to=to).filter(Exists(stands), state__in=[CaseState.OPEN, CaseState.CLOSED])
    return found.order_by("-pk")


def outcomes(case: Case) -> list[Outcome]:
    """
    Return, party by party, what was decided and stands and what is proposed (拟给予); a party that was cleared is left out.

    Dispositions carry kind (its label is the circular's word), deciding_body, document and decided_on.
    """
    told = []
    for one in parties(case):
        if any(clearance.state == ClearanceState.ISSUED for clearance in one.clearances.all()):
            continue
        given = list(one.dispositions.all())
        told.append(Outcome(
            one, tuple(each for each in given if each.state == DispositionState.DECIDED),
            tuple(each for each in given if each.state == DispositionState.PROPOSED),
            any(appeal.state == AppealState.LODGED for each in given for appeal in each.appeals.all()),
        ))  # fmt: skip
    return told
