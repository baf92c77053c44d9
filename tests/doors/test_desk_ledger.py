"""The ledger at the desk: narrowed by the address, its totals, its gaps, and its file."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from mingcha.flow.reports.queries import ledger
from mingcha.ground.audit import queries as audit
from tests.world import note, person, sign_in

FORMULA = '=HYPERLINK("http://example.test","演示")'


@pytest.fixture
def ask(client, world):
    def get(name, by=None, query="", slug="demo"):
        sign_in(client, by or world.lead)
        return client.get(reverse(f"desk:{name}", args=[slug] if slug else []) + query)

    return get


def test_the_ledger_without_a_name_is_that_of_the_newest_campaign(ask, world):
    assert ask("ledger", slug="").url == reverse("desk:ledger_of", args=["demo"])


def test_without_any_campaign_it_says_what_belongs_there(ask, world):
    idle = person("idle", "演示镇干部", world.abroad.office.sites[0].body, "county", at=world.at)
    assert "还没有台账" in ask("ledger", by=idle, slug="").content.decode()


def test_a_campaign_elsewhere_is_not_found(ask, world):
    officer = world.abroad.office.officer
    assert ask("ledger", by=officer, slug="").url == reverse("desk:ledger_of", args=["abroad"])
    for name in ("ledger_of", "totals", "gaps", "ledger_export"):
        assert ask(name, by=officer).status_code == 404


def test_rows_totals_and_the_equation_follow_the_address(ask, world):
    page = ask("ledger_of", query="?office=621126-office&way=by_deadline")
    assert {f.office_id for f, _ in page.context["lines"]} == {"621126-office"}
    assert page.context["total"].found == page.context["total"].by_deadline == 4
    text = page.content.decode()
    assert "立行立改 0 + 限期整改 4 = 发现 4" in text
    assert "检查单位：岷县纪委监委" in text and "整改方式：限期整改" in text
    assert 'href="/campaigns/demo/ledger.xlsx?office=621126-office&amp;way=by_deadline"' in text


def test_what_is_only_noted_is_named_beside_the_sum(ask):
    assert "另有 4 个已登记、检查还没有结束" in ask("ledger_of").content.decode()


def test_a_mismatch_is_shown_never_hidden(ask, monkeypatch):
    monkeypatch.setattr(ledger, "total", lambda rows: ledger.Total(5, 2, 2, 0, 2, 0))
    text = ask("ledger_of").content.decode()
    assert "合计对不上：立行立改 2 + 限期整改 2 ≠ 发现 5" in text


def test_nobody_reads_the_neighbours_rows(ask, world):
    mine = [f.number for f in (world.minxian.by_deadline, world.minxian.on_spot, world.minxian.noted)]
    for name in ("ledger_of", "totals", "gaps"):
        page = ask(name, by=world.neighbour).content.decode()
        assert "岷县" not in page and not any(number in page for number in mine)
    assert ask("ledger_of", by=world.neighbour, query="?place=621126").context["total"].found == 0


@pytest.mark.parametrize("query", ["?search=%00", "?page=99", "?page=x", "?item=99999999999999999999", "?day=31-31"])
def test_a_made_up_address_gives_a_page(ask, query):
    assert ask("ledger_of", query=query).status_code == 200


@pytest.mark.parametrize("by", ledger.DIMENSIONS)
def test_every_line_of_the_totals_opens_its_rows(ask, client, by):
    page = ask("totals", query=f"?by={by}&way=by_deadline")
    assert page.context["total"].found == 8
    for _label, address, sums in page.context["lines"]:
        opened = client.get(address)
        assert opened.context["total"] == sums
    assert f'?way=by_deadline&amp;by={by}" aria-current="page"' in page.content.decode()


def test_a_township_already_chosen_is_not_widened_to_its_county(ask, client):
    page = ask("totals", query="?by=county&place=621126100")
    (_label, address, sums) = page.context["lines"][0]
    assert "place=621126100" in address
    assert client.get(address).context["total"] == sums


def test_gaps_open_their_visits(ask, world):
    page = ask("gaps", by=world.county).content.decode()
    assert reverse("desk:visit", args=[world.minxian.closed.pk]) in page and "-6" in page


@pytest.fixture
def book(ask, world, settings):
    settings.MINGCHA_DEMO = True
    work = world.minxian
    note(work.open, world.edition, work.office, way="on_spot", at=world.at)
    type(work.noted).objects.filter(pk=work.noted.pk).update(description=FORMULA)
    answer = ask("ledger_export", by=world.county, query="?state=noted&office=621126-office")
    return answer, load_workbook(io.BytesIO(answer.content))


def test_the_file_holds_exactly_the_filtered_rows(book, world):
    sheet = book[1].worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(ledger.HEADER)
    numbers = {row[0].value for row in sheet.iter_rows(min_row=2)}
    assert world.minxian.noted.number in numbers and len(numbers) == 3, "two teams' open visits, and one more"


def test_text_that_looks_like_a_formula_stays_text(book):
    cells = [cell for row in book[1].worksheets[0].iter_rows() for cell in row if cell.value == FORMULA]
    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)]


def test_the_file_says_who_when_and_under_which_conditions(book, world):
    lines = [row[0].value for row in book[1]["说明"].iter_rows()]
    assert lines[0] == "演示数据，不得引用。"
    assert f"导出人：{world.county.name}（county）" in lines and "导出时间：2021年10月27日 18:00" in lines
    assert "筛选条件：检查单位：岷县纪委监委；状态：登记未确认" in lines and "行数：3" in lines
    assert "attachment" in book[0]["Content-Disposition"] and book[0]["Cache-Control"] == "private, no-store"


def test_the_file_that_left_is_on_record(book, world):
    record = audit.about("campaign", "demo").filter(verb="ledger.export").get()
    assert (record.actor, record.detail["rows"]) == ("county", 3)
    assert record.detail["filter"] == {"office": "621126-office", "state": "noted"}


def test_no_file_for_who_may_not_see_the_ledger(ask, world):
    assert ask("ledger_export", by=world.inspector).status_code == 403
    assert ask("ledger_export", by=world.neighbour, slug="abroad").status_code == 404
