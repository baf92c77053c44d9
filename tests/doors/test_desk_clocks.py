"""The pages of the clock's rules: what holds and who says so, the loud gate, and every rule an office may set."""

from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from mingcha.ground.rulebook import queries, terms
from mingcha.kernel.deadlines import Term, Unit
from mingcha.kernel.resting import read
from tests.doors.test_desk_home import page
from tests.world import sign_in

NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。
二、春节：2月5日至11日放假调休，共7天。1月31日（星期日）、2月14日（星期日）上班。
三、国庆节：10月1日至7日放假调休，共7天。"""


def offices(world):
    return [world.minxian.office.body.pk, world.city.office.body.pk]


def rows(*rungs, **more):
    sent = {"rung-TOTAL_FORMS": len(rungs), "rung-INITIAL_FORMS": 0, **more}
    for n, rung in enumerate(rungs):
        sent |= {f"rung-{n}-{name}": value for name, value in rung.items()}
    return sent


def test_the_page_says_what_holds_and_who_says_so(client, world):
    sign_in(client, world.county)
    shown = page(client, "/clock/")
    assert "15 天" in shown and "当日 16:00 前" in shown and "随系统" in shown and "依据待填" in shown
    assert "逾期 10 个工作日" in shown and "移交线索处置" in shown
    sent = {"stage": "rectify", "emergency": "0", "amount": "9", "unit": "working_days", "source": "演示依据"}
    assert client.post("/clock/term/", sent).status_code == 302
    shown = page(client, "/clock/")
    assert "9 个工作日" in shown and "演示依据" in shown
    assert terms.term("rectify", emergency=False, offices=offices(world)) == Term(9, Unit.WORKING_DAYS)
    assert client.post("/clock/term/", sent | {"withdraw": "on"}).status_code == 302
    assert "9 个工作日" not in page(client, "/clock/")


def test_a_rule_for_one_severity_and_one_item_is_listed_apart(client, world):
    sign_in(client, world.county)
    item = world.items[0]
    sent = {"stage": "rectify", "emergency": "1", "amount": "0", "unit": "by_time", "at": "15:30", "severity": "grave"}
    assert client.post("/clock/term/", sent | {"item": item.pk}).status_code == 302
    shown = page(client, "/clock/")
    assert "当日 15:30 前" in shown and "重大问题" in shown and item.label in shown
    again = page(client, f"/clock/term/?stage=rectify&emergency=1&severity=grave&item={item.pk}")
    assert 'value="15:30"' in again


@pytest.mark.parametrize(
    "sent,words",
    [
        ({"stage": "rectify", "emergency": "0", "amount": "", "unit": "days"}, "请填写期限是多少"),
        ({"stage": "rectify", "emergency": "0", "amount": "2", "unit": "by_time"}, "请填写几点前"),
        ({"stage": "rectify", "emergency": "0", "amount": "0", "unit": "days"}, "期限要大于零"),
    ],
)
def test_a_term_that_says_nothing_keeps_what_was_typed(client, world, sent, words):
    sign_in(client, world.county)
    answer = client.post("/clock/term/", sent | {"source": "我写的依据"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert words in shown and "我写的依据" in shown


def test_the_lead_looks_after_the_clock_of_the_counties_and_nobody_after_another_citys(client, world):
    sign_in(client, world.lead)
    county = world.minxian.office.body
    assert county.name in page(client, f"/clock/?office={county.pk}")
    sent = {"stage": "ruling", "emergency": "0", "amount": "2", "unit": "days"}
    assert client.post(f"/clock/term/?office={county.pk}", sent).status_code == 302
    assert terms.term("ruling", emergency=False, offices=offices(world)) == Term(2, Unit.DAYS)
    abroad = world.abroad.office.body
    assert client.get(f"/clock/?office={abroad.pk}").status_code == 404
    sign_in(client, world.neighbour)
    assert client.get(f"/clock/?office={county.pk}").status_code == 404
    assert client.post(f"/clock/term/?office={county.pk}", sent).status_code == 404
    assert "2 天" not in page(client, "/clock/term/")


def test_who_only_reads_is_offered_no_change(client, world):
    sign_in(client, world.inspector)
    shown = page(client, "/clock/")
    assert "督办阶梯" in shown and "/clock/term/" not in shown and "/clock/year/" not in shown


# --- the calendar


def forget():
    terms._announced.cache_clear()
    terms._with.cache_clear()


@pytest.fixture
def unannounced(monkeypatch, settings):
    """The end of 2026, before the notice for 2027, whatever the library has by now."""
    settings.MINGCHA_NOW = datetime(2026, 11, 24, 10, tzinfo=terms.OFFICE_TIME)
    monkeypatch.setattr(terms, "NOTICES", frozenset(range(2001, 2027)))
    forget()
    yield
    monkeypatch.undo()
    forget()


def test_a_year_without_its_notice_is_a_loud_gate_until_it_is_registered(client, world, unannounced):
    sign_in(client, world.county)
    shown = page(client, "/clock/")
    assert "2027年的放假安排还没有登记。" in shown and "请市级牵头机关" in shown and "/clock/year/" not in shown
    sign_in(client, world.lead)
    assert "登记放假安排" in page(client, "/clock/")
    assert 'value="2027"' in page(client, "/clock/year/")
    sent = {"year": "2027", "source": "演示通知", "lines": NOTICE}
    assert client.post("/clock/year/", sent).status_code == 302
    shown = page(client, "/clock/")
    assert "还没有登记" not in shown and "演示通知" in shown
    assert "放假 17 天，调休上班 2 天" in shown
    answer = client.post("/clock/year/", sent)
    assert answer.status_code == 409 and "已经有了" in answer.content.decode()


def test_this_year_without_its_notice_is_louder(client, world, unannounced):
    with override_settings(MINGCHA_NOW=datetime(2027, 1, 5, 10, tzinfo=terms.OFFICE_TIME)):
        sign_in(client, world.lead)
        assert "今年的工作日无法确定" in page(client, "/clock/")


def test_no_gate_while_the_notice_is_not_to_be_expected(client, world, unannounced):
    with override_settings(MINGCHA_NOW=datetime(2026, 6, 1, 10, tzinfo=terms.OFFICE_TIME)):
        sign_in(client, world.lead)
        assert "还没有登记" not in page(client, "/clock/")


def test_a_line_of_the_notice_that_cannot_be_read_is_named(client, world, unannounced):
    sign_in(client, world.lead)
    sent = {"year": "2027", "source": "演示通知", "lines": NOTICE + "\n春节放好多天"}
    answer = client.post("/clock/year/", sent)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "第 4 行读不懂：春节放好多天" in shown and "演示通知" in shown


def test_the_notice_is_read_as_it_stands():
    """国务院办公厅 2021, word for word; what it yields is what the library has."""
    text = """一、元旦：2021年1月1日至3日放假，共3天。
二、春节：2月11日至17日放假调休，共7天。2月7日（星期日）、2月20日（星期六）上班。
三、清明节：4月3日至5日放假调休，共3天。
四、劳动节：5月1日至5日放假调休，共5天。4月25日（星期日）、5月8日（星期六）上班。
五、端午节：6月12日至14日放假，共3天。
六、中秋节：9月19日至21日放假调休，共3天。9月18日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月26日（星期日）、10月9日（星期六）上班。"""
    days = {}
    for line in text.splitlines():
        days |= read(line, year=2021)
    shipped = terms._announced()[0]
    differ = {day: works for day, works in shipped.days.items() if day.year == 2021}
    assert {day: works for day, (works, _) in days.items() if works != (day.weekday() < 5)} == differ
    assert {day.year for day in read("2020年12月31日至2021年1月3日 休 元旦", year=2021)} == {2020, 2021}
    spring = read("2027-02-05 to 2027-02-12 rest Spring Festival", year=2027)
    assert len(spring) == 8 and set(spring.values()) == {(False, "Spring Festival")}
    assert list(read("2027-02-14 work", year=2027).values()) == [(True, "")]
    assert read("2月30日 休", year=2021) == read("5月3日", year=2021) == read("5月3日至1日 休", year=2021) == {}


def test_a_day_is_changed_and_put_back(client, world):
    sign_in(client, world.lead)
    day = world.at.date() + timedelta(days=7)
    sent = {"day": day.isoformat(), "works": "0", "note": "演示停工"}
    assert client.post("/clock/day/", sent).status_code == 302
    assert "演示停工" in page(client, "/clock/") and not terms.calendar().works(day)
    assert client.post("/clock/day/", sent | {"works": ""}).status_code == 302
    assert terms.calendar().works(day) and not queries.calendar_days()
    assert client.post("/clock/day/", sent | {"note": ""}).status_code == 422


# --- the ladder, the proof, the basis


def test_an_office_writes_its_own_ladder(client, world):
    sign_in(client, world.county)
    assert 'value="interview" selected' in page(client, "/clock/ladder/")
    press = {"act": "press", "amount": "1", "unit": "working_days", "auto": "on", "paper": "press", "to": "both"}
    letter = {"act": "letter", "amount": "4", "unit": "days", "to": "unit"}
    answer = client.post("/clock/ladder/", rows(press, {"act": ""}, letter, source="演示办法"))
    assert answer.status_code == 302
    found = terms.ladder(emergency=False, offices=offices(world))
    assert [(r.act, r.term, r.auto, r.paper, r.to) for r in found] == [
        ("press", Term(1, Unit.WORKING_DAYS), True, "press", "both"), ("letter", Term(4, Unit.DAYS), False, "", "unit"),
    ]  # fmt: skip
    assert len(terms.ladder(emergency=True, offices=offices(world))) == 5
    shown = page(client, "/clock/")
    assert "演示办法" in shown and "逾期 4 天" in shown and "由人办" in shown
    answer = client.post("/clock/ladder/", rows(letter, press))
    assert answer.status_code == 422 and "第2级比前一级还早" in answer.content.decode()
    assert client.post("/clock/ladder/", rows({"act": "press", "amount": ""})).status_code == 422
    assert client.post("/clock/ladder/?emergency=1", rows(press)).status_code == 302
    assert len(terms.ladder(emergency=True, offices=offices(world))) == 1
    assert client.post("/clock/ladder/", rows(press, withdraw="on")).status_code == 302
    assert len(terms.ladder(emergency=False, offices=offices(world))) == 5


def test_what_must_be_there_is_a_setting(client, world):
    sign_in(client, world.county)
    sent = {"act": "close", "severity": "grave", "revisit": "on"}
    assert client.post("/clock/proof/", sent).status_code == 302
    assert terms.proof_needed("close", severity="grave", offices=offices(world)) == terms.ProofNeed(revisit=True)
    assert "到现场回头看" in page(client, "/clock/")
    assert "checked" in page(client, "/clock/proof/?act=close&severity=grave")
    assert client.post("/clock/proof/", sent | {"withdraw": "on"}).status_code == 302
    assert "到现场回头看" not in page(client, "/clock/")


def test_a_basis_is_typed_with_its_source(client, world):
    sign_in(client, world.county)
    assert "2018年《监察法》" in page(client, "/clock/basis/?kind=supervision")
    sent = {"text": "演示依据全文", "source": "演示文本", "partial": "on"}
    assert client.post("/clock/basis/?kind=supervision", sent).status_code == 302
    assert terms.basis("supervision", offices=offices(world)) == "演示依据全文"
    assert "演示依据全文" in page(client, "/clock/") and "节录" in page(client, "/clock/")
    answer = client.post("/clock/basis/?kind=supervision", {"text": "没有出处的话"})
    assert answer.status_code == 422 and "没有出处的话" in answer.content.decode()
    assert client.get("/clock/basis/?kind=lunch").status_code == 404


def test_every_change_is_on_record_in_words(client, world):
    sign_in(client, world.lead)
    client.post("/clock/term/", {"stage": "rectify", "emergency": "0", "amount": "9", "unit": "working_days"})
    client.post("/clock/proof/", {"act": "close", "severity": "grave", "revisit": "on"})
    client.post("/clock/ladder/", rows({"act": "remind", "before": "1", "amount": "1", "unit": "days"}))
    shown = page(client, "/audit/")
    assert "设定期限" in shown and "期限：9 工作日" in shown and "要有什么：到现场回头看" in shown
    assert "各级：提醒 到期前 1 天（自然日）" in shown


def test_the_keeper_marks_the_items_that_propose_removal_first(client, world):
    sign_in(client, world.lead)
    first, second, *_ = world.items
    book = f"/rulebooks/{world.rulebook.code}/"
    assert f"?code={world.rulebook.code}" in page(client, book) and "先免职再查处</span>" not in page(client, book)
    where = f"/clock/removal/?code={world.rulebook.code}"
    assert client.post(where, {"items": [first.pk]}).status_code == 302
    assert "先免职再查处</span>" in page(client, book)
    first.refresh_from_db()
    assert first.removal_first and "checked" in page(client, where)
    assert client.post(where, {"items": [second.pk]}).status_code == 302
    first.refresh_from_db()
    assert not first.removal_first
    assert client.post(where, {"items": ["999999"]}).status_code == 422
    assert "已标记：2" in page(client, "/audit/?verb=rulebook.mark_removal_first")
    sign_in(client, world.county)
    assert client.get(where).status_code == 404
    assert "本机关没有维护清单" in page(client, "/clock/removal/")
