"""A former ledger is taken over whole or not at all, twice without effect, and nobody's hand is invented for it."""

from datetime import datetime, timedelta

import pytest

from mingcha.flow.campaigns import queries as campaigns
from mingcha.flow.campaigns.actions.campaigns import OfficeOutsideCampaign
from mingcha.flow.fieldwork import queries as fieldwork
from mingcha.flow.fieldwork.models import Inspection, Visit
from mingcha.flow.findings.models import Finding
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import queries
from mingcha.flow.rectifications.actions import ledger_import
from mingcha.flow.rectifications.models import ImportedRow, LedgerImport, Rectification
from mingcha.flow.rectifications.queries import followed, imported, ladder
from mingcha.flow.rectifications.states import State
from mingcha.flow.reports.queries import figures, ledger
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.accounts.actions import recusals
from mingcha.ground.accounts.queries import OFFICE_TIME, NotAllowed, NotFound
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice
from mingcha.ground.territory.actions import sites
from mingcha.ground.territory.models import Body, Site
from mingcha.kernel import ledgers, sheets
from tests.world import PNG

pytestmark = pytest.mark.django_db
HEADER = (
    "序号",
    "检查时间",
    "乡镇",
    "被检查单位",
    "存在问题",
    "责任单位",
    "整改时限",
    "整改情况",
    "整改状态",
    "完成时间",
    "销号人",
    "备注",
)


def row(
    text,
    *,
    on="2021-10-20",
    town="岷阳镇",
    site="演示新到饭馆",
    body="",
    due="",
    done="",
    state="",
    closed="",
    by="",
    note="",
):
    return (1, on, town, site, text, body, due, done, state, closed, by, note)


def content(*rows, header=HEADER):
    return sheets.write(header, [(n, *each[1:]) for n, each in enumerate(rows, start=1)], title="2021年台账")


def mapped(world, *, by=None, office=None, name="2021年台账", header=HEADER, **more):
    columns = [(heading, meaning.value) for heading, meaning in ledgers.guess(header).items()]
    given = {"words": {}, "done_closes": True} | more
    return ledger_import.save_mapping(
        office or world.minxian.office.body, name=name, columns=columns, by=by or world.county, at=world.at, **given
    )


def take(world, *rows, mapping=None, by=None, campaign=None, at=None, **more):
    return ledger_import.take(
        content(*rows), mapping=mapping or mapped(world), campaign=campaign or world.campaign, by=by or world.county,
        at=at or world.at, **more,
    )  # fmt: skip


def standing(person, world):
    return accounts.standing(person, at=world.at)


def order_of(text):
    return Rectification.objects.select_related("finding__visit__inspection", "finding__site").get(
        finding__description=text
    )


def counted():
    tables = (Finding, Rectification, ImportedRow, LedgerImport, Site, Body, Visit, Event, Notice)
    return [table.objects.count() for table in tables]


def test_rows_become_findings_and_orders_as_their_ledger_tells_them(world):
    site = world.minxian.office.sites[0]
    source = take(
        world,
        row("登记簿空白", site=site.name, due="2021-10-30", state="整改中", note="续办"),
        row("无人值守", due="2021-10-22", state="已销号", closed="2021-10-21", by="演示核验人"),
        row("桌椅未消毒", state="立行立改"),
    )
    assert (source.rows, source.closed, source.known) == (3, 2, 0)
    open_, closed, spot = order_of("登记簿空白"), order_of("无人值守"), order_of("桌椅未消毒")
    assert (open_.state, open_.due_at) == (
        State.ORDERED,
        datetime(2021, 10, 30, open_.due_at.astimezone(OFFICE_TIME).hour, tzinfo=OFFICE_TIME),
    )
    assert open_.finding.site == site and open_.body == site.body
    assert (closed.state, closed.closed_by, closed.closer) == (State.CLOSED, None, "演示核验人")
    assert closed.closed_at.astimezone(OFFICE_TIME).date().isoformat() == "2021-10-21"
    assert (spot.state, spot.attested_by) == (State.ATTESTED, None)
    assert spot.finding.noted_at.astimezone(OFFICE_TIME).date().isoformat() == "2021-10-20"
    assert {o.finding.confirmed_at for o in (open_, closed, spot)} == {world.at}


def test_a_place_nobody_has_on_record_is_provisional_and_in_no_draw(world):
    take(world, row("甲"), row("乙"), row("丙", site="演示另一处", body="演示新单位"))
    met, other = Site.objects.get(name="演示新到饭馆"), Site.objects.get(name="演示另一处")
    assert met.provisional and not met.active and met.division.name == "岷阳镇"
    assert Finding.objects.filter(site=met).count() == 2
    assert other.body.name == "演示新单位" and other.body.division_id == "621126"
    sites.confirm_site(
        met, code="621126-9", name="演示饭馆", type=world.minxian.office.sites[0].type, division=met.division, address="",
        body=world.minxian.office.answering, prefixes=["621126"], by=world.county, at=world.at,
    )  # fmt: skip
    assert queries.of_finding(Finding.objects.filter(site=met)[0]).body.merged_into == world.minxian.office.answering


def test_what_was_imported_counts_in_no_figure_of_work_and_was_drawn_by_no_lot(world):
    campaign_before = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.pk)[0]
    teams = campaigns.teams_of(world.campaign).count()
    seen = standing(world.county, world)
    outings = fieldwork.inspections(to=seen).count()
    take(world, row("甲"), row("乙", on="2021-10-21"))
    now = figures.figures(world.campaign, as_of=world.at, body=world.minxian.office.body.pk)[0]
    for name in ("teams", "townships_covered", "inspections", "visits", "sites"):
        assert getattr(now, name) == getattr(campaign_before, name)
    assert now.problems_found == campaign_before.problems_found + 2
    assert campaigns.teams_of(world.campaign).count() == teams
    assert fieldwork.inspections(to=seen).count() == outings
    made = Visit.objects.filter(inspection__team__imported=True)
    assert {(v.drawn, v.extra, v.checklist) for v in made} == {(False, True, None)}
    assert not Inspection.objects.filter(team__imported=True).exclude(list=None).exists()


def test_taken_twice_nothing_changes(world):
    rows = [row("甲", state="整改中"), row("甲", state="整改中"), row("乙", state="已销号")]
    mapping = mapped(world)
    assert take(world, *rows, mapping=mapping).rows == 3
    before = counted()
    assert take(world, *rows, mapping=mapping) is None
    assert counted() == before
    added = take(world, rows[0], rows[1], row("乙", state="未整改"), row("丙"), mapping=mapping)
    assert (added.rows, added.known) == (1, 3)
    assert order_of("乙").state == State.CLOSED


def test_a_known_row_that_reads_otherwise_now_is_named_and_left_alone(world):
    mapping = mapped(world)
    take(world, row("甲", state="整改中"), row("乙"), mapping=mapping)
    plan = ledger_import.preview(
        content(row("甲", state="已销号"), row("乙")),
        mapping=mapping,
        campaign=world.campaign,
        by=world.county,
        at=world.at,
    )
    assert (plan.fresh, plan.known, plan.differing) == ((), 2, (2,))


def test_what_the_ledger_here_has_already_is_not_taken_again_under_another_mapping(world):
    finding = world.minxian.by_deadline
    day = finding.noted_at.astimezone(OFFICE_TIME).date().isoformat()
    assert take(world, row(finding.description, on=day, site=finding.site.name)) is None
    take(world, row("甲"))
    assert take(world, row("甲"), mapping=mapped(world, name="另一份")) is None


def test_one_bad_row_and_nothing_is_written(world):
    before = (Site.objects.count(), Finding.objects.count(), Body.objects.count())
    rows = (
        row("好的"), row("乡镇不对", town="没有的镇"), row("", site="演示一处"), row("监督机关", body=world.minxian.office.body.name),
        row("甲", on="近日"),
    )  # fmt: skip
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, *rows)
    assert [problem.row for problem in refused.value.problems] == [3, 4, 5, 6]
    assert (Site.objects.count(), Finding.objects.count(), Body.objects.count()) == before


def test_two_sites_of_one_name_are_not_told_apart_by_guessing(world):
    one = world.minxian.office.sites[0]
    sites.add_site(
        code="621126-88", name=one.name, type=one.type, division=world.minxian.office.townships[1], address="", body=one.body,
        prefixes=["621126"], by=None, at=world.at,
    )  # fmt: skip
    with pytest.raises(sheets.RowsRefused, match="1 处"):
        take(world, row("甲", site=one.name, town=""))
    assert take(world, row("甲", site=one.name, town="岷阳镇"), row("乙", site="621126-88", town="")).rows == 2


def test_open_rows_are_on_the_clock_like_all_others(world):
    take(world, row("有时限", due="2021-10-25"), row("无时限"))
    dated, undated = order_of("有时限"), order_of("无时限")
    assert queries.is_overdue(dated, at=world.at)
    assert undated.due_at > world.at and undated.term
    later = undated.due_at + timedelta(days=30)
    steps = {step.order.pk for step in ladder.due_steps(at=later)}
    assert {dated.pk, undated.pk} <= steps


def test_a_row_overdue_long_ago_climbs_from_the_day_its_unit_had_it(world):
    take(world, row("甲", on="2021-07-01", due="2021-08-01"))
    order = order_of("甲")
    assert queries.is_overdue(order, at=world.at)
    # In an emergency pressing comes with the deadline itself; everything heavier waits its time from here.
    assert [step.rung.act for step in ladder.due_steps(at=world.at) if step.order == order] == ["press"]
    later = [step for step in ladder.due_steps(at=world.at + timedelta(days=60)) if step.order == order]
    assert later and all(step.at >= world.at for step in later)


def test_a_closed_row_without_a_day_was_not_closed_earlier_than_it_became_known(world):
    take(world, row("甲", state="已整改"))
    order = order_of("甲")
    assert (order.closed_at, order.closed_as) == (world.at, ledger_import.UNNAMED)


def test_who_took_a_row_over_does_not_close_it_and_the_unit_may_answer(world):
    take(world, row("甲", body=world.minxian.office.answering.name))
    order = order_of("甲")
    assert order.body == world.minxian.office.answering
    rectifications.answer(order, measures="已改", proofs=[("a.png", PNG)], by=world.unit, at=world.at)
    order.refresh_from_db()
    with pytest.raises(rectifications.AnotherHandNeeded):
        rectifications.close(order, by=world.county, at=world.at)
    rectifications.close(order, by=world.second, at=world.at)
    assert order_of("甲").closer == world.second.name


def test_what_a_ledger_tells_is_no_second_look(world):
    take(world, row("甲", body=world.minxian.office.answering.name))
    order = order_of("甲")
    rectifications.answer(
        order, measures="已改", proofs=[("a.png", PNG)], by=world.unit, at=world.at - timedelta(days=3)
    )
    take(world, row("乙", on="2021-10-26"), by=world.second)
    assert not followed.revisits(order).exists()


def test_imported_attestations_wait_in_nobody_s_sample(world):
    waiting = queries.to_sample(to=standing(world.second, world)).count()
    take(world, row("甲", state="当场整改"))
    assert queries.to_sample(to=standing(world.second, world)).count() == waiting


def test_a_unit_is_told_once_however_many_it_gets(world):
    body = world.minxian.office.answering.name
    take(world, row("甲", body=body), row("乙", body=body), row("丙", body=body, state="已销号"))
    told = Notice.objects.filter(to=world.unit, subject__startswith="收到台账移交的整改件")
    assert [notice.subject for notice in told] == ["收到台账移交的整改件：2"]


def test_who_is_tied_to_a_unit_takes_none_of_its_rows_over(world):
    body = world.minxian.office.answering
    recusals.declare(
        world.county,
        target=recusals.Target(body=body),
        ground="relative",
        reason="演示关系",
        by=world.county,
        at=world.at,
    )
    with pytest.raises(sheets.RowsRefused) as refused:
        take(world, row("甲", body=body.name, state="已销号"))
    assert "回避" in refused.value.problems[0].reason


def test_another_county_neither_sees_nor_takes(world):
    mapping = mapped(world)
    take(world, row("甲"), mapping=mapping)
    neighbour = standing(world.neighbour, world)
    assert not imported.mappings(to=neighbour).exists() and not imported.imports(to=neighbour).exists()
    with pytest.raises(NotFound):
        imported.mapping(mapping.pk, to=neighbour)
    with pytest.raises(NotFound):
        take(world, row("乙"), mapping=mapping, by=world.neighbour)
    with pytest.raises(NotFound):
        mapped(world, by=world.neighbour)
    for person in (world.inspector, world.unit):
        with pytest.raises(NotAllowed):
            take(world, row("乙"), mapping=mapping, by=person)
    with pytest.raises(OfficeOutsideCampaign):
        take(world, row("乙"), mapping=mapping, campaign=world.abroad_campaign)


def test_a_mapping_is_said_once_and_said_anew_under_its_name(world):
    first = mapped(world)
    again = mapped(world, words={"甲类": "closed"}, done_closes=False)
    assert again.pk == first.pk and imported.mappings(to=standing(world.county, world)).count() == 1
    assert take(world, row("甲", state="甲类"), mapping=again).closed == 1
    assert take(world, row("乙", state="已整改"), mapping=again).closed == 0


@pytest.mark.parametrize(
    ("columns", "name", "refusal"),
    [
        ([("日期", "found_on"), ("问题", "description"), ("单位", "body")], " ", ledger_import.MappingUnnamed),
        ([("日期", "found_on"), ("问题", "description")], "台账", ledger_import.ColumnNeeded),
        (
            [("日期", "found_on"), ("时间", "found_on"), ("问题", "description"), ("单位", "body")], "台账",
            ledger_import.ColumnTwice,
        ),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_work_is_refused(world, columns, name, refusal):
    with pytest.raises(refusal):
        ledger_import.save_mapping(
            world.minxian.office.body,
            name=name,
            columns=columns,
            words={},
            done_closes=True,
            by=world.county,
            at=world.at,
        )


def test_a_file_without_the_columns_is_refused(world):
    mapping = mapped(world)
    other = sheets.write(("检查时间", "存在问题", "责任单位"), [("2021-10-20", "甲", "某单位")], title="台账")
    with pytest.raises(ledger_import.ColumnsGone, match="乡镇"):
        ledger_import.take(other, mapping=mapping, campaign=world.campaign, by=world.county, at=world.at)


def test_it_goes_back_in_the_same_shape_and_comes_again_without_effect(world):
    mapping = mapped(world)
    take(
        world, row("甲", body=world.minxian.office.answering.name, due="10月30日", state="整改中", note="续办"),
        row("乙", state="已销号", closed="10月21日", by="演示核验人"), mapping=mapping, year=2021,
    )  # fmt: skip
    seen = standing(world.county, world)
    back = [list(map(str, line)) for line in imported.sheet(mapping, world.campaign, to=seen) if line[11]]
    assert back == [
        ["1", "2021-10-20", "岷阳镇", "演示新到饭馆", "甲", "演示岷县饭庄", "10月30日", "", "整改中", "", "", "续办"]
    ]
    order = order_of("甲")
    rectifications.answer(order, measures="已改", proofs=[("a.png", PNG)], by=world.unit, at=world.at)
    order.refresh_from_db()
    rectifications.close(order, by=world.second, at=world.at)
    (line,) = [line for line in imported.sheet(mapping, world.campaign, to=seen) if line[11]]
    assert list(map(str, line))[7:11] == ["已改", "已销号", "2021-10-27", world.second.name]
    written = sheets.write(imported.headings(mapping), imported.sheet(mapping, world.campaign, to=seen), title="台账")
    assert ledger_import.take(written, mapping=mapping, campaign=world.campaign, by=world.county, at=world.at) is None


def test_the_ledger_and_its_totals_hold_imported_rows_like_others(world):
    take(world, row("甲", state="已销号", by="演示核验人"), row("乙"), row("丙", state="立行立改"))
    seen = standing(world.county, world)
    rows = ledger.rows(world.campaign, ledger.Filter(), to=seen, at=world.at)
    total = ledger.total(rows)
    assert total.adds_up
    (closed,) = [line for line in ledger.sheet(rows) if line[12] == "甲"]
    assert "演示核验人" in closed
