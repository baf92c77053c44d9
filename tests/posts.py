"""
What phones may do to a set of visits on the way: sent in parts, twice, cut off, in any order, or never; and what is left.

    plan = data.draw(plans())          some visits with files, and the posts that carry them
    plan.visits[k].xml("x")            its words, under the instance uuid:x-k
    facts("x")                         what stands in the tables about these instances, without ids

A visit that is not lost has all its files in some whole post. What is cut off of a lost one is cut within its words.
"""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from mingcha.flow.fieldwork.models import Answer, Attachment, Photo, Submission, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.audit.models import Event
from mingcha.ground.evidence import queries as evidence
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.models import Checklist
from tests.phones import JPEG, filled
from tests.sent import USUAL

BOUNDARY = "b" * 40
KIND = f"multipart/form-data; boundary={BOUNDARY}"
STOP = "the drawn stop"


@dataclass(frozen=True)
class Seen:
    """One visit: where (STOP, or a place that nobody knows), the judgement, and its files by the question they answer."""

    place: str
    verdict: str
    gaps: tuple[bool, ...]  # of each finding, whether it was put right on the spot
    files: tuple[str, ...]  # names; of those of a finding the first character is its number

    def xml(self, k: int, prefix: str, checklist: Checklist, stop: str) -> bytes:
        code = stop if self.place == STOP else f"{prefix}-{self.place}"
        values = {**USUAL, "site_code": code, "site_name": f"演示{self.place}", "q1": self.verdict}
        values["site_photo_1"] = self._file("0")
        found = [
            {
                "description": f"演示问题{n}", "on_spot": "yes" if mended else "no", "due_hours": "" if mended else "24",
                "photo_1": self._file(str(n)),
            }
            for n, mended in enumerate(self.gaps, start=1)
        ]  # fmt: skip
        return filled(checklist, values, findings=found, instance=f"uuid:{prefix}-{k}")

    def _file(self, number: str) -> str:
        return next((name for name in self.files if name.startswith(number)), "")


@dataclass(frozen=True)
class Post:
    """One post: the words of visit `visit` with some of its files; `cut` is how much of it arrives, of 1000 parts."""

    visit: int
    files: tuple[str, ...]
    cut: int = 1000

    def body(self, xml: bytes, *, within_words: bool) -> bytes:
        """Return what arrives."""
        parts = [("xml_submission_file", "s.xml", xml), *((name, name, content(name)) for name in self.files)]
        written = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'.encode()
            + inside
            for field, name, inside in parts
        ]
        if self.cut == 1000:
            return b"\r\n".join(written) + f"\r\n--{BOUNDARY}--\r\n".encode()
        whole = written[0] if within_words else b"\r\n".join(written)
        return whole[: len(whole) * self.cut // 1000]


@dataclass(frozen=True)
class Plan:
    visits: tuple[Seen, ...]
    lost: frozenset[int]
    posts: tuple[Post, ...]

    @property
    def kept(self) -> list[int]:
        return [k for k in range(len(self.visits)) if k not in self.lost]


def content(name: str) -> bytes:
    """Return the bytes of a file."""
    return JPEG + name.encode() * 600


@st.composite
def plans(draw: Any, *, places: tuple[str, ...] = (STOP, "A", "B", "C")) -> Plan:
    visits = tuple(draw(st.lists(_seen(places), min_size=1, max_size=4)))
    lost = frozenset(k for k in range(len(visits)) if draw(st.integers(0, 4)) == 0)
    posts: list[Post] = []
    for k, seen in enumerate(visits):
        some = st.lists(st.sampled_from(seen.files), unique=True).map(tuple) if seen.files else st.just(())
        cut = st.builds(Post, st.just(k), some, st.integers(0, 999))
        posts += draw(st.lists(cut, max_size=2))
        if k not in lost:
            apart = draw(st.lists(some, max_size=2))
            rest = tuple(name for name in seen.files if not any(name in names for names in apart))
            whole = [Post(k, names) for names in (*apart, rest)]
            posts += whole + draw(st.lists(st.sampled_from(whole), max_size=2))
    return Plan(visits, lost, tuple(draw(st.permutations(posts))))


@st.composite
def _seen(draw: Any, places: tuple[str, ...]) -> Seen:
    gaps = tuple(draw(st.lists(st.booleans(), max_size=2)))
    pictured = [n for n in range(len(gaps) + 1) if draw(st.booleans())]
    marks = [".personal" if draw(st.booleans()) else "" for _ in pictured]
    files = tuple(f"{n}{mark}.jpg" for n, mark in zip(pictured, marks, strict=True))
    return Seen(draw(st.sampled_from(places)), draw(st.sampled_from(["pass", "fail", "na"])), gaps, files)


def facts(prefix: str) -> dict[str, dict[str, Any]]:
    """Return all that stands about the instances of a prefix, by the rest of their name; ids and the prefix left out."""
    return {
        row.instance_id.removeprefix(f"uuid:{prefix}-"): _facts(row, prefix)
        for row in Submission.objects.filter(instance_id__startswith=f"uuid:{prefix}-")
    }


def _facts(row: Submission, prefix: str) -> dict[str, Any]:
    visit = Visit.objects.filter(submission=row).select_related("site").first()
    found = list(Finding.objects.filter(visit=visit).order_by("pk")) if visit else []
    files = {each.name: each for each in Attachment.objects.filter(submission=row).select_related("evidence")}
    assert all(evidence.intact(each.evidence) for each in files.values())
    assert all(evidence.path(each.evidence.sha256).read_bytes() == content(name) for name, each in files.items())
    events = Event.objects.filter(kind="submission", key=row.instance_id)
    acts = [digest for event in events for digest in event.detail["files"]]
    return {
        "words": (row.xml.replace(prefix, ""), row.state, row.held, row.breaches, sorted(row.expected)),
        "visit": visit and {
            "site": (visit.site.code.removeprefix(f"{prefix}-"), visit.site.provisional), "score": visit.score,
            "kind": (visit.mode, visit.state, visit.outcome, visit.drawn, visit.extra, visit.checklist_id),
            "when": (visit.begun_at, visit.closed_at, visit.begun_by_id, visit.inspection_id),
        },
        "answers": sorted(Answer.objects.filter(visit=visit).values_list("question", "verdict", "said")),
        "findings": [(f.description, f.state, f.responsibility, f.severity, f.noted_at) for f in found],
        "orders": list(
            Rectification.objects.filter(finding__in=found).order_by("finding").values_list("way", "state", "due_at")
        ),
        "files": sorted((name, each.kind, each.evidence.sha256, each.evidence.personal, each.evidence.size)
                        for name, each in files.items()),
        "photos": sorted(Photo.objects.filter(visit=visit).values_list("evidence__name", flat=True)),
        "shown": sorted(FindingPhoto.objects.filter(finding__in=found).values_list(
            "finding__description", "photo__evidence__name")),
        # Every file came by exactly one act on record.
        "acts": (events.filter(verb="submission.receive").count(), sorted(acts)),
        "evidence": Evidence.objects.filter(pk__in=[each.evidence_id for each in files.values()]).count(),
    }  # fmt: skip


def without_rivalry(told: dict[str, dict[str, Any]], plan: Plan) -> tuple[dict[str, Any], list[Any]]:
    """
    Return the facts with those apart that hang on who came first to the drawn stop: one is taken, the others are held.

    Of rivals stay words and files, by instance, and how many were taken and held.
    """
    rivals = {str(k) for k in plan.kept if plan.visits[k].place == STOP}
    settled = {name: all_ for name, all_ in told.items() if name not in rivals}
    settled |= {name: told[name]["files"] for name in rivals}
    return settled, sorted(
        (told[name]["words"][1], told[name]["words"][2], told[name]["visit"] is None) for name in rivals
    )
