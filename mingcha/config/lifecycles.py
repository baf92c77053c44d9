"""
docs/life-cycles.md, drawn from the tables of states.

`DJANGO_SETTINGS_MODULE=mingcha.config.settings .venv/bin/python -m mingcha.config.lifecycles` writes it anew.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from django.db.models import TextChoices

from mingcha.flow.findings import states as findings
from mingcha.flow.rectifications import states as rectifications
from mingcha.flow.referrals import states as referrals
from mingcha.tips import states as tips

PAGE = Path(__file__).resolve().parents[2] / "docs/life-cycles.md"
HEAD = """\
# The lives of things

Drawn from the tables in `states.py` of each room; do not edit. After a change of a table, write this page anew:

    DJANGO_SETTINGS_MODULE=mingcha.config.settings .venv/bin/python -m mingcha.config.lifecycles

`tests/architecture/test_docs_life_cycles.py` fails until somebody has. What has no arrow leading away but to its end never
reopens: what happens again is a new thing.
"""
OF_REFERRALS: Mapping[str, tuple[str, type[TextChoices]]] = {
    "lead": ("A lead (问题线索)", referrals.LeadState),
    "disposal": ("How a lead is to be handled (处置意见)", referrals.DisposalState),
    "case": ("A case (案件)", referrals.CaseState),
    "disposition": ("What is decided about a party (处理)", referrals.DispositionState),
    "track": ("Removal first, inquiry after: two records, two deciders (先免职再查处)", referrals.TrackState),
    "appeal": ("An appeal (申诉)", referrals.AppealState),
    "clearance": ("A name cleared (澄清正名)", referrals.ClearanceState),
    "false_report": ("A false accusation found (诬告认定)", referrals.FalseReportState),
}
Arrow = tuple[str, str, str]  # from ("" where it begins), to, act


def page() -> str:
    """Return the page as the tables have it."""
    R = rectifications
    parts = [
        HEAD,
        _section("A finding (问题)", findings.State, _plain(findings.ACTS), begins=(findings.State.NOTED,)),
        _section(
            "What must be put right (整改)", R.State, _plain(R.ACTS), begins=(R.State.ATTESTED, R.State.AGREED),
            more=f"By another hand than found it, attested it or spoke for the unit: {_acts(R.ANOTHER_HAND)}. "
            "A phone's visit is over when it arrives: its orders begin as `ordered`.",
        ),
        _section(
            "What a unit asks (申请)", R.RequestState, _plain(R.REQUEST_ACTS), begins=(R.RequestState.PENDING,),
            more="`lapse`: an answer, a closing or another ruling has made a ruling needless.",
        ),
        _section("A paper (文书)", R.PaperState, _plain(R.PAPER_ACTS), begins=(R.PaperState.ISSUED,)),
        *(_of_referrals(thing) for thing in OF_REFERRALS),
        *_of_tips(),
    ]  # fmt: skip
    return "\n".join(parts)


def _of_tips() -> Iterable[str]:
    """Yield what lives in the sealed room."""
    T = tips
    yield _section(
        "A report of the public (举报)", T.State, _plain(T.ACTS), begins=(T.State.RECEIVED,),
        more="Each act but `erase` takes a key besides. `given_back` leads to the state it was offered from. "
        "`resume`: new evidence must be checked, an objection looked into; the number is kept.",
    )  # fmt: skip
    yield _section(
        "A report offered to another office (移送)", T.OfferState, _plain(T.OFFER_ACTS), begins=(T.OfferState.OFFERED,)
    )
    yield _section(
        "How a report is to be disposed of (举报的处置意见)", T.ProposalState, _plain(T.PROPOSAL_ACTS),
        begins=(T.ProposalState.PROPOSED,), more="By another hand than proposed it.",
    )  # fmt: skip
    yield _section("A call to the public (问题线索公告)", T.CallState, _plain(T.CALL_ACTS), begins=(T.CallState.DRAFT,))
    yield _section("An office's key (机关密钥)", T.Epoch, _plain(T.EPOCH_ACTS), begins=(T.Epoch.WAITING,))


def _plain(acts: Mapping[str, tuple[object, str]]) -> list[Arrow]:
    """Return the arrows of a table act → (from, to), where `from` is one state or several."""
    return [
        (str(start), str(end), act)
        for act, (starts, end) in acts.items()
        for start in (starts if isinstance(starts, tuple) else (starts,))
    ]


def _of_referrals(thing: str) -> str:
    title, states = OF_REFERRALS[thing]
    moves = [move for move in referrals.TABLE if move.thing == thing]
    arrows = [(str(start), str(move.end), move.act) for move in moves for start in (move.starts or ("",))]
    rows = [f"| `{move.act}` | {move.who.value} | {move.proof} |" for move in moves]
    return _section(
        title, states, arrows, more="\n".join(["| act | who may | what must be there |", "|---|---|---|", *rows])
    )


def _section(
    title: str, states: type[TextChoices], arrows: list[Arrow], *, begins: Iterable[str] = (), more: str = ""
) -> str:
    used = {state for start, end, _ in arrows for state in (start, end)} | {str(state) for state in begins}
    ends = used - {start for start, _, _ in arrows} - {""}
    lines = [f'    state "{state.label} {state.value}" as {state.value}' for state in states if state.value in used]
    lines += [f"    [*] --> {state}" for state in begins]
    lines += [f"    {start or '[*]'} --> {end}: {act}" for start, end, act in arrows]
    lines += [f"    {state.value} --> [*]" for state in states if state.value in ends]
    drawn = "\n".join(lines)
    return f"## {title}\n\n```mermaid\nstateDiagram-v2\n{drawn}\n```\n" + (f"\n{more}\n" if more else "")


def _acts(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
