"""
A circular of typical cases (典型案例通报), drafted from what was decided, in the customary frame.

1. `drafted` puts the cases into words: preamble, cases headed by unit, post, name and problem, closing demand. Each case
   tells when and how it was found, the duty, and the dispositions with deciding body and date; 拟给予 where a
   disposition is only proposed. Whoever drafts it goes over the words.
2. `document` makes the Word file of what the public reads on that day, names masked as they are then.

Source of the frame: published circulars of 2020 to 2022, as structure only. Clauses are usually absent from them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from mingcha.flow.referrals import queries as referrals
from mingcha.flow.referrals.models import Case, Clearance, Disposition, Party, Track
from mingcha.flow.referrals.states import (
    CaseState,
    ClearanceState,
    DispositionState,
    Kind,
    LeadKind,
    TrackKind,
    TrackState,
)
from mingcha.flow.reports import published
from mingcha.flow.reports.models import Publication
from mingcha.flow.reports.queries import publications
from mingcha.ground.accounts.queries import Standing
from mingcha.kernel import briefing

# What a case is headed with, by what its lead was about.
PROBLEMS = {
    LeadKind.DUTY: "履职不力", LeadKind.CONDUCT: "违反作风纪律", LeadKind.INTEGRITY: "违反廉洁纪律",
    LeadKind.RETALIATION: "打击报复", LeadKind.OTHER: "违规违纪",
}  # fmt: skip
DEMAND = "各级各单位和公职人员要引以为戒，对照检查，压实责任，把各项要求落到实处。对履职不力、失职失责的，将依规依纪依法严肃追责问责。"
HOTLINE = "举报电话：12388。"

_NUMBER = re.compile(r"^\d{1,2}[.．、]\s*")


@dataclass(frozen=True)
class Drafted:
    """Words to begin with, names as they are; `officials`: (name, body and post)."""

    title: str
    text: str
    officials: tuple[tuple[str, str], ...]


def tellable(*, to: Standing) -> QuerySet[Case]:
    """Return the cases one may see in which something was decided about somebody and still holds, the latest first."""
    of_case = {"party__case": OuterRef("pk")}
    decided = Disposition.objects.filter(**of_case, state=DispositionState.DECIDED)
    removed = Track.objects.filter(**of_case, track=TrackKind.REMOVAL, state=TrackState.DECIDED)
    found = referrals.cases(to=to).filter(state__in=[CaseState.OPEN, CaseState.CLOSED])
    return found.filter(Exists(decided) | Exists(removed))


def chosen(pks: Collection[str], *, to: Standing) -> list[Case]:
    """Return those of the cases that one may tell of, in the order they are numbered; what is no number is passed over."""
    wanted = [int(pk) for pk in pks if pk.isdecimal() and len(pk) < 19]
    return sorted(tellable(to=to).filter(pk__in=wanted), key=lambda case: case.pk)


def of_publication(publication: Publication) -> list[Case]:
    """Return the cases that a circular was drafted from."""
    return [told.case for told in publication.cases.select_related("case").order_by("pk")]


def overtaken(publication: Publication) -> list[Case]:
    """Return the cases told of in which a decision was changed or revoked, or somebody cleared, since the text was written."""
    since = publication.written_at
    appealed = Q(state__in=(DispositionState.CHANGED, DispositionState.REVOKED), appeals__recorded_at__gte=since)
    changed = Disposition.objects.filter(appealed, party__case=OuterRef("case"))
    cleared = Clearance.objects.filter(party__case=OuterRef("case"), state=ClearanceState.ISSUED, ruled_at__gte=since)
    found = publication.cases.filter(Exists(changed) | Exists(cleared)).select_related("case")
    return [told.case for told in found.order_by("pk")]


def drafted(cases: Sequence[Case]) -> Drafted:
    """Put cases into the customary words. Who was cleared is left out, and so is what no longer holds."""
    items: list[str] = []
    officials: list[tuple[str, str]] = []
    for case in cases:
        parties = [party for party in referrals.parties(case) if _told(party)]
        if not parties:
            continue
        items.append(f"{len(items) + 1}.{_head(case, parties)}\n{_facts(case, parties)}")
        officials += [(party.name, f"{party.body.name}{party.post}") for party in parties if party.name]
    preamble = f"为严明纪律、强化警示教育，现将{len(items)}起典型问题通报如下："
    text = "\n".join([preamble, *items, DEMAND, HOTLINE])
    return Drafted(f"关于{len(items)}起典型问题的通报", text, tuple(dict.fromkeys(officials)))


def document(publication: Publication, *, at: datetime, demo: bool) -> bytes:
    """Return the Word document of what the public reads at `at`, or will once it is approved."""
    told = published.as_told(publication, at=at)
    preamble: list[str] = []
    cases: list[list[str]] = []
    for line in told.lines:
        if line.kind == "item":
            cases.append([_NUMBER.sub("", line.text)])
        else:
            (cases[-1] if cases else preamble).append(line.text)
    # What follows the first paragraph of the last case is the closing demand.
    demand = cases[-1][2:] if cases else []
    if cases:
        cases[-1] = cases[-1][:2]
    assert told.published_on is not None
    return briefing.compose_circular(
        briefing.Circular(
            office=told.office, number=str(publication) if publication.number else "", title=told.title,
            day=told.published_on, preamble=tuple(preamble), demand=tuple(demand), demo=demo,
            cases=tuple(briefing.Case(head=head.rstrip("。"), text="".join(rest)) for head, *rest in cases),
        )
    )  # fmt: skip


def _told(party: Party) -> bool:
    if any(one.state == ClearanceState.ISSUED for one in party.clearances.all()):
        return False
    return bool(_outcomes(party))


def _head(case: Case, parties: Sequence[Party]) -> str:
    first = f"{parties[0].body.name}{parties[0].post}{parties[0].name}"
    several = (
        f"等{len(parties)}{'人' if all(party.name for party in parties) else '个单位和人员'}"
        if len(parties) > 1
        else ""
    )
    return f"{first}{several}{PROBLEMS[LeadKind(case.lead.kind)]}问题。"


def _facts(case: Case, parties: Sequence[Party]) -> str:
    lead = case.lead
    if lead.finding is not None:
        day = briefing.chinese_day(publications.today(lead.finding.noted_at))
        how = f"{day}，{lead.office.name}监督检查发现：{_plain(lead.finding.description)}"
    else:
        how = f"经查：{_plain(lead.text)}"
    said = [how]
    for party in parties:
        who = f"{party.body.name}{party.post}{party.name}"
        said.append(f"{who}，{_plain(party.duty)}")
        said += _outcomes(party)
    return "。".join(said) + "。"


def _outcomes(party: Party) -> list[str]:
    """Return what was decided or is proposed, removal first (先免职再查处), then as it was proposed."""
    who = party.name or party.body.name
    removals = [one for one in party.tracks.all() if (one.track, one.state) == (TrackKind.REMOVAL, TrackState.DECIDED)]
    found = [f"{_when(one)}，{one.deciding_body}决定对{who}先行免职" for one in removals]
    for one in party.dispositions.all():
        if one.state == DispositionState.DECIDED:
            found.append(f"{_when(one)}，{one.deciding_body}决定{_given(one, who)}")
        elif one.state == DispositionState.PROPOSED:
            found.append(f"拟{_given(one, who)}")
    return found


def _given(disposition: Disposition, who: str) -> str:
    label, family = Kind(disposition.kind).label, disposition.kind.partition(".")[0]
    if family in ("party", "staff"):
        return f"给予{who}{label}处分"
    if disposition.kind == Kind.HANDED_OVER:
        return f"将{who}移送司法机关"
    if disposition.kind == Kind.REVIEWED:
        return f"责令{who}作出书面检查"
    return f"对{who}予以{label}"


def _when(decided: Disposition | Track) -> str:
    assert decided.decided_on is not None  # held by disposition_after_a_hearing, track_decided_by_someone
    return briefing.chinese_day(decided.decided_on)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip("。；;.")
