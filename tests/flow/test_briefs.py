"""Briefs: counted once, kept as told, made again byte for byte, and open to whom they concern."""

import io
from datetime import timedelta

import docx
import pytest

from mingcha.flow.campaigns.actions import campaigns
from mingcha.flow.campaigns.models import Campaign, Measure, SupervisingOffice
from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.reports.actions import briefs as actions
from mingcha.flow.reports.models import IssuedBrief
from mingcha.flow.reports.queries import briefs, figures, prose
from mingcha.flow.reports.queries.figures import OfficeFigures
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit import queries as audit
from mingcha.ground.territory.models import Body, SiteType

LONGXI = OfficeFigures("陇西县纪委监委", "621122", *[None] * 9, {"部门": None})
SILENT = OfficeFigures("漳县纪委监委", "621125", *[None] * 10)
MINXIAN = OfficeFigures("岷县纪委监委", "621126", 12, 18, 21, None, 97, None, None, None, None, {"学校": None})
ANDING = OfficeFigures("安定区纪委监委", "621102", 3, *[None] * 8, {"村": 8, "小区": 12, "饭店": 2})


@pytest.fixture
def issue(world):
    def draw(by=None, issuer=None, as_of=None):
        return actions.issue_brief(
            world.campaign, issuer=issuer or world.city.office.body, as_of=as_of or world.at, demo=True,
            by=by or world.lead, at=world.at,
        )  # fmt: skip

    return draw


def words(content):
    document = docx.Document(io.BytesIO(content))
    cells = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    return "\n".join(p.text for p in document.paragraphs), cells


def test_a_brief_is_made_again_byte_for_byte_whatever_happened_since(world, issue):
    first = issue()
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    campaigns.answer_for(world.office_in(world.zhangxian), measures=[], by=world.lead, at=world.at)
    Campaign.objects.update(name="改过的名称")
    Body.objects.filter(kind="office").update(name="改过的单位")
    SiteType.objects.update(position=0)
    kept = IssuedBrief.objects.get(pk=first.pk)
    content = briefs.document(kept)
    assert briefs.is_as_issued(kept, content) and kept.sha256 == first.sha256
    assert not briefs.is_as_issued(kept, content + b" ")


def test_the_next_one_is_numbered_on_and_says_what_is_true_then(world, issue):
    first = issue()
    rectifications.close(world.minxian.answered, by=world.county, at=world.at)
    second = issue()
    own = issue(by=world.county, issuer=world.minxian.office.body)
    assert [first.number, second.number, own.number] == [1, 2, 1]
    assert first.sha256 != second.sha256
    record = audit.about("brief", second.pk).get()
    assert record.verb == "brief.issue" and record.detail["sha256"] == second.sha256


def test_the_leads_brief_holds_all_offices_a_countys_its_own(world, issue):
    assert [o["division"] for o in issue().figures["offices"]] == ["6211", "621125", "621126"]
    own = issue(by=world.county, issuer=world.minxian.office.body)
    assert [o["body"] for o in own.figures["offices"]] == ["岷县纪委监委"]


def test_who_may_read_what_was_issued(world, issue):
    whole, own = issue(), issue(by=world.county, issuer=world.minxian.office.body)

    def seen(person):
        return set(briefs.issued(to=accounts.standing(person, at=world.at), campaign=world.campaign))

    assert seen(world.lead) == {whole, own}
    assert seen(world.county) == {own}
    assert seen(world.neighbour) == seen(world.unit) == seen(world.inspector) == set()
    with pytest.raises(accounts.NotFound):
        briefs.brief(own.pk, to=accounts.standing(world.neighbour, at=world.at))


def test_nobody_issues_for_another_office(world, issue):
    with pytest.raises(accounts.NotFound):
        issue(by=world.neighbour, issuer=world.minxian.office.body)
    with pytest.raises(accounts.NotAllowed):
        issue(by=world.inspector, issuer=world.minxian.office.body)
    assert not IssuedBrief.objects.exists()


def test_what_nobody_answers_for_is_never_a_zero_in_the_document(world, issue):
    for office in SupervisingOffice.objects.filter(campaign=world.campaign):
        campaigns.answer_for(office, measures=[], by=world.lead, at=world.at)
    text, cells = words(briefs.document(issue()))
    assert all(cell == "未报" for row in cells[1:5] for cell in row[1:])
    assert "各单位各项数据均未报。" in text and "不作分类" in text
    assert "0个" not in text and "0次" not in text


def test_the_document_says_what_the_rows_hold(world, issue):
    text, cells = words(briefs.document(issue()))
    assert "岷县纪委监委组成2个检查组，覆盖" in text and "开展监督检查2次，检查点位4处次" in text
    assert "发现各类问题6个，立行立改2个、限期整改4个" in text
    assert "任务重点：值守；登记。" in text and "数据截至2021年10月27日18:00" in text
    assert "立行立改4个+限期整改8个=发现问题12个，相符。" in text
    assert ["“演示清单”第1条", "演示条目一：值守空缺", "12"] in cells
    assert "本件为演示" in text and "第1期" in text


def test_kinds_are_named_without_counts_where_only_the_total_is_answered_for(world, issue):
    for office in SupervisingOffice.objects.filter(campaign=world.campaign):
        campaigns.answer_for(office, measures=[Measure.PROBLEMS], by=world.lead, at=world.at)
    brief = issue()
    assert [i["count"] for o in brief.figures["kinds"] for i in o["items"]] == [None] * 3
    text, cells = words(briefs.document(brief))
    assert "岷县纪委监委发现的问题主要有演示条目一：值守空缺等（各类个数未报）。" in text
    assert not any("演示条目" in cell for row in cells for cell in row)


def test_kinds_of_an_earlier_moment_are_of_that_moment(world):
    def counted(as_of):
        rows = figures.figures(world.campaign, as_of=as_of)
        return sum(i["count"] for o in briefs.kinds(world.campaign, rows, as_of=as_of) for i in o["items"])

    assert counted(world.at) == 12
    assert counted(world.at - timedelta(days=1)) == 0


def test_a_draft_is_not_issued(world):
    rows = figures.figures(world.campaign, as_of=world.at)
    issuer = world.city.office.body
    text, _ = words(briefs.draft(world.campaign, rows, issuer=issuer, as_of=world.at, demo=False, at=world.at))
    assert "（草稿，未编期号）" in text and "演示" not in text.replace("演示任务", "").replace("演示条目", "").replace(
        "演示清单", ""
    )
    assert not IssuedBrief.objects.exists()


def test_the_sentences_read_like_the_published_ones():
    assert prose.office_sentence(MINXIAN) == (
        "岷县纪委监委组成12个检查组，覆盖18个乡镇，开展监督检查21次，发现各类问题97个。检查的点位有学校，数量未报。"
    )
    assert prose.office_sentence(ANDING) == "安定区纪委监委组成3个检查组，检查8个村、12个小区、2个饭店。"
    assert prose.office_sentence(LONGXI) == "陇西县纪委监委开展监督的再监督。检查的点位有部门，数量未报。"
    assert prose.office_sentence(SILENT) == ""


def test_a_mismatch_is_printed_not_mended():
    rows = [OfficeFigures("甲", "1", *[None] * 4, 10, 6, 3, 3, 0, None), SILENT]
    assert prose.check_sentence(rows).endswith("9个，与发现问题10个相差1个，不相符，须核实。")
    assert "未能与发现问题数核对" in prose.check_sentence([MINXIAN, SILENT])


@pytest.mark.parametrize(
    "name,short",
    [
        ("定西市2021年10月疫情防控监督检查（演示）", "定西市疫情防控监督检查"),
        ("疫情防控监督检查简报", "疫情防控监督检查"),
        ("2021年", "2021年"),
    ],
)
def test_the_head_carries_the_campaigns_name_without_year_and_brackets(name, short):
    assert prose.short_name(name) == short
