"""Numbered papers: who may issue which to whom, numbers without gaps, the same bytes again, receipts, replies, hands."""

import io
from datetime import timedelta

import docx
import pytest

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import by_link, papering
from mingcha.flow.rectifications import queries as orders
from mingcha.flow.rectifications.actions import ladder, papers, sheets
from mingcha.flow.rectifications.models import Paper, PaperCopy, Step, UnitLink
from mingcha.flow.rectifications.queries import papers as queries
from mingcha.flow.rectifications.queries import wording
from mingcha.flow.rectifications.states import PaperKind, PaperState, State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.rulebook.actions import clocks
from tests.ranks import muster
from tests.world import PNG

KINDS = [kind.value for kind in PaperKind]


def issue(world, *about, kind="hand_over", by=None, issuer=None, at=None, **more):
    values = {"demands": "演示：请立即补齐值守。", "prefix": "岷纪"} | more
    return papers.issue(
        about or [world.minxian.order], kind=kind, issuer=issuer or world.minxian.office.body, by=by or world.county,
        at=at or world.at, **values,
    )  # fmt: skip


def seen(person, at):
    return set(queries.papers(to=accounts.standing(person, at=at)))


def words(paper, codes=()):
    document = docx.Document(io.BytesIO(queries.document(paper, codes)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def test_a_paper_is_numbered_within_issuer_kind_and_year_without_gaps(world):
    first, second = issue(world), issue(world)
    other = issue(world, kind="press")
    next_year = issue(world, at=world.at + timedelta(days=66))
    elsewhere = issue(world, by=world.lead, issuer=world.city.office.body)
    assert [paper.number for paper in (first, second, other, next_year, elsewhere)] == [1, 2, 1, 1, 1]
    assert wording.number(second) == "岷纪交办〔2021〕2号"
    assert next_year.year == 2022


@pytest.mark.parametrize("kind", KINDS)
def test_a_paper_of_each_kind_says_source_problems_demands_basis_and_term(world, kind):
    paper = issue(world, kind=kind, cause="演示：值班制度没有落实。", title="关于值守的文书")
    said = words(paper)
    assert "关于值守的文书" in said
    assert "演示岷县饭庄：" in said
    assert "（依据待填）" in said
    assert "演示：请立即补齐值守。" in said
    assert any("回复时限" in line for line in said)
    assert world.minxian.order.finding.number in said
    assert world.inspector.name not in "".join(said)  # nobody is named who found it


def test_a_title_nobody_wrote_names_the_place_and_the_kind(world):
    site = world.minxian.order.finding.site.name
    assert issue(world).content["title"] == f"关于{site}有关问题的交办单"
    both = issue(world, world.minxian.order, world.minxian.answered)
    assert both.content["title"] == f"关于{site}2个问题的交办单"


def test_the_same_document_is_drawn_again_later(world):
    paper = Paper.objects.get(pk=issue(world).pk)
    content = queries.document(paper)
    assert queries.is_as_issued(paper, content)
    assert queries.document(Paper.objects.get(pk=paper.pk)) == content
    paper.content["title"] = "另一个标题"
    assert not queries.is_as_issued(paper, queries.document(paper))


def test_a_registered_basis_stands_on_the_paper(world, monkeypatch):
    monkeypatch.setattr("mingcha.ground.rulebook.terms.basis", lambda kind, offices=(): f"演示依据{kind}{len(offices)}")
    said = words(issue(world))
    assert any(line.startswith("演示依据hand_over") for line in said)
    assert "（依据待填）" not in said


def test_a_basis_of_the_office_is_printed_and_a_later_one_changes_no_paper(world):
    office = world.minxian.office.body
    about = {"kind": "hand_over", "source": "演示来源", "partial": False, "by": world.county, "at": world.at}
    clocks.set_basis(office, text="演示：依据甲。", **about)
    paper = issue(world)
    clocks.set_basis(office, text="演示：依据乙。", **about)
    assert "演示：依据甲。" in words(Paper.objects.get(pk=paper.pk))
    assert "演示：依据乙。" in words(issue(world))
    assert "（依据待填）" in words(issue(world, kind="press"))


def test_a_long_list_becomes_an_annex(world):
    paper = issue(world)
    paper.content["items"] = paper.content["items"] * 7
    assert "见附件问题清单。" in words(paper)
    assert "附件：1．问题清单" in words(paper)


def test_a_reply_is_owed_by_the_office_s_rule_unless_a_time_is_named(world):
    # The campaign is an emergency: a written report by four in the afternoon, here the next; a reply within a day.
    assert issue(world, kind="hand_over").reply_by == world.at + timedelta(hours=22)
    assert issue(world, kind="notice").reply_by == world.at + timedelta(hours=24)
    named = world.at + timedelta(days=2)
    assert issue(world, reply_by=named).reply_by == named
    with pytest.raises(papers.ReplyTimeOver):
        issue(world, reply_by=world.at)


def test_what_a_paper_needs(world):
    order = world.minxian.order
    with pytest.raises(papers.NothingChosen):
        papers.issue([], kind="press", issuer=world.minxian.office.body, demands="演示", by=world.county, at=world.at)
    with pytest.raises(papers.DemandsMissing):
        issue(world, demands=" ")
    with pytest.raises(papers.DifferentUnits):
        issue(world, order, world.beside.order)
    with pytest.raises(papers.CannotCopyThere):
        issue(world, copies=[world.zhangxian.office.body])
    assert not Paper.objects.exists()


def test_what_is_closed_is_not_pressed_but_may_be_a_reason_to_advise(world):
    answered = world.minxian.answered
    rectifications.close(answered, by=world.second, at=world.at)
    with pytest.raises(papers.NothingLeftToDo, match="已销号"):
        issue(world, answered, kind="press")
    assert issue(world, answered, kind="supervision").number == 1


def test_an_attestation_on_the_spot_is_no_order(world):
    with pytest.raises(accounts.NotFound):
        issue(world, world.minxian.attested)


@pytest.mark.parametrize("who", ["neighbour", "neighbour_unit", "unit", "inspector", "leader"])
def test_only_the_office_over_it_issues(world, who):
    person = getattr(world, who)
    with pytest.raises((accounts.NotFound, accounts.NotAllowed)):
        issue(world, by=person)
    if who == "neighbour":
        with pytest.raises(accounts.NotFound):
            issue(world, by=person, issuer=world.zhangxian.office.body)


def test_nobody_issues_in_the_name_of_another_office(world):
    with pytest.raises(accounts.NotFound):
        issue(world, issuer=world.city.office.body)


def test_who_must_stay_away_issues_nothing(world):
    restaurant = recusals.Target(body=world.minxian.office.answering)
    recusals.declare(world.county, target=restaurant, ground="relative", reason="演示", by=world.county, at=world.at)
    with pytest.raises(rectifications.Recused):
        issue(world)


def test_who_sees_a_paper(world):
    paper = issue(world)
    sees = {name for name in ("lead", "county", "second", "unit", "inspector", "leader", "neighbour", "neighbour_unit",
                              "neighbour_inspector") if seen(getattr(world, name), world.at)}  # fmt: skip
    assert sees == {"lead", "county", "second", "unit"}
    with pytest.raises(accounts.NotFound):
        queries.paper(paper.pk, to=accounts.standing(world.neighbour, at=world.at))


def test_a_lower_office_does_not_see_the_lead_s_papers_unless_copied(world):
    lead = {"by": world.lead, "issuer": world.city.office.body}
    kept = issue(world, **lead)
    copied = issue(world, copies=[world.minxian.office.body], **lead)
    assert seen(world.county, world.at) == {copied}
    assert seen(world.lead, world.at) == {kept, copied}
    assert seen(world.neighbour, world.at) == set()


def test_the_office_that_follows_gets_a_copy_and_signs_for_it(world):
    ranks = muster(world)
    paper = issue(world, copies=[ranks.township_body])
    assert seen(ranks.township, world.at) == {paper}
    assert seen(ranks.neighbour_township, world.at) == set()
    assert Notice.objects.filter(to=ranks.township, link=f"/papers/{paper.pk}/").exists()
    papers.receive_copy(paper, by=ranks.township, at=world.at)
    papers.receive_copy(paper, by=ranks.township, at=world.at + timedelta(hours=1))
    assert PaperCopy.objects.get(paper=paper).received_at == world.at
    with pytest.raises(accounts.NotFound):
        papers.receive_copy(paper, by=world.unit, at=world.at)
    with pytest.raises(accounts.NotAllowed):
        papers.receive(paper, by=ranks.township, at=world.at)


def test_who_follows_is_suggested(world):
    ranks = muster(world)
    unit, office = world.minxian.office.answering, world.city.office.body
    found = queries.followers(unit, [world.minxian.order], office)
    assert set(found) == {world.minxian.office.body.pk, ranks.township_body.pk}


def test_signing_for_a_paper_signs_for_its_orders_and_the_first_signature_stands(world):
    paper = issue(world, world.minxian.order, world.minxian.answered)
    papers.receive(paper, by=world.unit, at=world.at)
    papers.receive(paper, by=world.unit, at=world.at + timedelta(hours=1))
    paper.refresh_from_db()
    assert (paper.state, paper.received_at, paper.received_by) == (PaperState.RECEIVED, world.at, world.unit)
    world.minxian.order.refresh_from_db()
    assert world.minxian.order.received_at == world.at
    assert Event.objects.filter(verb="paper.receive").count() == 1


@pytest.mark.parametrize("who", ["county", "lead", "neighbour_unit", "inspector"])
def test_nobody_else_signs_or_replies_for_the_unit(world, who):
    paper = issue(world)
    for act in (papers.receive, lambda paper, **by: papers.reply(paper, text="演示", **by)):
        with pytest.raises((accounts.NotFound, accounts.NotAllowed)):
            act(paper, by=getattr(world, who), at=world.at)


def test_a_reply_signs_and_is_given_once(world):
    paper = issue(world)
    with pytest.raises(papers.ReplyEmpty):
        papers.reply(paper, text=" ", by=world.unit, at=world.at)
    papers.reply(paper, text="演示：已办。", by=world.unit, at=world.at)
    assert (paper.state, paper.reply, paper.received_at) == (PaperState.REPLIED, "演示：已办。", world.at)
    assert Notice.objects.filter(to=world.county, link=f"/papers/{paper.pk}/").exists()
    with pytest.raises(papering.PaperMoved, match="已回复"):
        papers.reply(paper, text="演示：再说。", by=world.unit, at=world.at)


def test_a_reply_that_is_late_is_computed(world):
    paper = issue(world)
    office = accounts.standing(world.county, at=world.at)
    after = paper.reply_by + timedelta(minutes=1)
    assert not queries.is_late(paper, at=paper.reply_by)
    assert queries.is_late(paper, at=after)
    assert list(queries.in_tab("late", to=office, at=after)) == [paper]
    assert queries.outstanding(to=office, at=after)["overdue"] == 1
    papers.reply(paper, text="演示：已办。", by=world.unit, at=after)
    assert not queries.in_tab("late", to=office, at=after)


def test_the_three_hands_are_put_on_record_once_each(world):
    paper = issue(world)
    sheets.sign(
        paper, party="leader", signed_as="演示组长 副书记", scan=("签字.png", PNG), by=world.county, at=world.at
    )
    with pytest.raises(sheets.AlreadySigned):
        sheets.sign(paper, party="leader", signed_as="别人", by=world.county, at=world.at)
    with pytest.raises(sheets.SignerMissing):
        sheets.sign(paper, party="liaison", signed_as=" ", by=world.county, at=world.at)
    with pytest.raises(accounts.NotFound):
        sheets.sign(paper, party="liaison", signed_as="演示", by=world.lead, at=world.at)
    signed = queries.signatures(paper)
    assert set(signed) == {"leader"}
    assert signed["leader"].evidence is not None
    assert queries.is_as_issued(paper, queries.document(paper))  # the paper itself is what was issued


def test_a_paper_is_withdrawn_with_a_reason_and_its_number_stays_used(world):
    paper = issue(world)
    with pytest.raises(papers.ReasonForWithdrawal):
        papers.withdraw(paper, reason="", by=world.county, at=world.at)
    with pytest.raises(accounts.NotFound):
        papers.withdraw(paper, reason="演示", by=world.lead, at=world.at)
    papers.withdraw(paper, reason="演示：单位写错。", by=world.county, at=world.at)
    assert paper.state == PaperState.WITHDRAWN
    assert issue(world).number == 2
    with pytest.raises(papering.PaperMoved):
        papers.reply(paper, text="演示", by=world.unit, at=world.at)
    with pytest.raises(papering.PaperMoved):
        sheets.sign(paper, party="leader", signed_as="演示", by=world.county, at=world.at)


def test_a_paper_answered_is_not_withdrawn(world):
    paper = issue(world)
    papers.reply(paper, text="演示：已办。", by=world.unit, at=world.at)
    with pytest.raises(papering.PaperMoved):
        papers.withdraw(paper, reason="演示", by=world.county, at=world.at)


def test_links_are_printed_on_the_receipt_and_nowhere_kept(world):
    paper = issue(world, world.minxian.order, world.minxian.answered)
    given = []

    def address(token):
        given.append(token)
        return f"https://example.invalid/u/#{token}"

    content = sheets.print_links(paper, address=address, by=world.county, at=world.at)
    said = " ".join(cell.text for table in docx.Document(io.BytesIO(content)).tables for row in table.rows
                    for cell in row.cells)  # fmt: skip
    assert len(given) == 2
    assert all(token in said for token in given)
    assert UnitLink.objects.filter(revoked_at=None).count() == 2
    assert not queries.is_as_issued(paper, content)
    assert not any(token in str(row) for token in given for row in Event.objects.values_list("detail", flat=True))
    sheets.print_links(paper, address=address, by=world.county, at=world.at)
    assert UnitLink.objects.filter(revoked_at=None).count() == 2  # the first print's links have ended


def test_who_holds_a_link_signs_for_the_paper_and_for_that_order_alone(world):
    paper = issue(world, world.minxian.order, world.minxian.answered)
    token = rectifications.make_link(world.minxian.order, by=world.county, at=world.at)
    rectifications.redeem(token, signed_as="演示经办人", at=world.at)
    link = UnitLink.objects.get(revoked_at=None)
    papers.receive(paper, by=link, at=world.at)
    assert (paper.state, paper.received_through, paper.received_by) == (PaperState.RECEIVED, link, None)
    world.minxian.order.refresh_from_db()
    assert world.minxian.order.received_as == "演示经办人"
    elsewhere = issue(world, world.minxian.answered)
    with pytest.raises(accounts.NotFound):
        papers.receive(elsewhere, by=link, at=world.at)


def test_no_link_is_printed_where_nothing_runs(world):
    rectifications.close(world.minxian.answered, by=world.second, at=world.at)
    paper = issue(world, world.minxian.answered, kind="reminder")
    with pytest.raises(rectifications.LinkNotNeeded):
        sheets.print_links(paper, address=str, by=world.county, at=world.at)


def test_a_step_of_the_ladder_waits_for_its_paper(world):
    order = world.minxian.order
    office = accounts.standing(world.county, at=world.at)
    late = order.due_at + timedelta(hours=1)
    ladder.climb(at=late)
    assert [step.rectification for step in queries.unwritten(to=office) if step.rectification == order] == [order]
    paper = issue(world, kind="press", at=late)
    assert Step.objects.get(rectification=order, act="press").paper == paper
    assert order not in [step.rectification for step in queries.unwritten(to=office)]
    papers.withdraw(paper, reason="演示", by=world.county, at=late)
    assert order in [step.rectification for step in queries.unwritten(to=office)]


def test_units_that_owe_are_listed_with_what_is_late(world):
    office = accounts.standing(world.county, at=world.at)
    late = world.minxian.order.due_at + timedelta(hours=1)
    found = {unit.pk: (n, overdue) for unit, n, overdue in queries.units(to=office, at=late)}
    assert found[world.minxian.office.answering.pk] == (2, 2)
    assert world.zhangxian.office.answering.pk not in found
    rows = queries.orders_of(world.minxian.office.answering.pk, to=office)
    assert {order.state for order in rows} == {State.ORDERED, State.ANSWERED}
    assert queries.of_order(world.minxian.order, to=office) == []
    paper = issue(world)
    assert queries.of_order(world.minxian.order, to=office) == [(paper, "岷纪交办〔2021〕1号")]
    assert queries.of_order(world.minxian.order, to=accounts.standing(world.neighbour, at=world.at)) == []
    assert orders.issued(to=office).count() == rows.count() + queries.orders_of("621126-market", to=office).count()


def test_the_word_in_the_number_is_the_latest_one_s(world):
    issue(world, prefix="岷纪监")
    paper = issue(world, prefix=None)
    assert wording.number(paper) == "岷纪监交办〔2021〕2号"


def test_each_act_is_on_record(world):
    paper = issue(world)
    papers.receive(paper, by=world.unit, at=world.at)
    sheets.sign(paper, party="manager", signed_as="演示负责人", by=world.county, at=world.at)
    papers.reply(paper, text="演示：已办。", by=world.unit, at=world.at)
    verbs = list(Event.objects.filter(kind="paper", key=str(paper.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["paper.issue", "paper.receive", "paper.sign", "paper.reply"]
    assert Event.objects.get(verb="paper.issue").detail["basis"] == "（依据待填）"


def test_who_signs_for_an_order_by_its_link_signs_for_the_paper_it_was_printed_on(world):
    paper = issue(world)
    token = rectifications.make_link(world.minxian.order, by=world.county, at=world.at)
    secret = by_link.redeem(token, signed_as="演示经办人", at=world.at)
    by_link.receive(by_link.held(secret, at=world.at), at=world.at)
    paper.refresh_from_db()
    assert (paper.state, paper.received_through.signed_as) == (PaperState.RECEIVED, "演示经办人")


def test_a_receipt_and_a_reply_on_paper_are_registered_by_the_issuer(world):
    paper = issue(world)
    for person in (world.lead, world.unit, world.neighbour):
        with pytest.raises((accounts.NotFound, accounts.NotAllowed)):
            sheets.register(paper, by=person, at=world.at)
    sheets.register(paper, by=world.county, at=world.at)
    assert (paper.state, paper.received_by, paper.reply) == (PaperState.RECEIVED, world.county, "")
    with pytest.raises(papering.PaperMoved):
        sheets.register(paper, by=world.county, at=world.at)
    sheets.register(paper, text="演示：已办结。", by=world.county, at=world.at)
    assert (paper.state, paper.reply) == (PaperState.REPLIED, "演示：已办结。")
    verbs = Event.objects.filter(kind="paper").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["paper.issue", "paper.register_receipt", "paper.register_reply"]
    assert Notice.objects.filter(to=world.unit, link=f"/papers/{paper.pk}/").count() == 3
