"""A circular of typical cases, drafted from what was decided: the customary frame, whoever was cleared left out, masked."""

import io
from datetime import timedelta

import docx
import pytest

from mingcha.flow.referrals import queries as referrals
from mingcha.flow.referrals.actions import appeals, cases, clearances, dispositions, tracks
from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.reports.actions.publications import Official, Text
from mingcha.flow.reports.queries import circulars
from mingcha.ground.accounts import queries as accounts
from mingcha.kernel.briefing import chinese_day
from tests import referred


def standing(world, who):
    return accounts.standing(who, at=world.at)


@pytest.fixture
def case(world):
    """A case of 岷县 with one official, heard and warned."""
    lead = referred.disposed(world, referred.registered(world, finding=world.minxian.by_deadline, fast_reason="演示"))
    found = referred.opened(world, lead=lead, parties=[referred.official(world, name="张伟强", post="经理")])
    referred.decided(world, referred.heard(world, found))
    return found


def add(world, case, **given):
    party = cases.add_party(case, party=referred.official(world, **given), by=world.county, at=world.at)
    cases.hear(party, how="made", text="演示：陈述。", heard_on=world.at.date(), by=world.county, at=world.at)
    return party


def draft(world, case, **more):
    words = circulars.drafted([case])
    officials = [Official(*pair) for pair in words.officials]
    text = Text(words.title, words.text, officials, expires_on=world.at.date() + timedelta(days=9))
    return publications.draft(
        world.minxian.office.body, kind="circular", text=text, cases=[case], by=world.county, at=world.at, **more
    )


def written(publication, at, demo=False):
    document = docx.Document(io.BytesIO(circulars.document(publication, at=at, demo=demo)))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_the_frame_is_the_customary_one(world, case):
    words = circulars.drafted([case])
    lines = words.text.splitlines()
    assert words.title == "关于1起典型问题的通报" and "现将1起典型问题通报如下" in lines[0]
    assert lines[1] == "1.演示岷县超市经理张伟强履职不力问题。"
    body, decided = lines[2], referred.decision(world)
    order = [
        "2021年10月27日，岷县纪委监委监督检查发现",
        "无人值守",
        "对值守负直接责任",
        f"{chinese_day(decided.on)}，{decided.body}决定给予张伟强党内警告处分。",
    ]
    assert [body.index(part) for part in order] == sorted(body.index(part) for part in order)
    assert "引以为戒" in lines[3] and lines[4] == "举报电话：12388。"
    assert words.officials == (("张伟强", "演示岷县超市经理"),)


def test_what_is_only_proposed_is_said_so_and_removal_comes_first(world, case):
    party = add(world, case, name="李明", post="副经理")
    dispositions.propose(party, kind="staff.demerit", grounds="演示", by=world.county, at=world.at)
    removal, _inquiry = tracks.suggest(party, reason="演示：从严", by=world.county, at=world.at)
    tracks.settle(
        removal, decided=True, result="演示：免职", decision=referred.decision(world, "演示岷县县委"), by=world.second,
        at=world.at,
    )  # fmt: skip
    text = circulars.drafted([case]).text
    assert "张伟强等2人履职不力问题" in text and "拟给予李明政务记过处分" in text
    assert text.index("演示岷县县委决定对李明先行免职") < text.index("拟给予李明")


def test_who_was_cleared_and_who_has_no_outcome_are_left_out(world, case):
    cleared = add(world, case, name="王芳", post="会计")
    made = clearances.propose(
        cleared, facts="演示", notice="演示：予以澄清。", scope="本单位", by=world.county, at=world.at
    )
    clearances.issue(made, by=world.second, at=world.at)
    add(world, case, name="赵丽", post="出纳")
    words = circulars.drafted([case])
    assert "王芳" not in words.text and "赵丽" not in words.text and len(words.officials) == 1


def test_only_decided_cases_of_ones_own_area_may_be_told(world, case):
    undecided = referred.opened(world)
    for who, seen in ((world.county, {case}), (world.lead, {case}), (world.neighbour, set())):
        assert set(circulars.tellable(to=standing(world, who))) == seen
    pks = [str(case.pk), str(undecided.pk), "x", "9" * 30]
    assert circulars.chosen(pks, to=standing(world, world.county)) == [case]
    assert circulars.chosen(pks, to=standing(world, world.neighbour)) == []
    text = Text("演示", "演示")
    with pytest.raises(accounts.NotFound):
        publications.draft(
            world.zhangxian.office.body, kind="circular", text=text, cases=[case], by=world.neighbour, at=world.at
        )


def test_the_document_says_what_the_public_reads_that_day(world, case):
    made = draft(world, case)
    assert "张某某" in written(made, world.at) and "草稿" in written(made, world.at)
    publications.propose(made, by=world.county, at=world.at)
    asked = naming.ask(made.named.get(), reason="演示", by=world.county, at=world.at)
    naming.rule(asked, granted=True, ruling="", by=world.second, at=world.at)
    publications.publish(made, revision=made.revision, by=world.second, at=world.at)
    said = written(made, world.at)
    assert "典型案例通报〔2021〕1号" in said and "张伟强履职不力问题" in said and "草稿" not in said
    after = written(made, world.at + timedelta(days=10))
    assert "张伟强" not in after and "张某某" in after
    assert said.rindex("举报电话：12388") > said.rindex("引以为戒") > said.rindex("处分")
    assert circulars.document(made, at=world.at, demo=True) == circulars.document(made, at=world.at, demo=True)


def test_a_decision_changed_after_it_was_told_is_pointed_out(world, case):
    made = draft(world, case)
    assert circulars.of_publication(made) == [case] and circulars.overtaken(made) == []
    decided = referrals.parties(case).get().dispositions.get()
    lodged = appeals.lodge(decided, lodged_on=world.at.date(), reason="演示：不服", by=world.county, at=world.at)
    later = world.at + timedelta(days=1)
    appeals.rule(
        lodged, outcome="revoked", result="演示：撤销", decision=referred.decision(world, "演示市纪委监委"), by=world.lead,
        at=later,
    )  # fmt: skip
    assert circulars.overtaken(made) == [case]
    assert circulars.drafted([case]).officials == ()
