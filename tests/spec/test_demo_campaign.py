"""
The campaign of 19–27 October 2021, as the published account has it and as the demo's rows give it.

Source of every figure: 甘肃定西：闻令而动强监督战疫情, 2021-10-27, http://www.gsjw.gov.cn/contents/44286.html
"""

import json
import os
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import command_environment, mingcha

SCRIPT = Path(__file__).with_name("demo_facts.py")
REPORTED = {
    "岷县纪委监委": {"teams": 12, "townships_covered": 18, "inspections": 21, "problems_found": 97},
    "安定区纪委监委": {"teams": 3, "sites": {"村": 8, "小区": 12, "饭店": 2, "高速路卡点": 2, "超市": 6}},
    "渭源县纪委监委": {"teams": 2, "townships_covered": 16},
}
FIGURES = (
    "teams", "townships_covered", "inspections", "visits", "problems_found", "rectified_on_spot",
    "rectified_by_deadline", "open", "overdue",
)  # fmt: skip
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}
CAST = {
    "lead",
    "county",
    "leader",
    "inspector",
    "unit",
    "neighbour",
    "group",
    "township",
    "village",
    "intake",
    "cityintake",
}


def read_facts(data):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(data)],
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def facts(demo_data):
    return read_facts(demo_data)


@pytest.fixture(scope="module")
def brief(demo_data):
    """What `mingcha brief --json` says, by office."""
    done = mingcha("--data", str(demo_data), "brief", "--campaign", "demo", "--json")
    assert done.returncode == 0, done.stderr
    return {office["body"]: office for office in json.loads(done.stdout)}


class TestTheBriefShowsThePublishedFigures:
    def test_the_lead_office_and_the_seven_counties_are_at_work(self, brief):
        assert list(brief) == [
            "定西市纪委监委", "安定区纪委监委", "通渭县纪委监委", "陇西县纪委监委", "渭源县纪委监委", "临洮县纪委监委",
            "漳县纪委监委", "岷县纪委监委",
        ]  # fmt: skip
        assert [office["division"] for office in brief.values()][::7] == ["6211", "621126"]

    @pytest.mark.parametrize("office", REPORTED)
    def test_what_was_published_is_there(self, brief, office):
        for name, figure in REPORTED[office].items():
            assert brief[office][name] == figure

    def test_whatever_was_not_published_is_unreported_and_never_a_zero(self, brief):
        for office, figures in brief.items():
            for name in set(FIGURES) - set(REPORTED.get(office, {})):
                assert figures[name] is None, (office, name)

    def test_sites_are_counted_by_type_only_where_they_were_published(self, brief):
        for office in set(brief) - {"安定区纪委监委"}:
            assert set((brief[office]["sites"] or {}).values()) <= {None}, office
        assert brief["漳县纪委监委"]["sites"] is None

    def test_weiyuan_went_to_health_centres_checkpoints_the_railway_station_and_the_highway_exit(self, facts):
        visited = facts["offices"]["渭源县纪委监委"]["counted"]["sites"]
        assert {"卫生院", "疫情防控检查站", "火车站", "高速出口"} <= set(visited)

    def test_longxi_supervises_the_supervisors_it_visits_its_own_departments(self, facts):
        assert set(facts["offices"]["陇西县纪委监委"]["counted"]["sites"]) == {"部门"}

    def test_every_team_of_minxian_is_led_by_a_member_of_the_leadership(self, facts):
        assert facts["offices"]["岷县纪委监委"]["leaders"] == ["leader"] * 12

    def test_the_figures_are_counts_of_rows_not_typed_in(self, facts, brief):
        for office, published in REPORTED.items():
            for name in published:
                assert facts["offices"][office]["counted"][name] == brief[office][name]


class TestTheLedgerAddsUp:
    def test_what_was_mended_at_once_and_what_got_a_deadline_make_97(self, facts):
        ledger = facts["ledger"]
        assert ledger["on_spot"] + ledger["by_deadline"] == ledger["found"] == 97
        assert ledger["adds_up"]

    def test_it_adds_up_by_county_site_type_item_responsibility_and_day(self, facts):
        assert set(facts["ledger"]["by"].values()) == {97}

    def test_the_kinds_are_those_the_county_named(self, facts):
        named = ["“两码”查验不到位", "外出家长摸底不精准", "来客扫码登记形同虚设", "监测点无人值守"]
        assert facts["ledger"]["kinds"] == named
        assert facts["ledger"]["responsibilities"] == 4

    def test_every_state_of_an_order_can_be_seen(self, facts):
        states = facts["orders"]["states"]
        assert {"attested", "upheld", "ordered", "answered", "returned", "closed"} <= set(states)
        assert facts["ledger"]["overdue"] == 3
        assert facts["orders"]["verdicts"]["overturned"] == 2

    def test_the_unit_of_the_cast_owes_one_of_each(self, facts):
        assert {"ordered", "answered", "returned", "closed"} <= set(facts["orders"]["unit"])

    def test_nobody_judged_what_they_found_or_mended_themselves(self, facts):
        assert facts["orders"]["own_hand"] == []

    def test_a_recurrence_is_a_new_finding_at_the_same_site_that_names_the_old(self, facts):
        assert facts["ledger"]["recurrences"] == [[True, True]]

    def test_visits_were_open_and_covert_and_some_came_to_nothing(self, facts):
        assert facts["visits"]["modes"].keys() == {"overt", "covert"}
        assert facts["visits"]["outcomes"].keys() == {"done", "refused", "shut", "not_executable"}
        assert facts["visits"]["unfinished"] == 0
        assert facts["visits"]["gaps"] > 0


class TestTheRecordHolds:
    def test_every_act_is_sealed_and_the_chain_is_sound(self, facts, demo_data):
        assert facts["audit"]["sound"], facts["audit"]["broken"]
        assert facts["audit"]["tail"] == 0
        assert facts["audit"]["sealed"] == facts["events"] > 1000
        assert mingcha("--data", str(demo_data), "audit", "verify").returncode == 0

    def test_it_reads_in_the_order_things_happened(self, facts):
        assert facts["out_of_order"] == 0

    def test_every_finished_draw_can_be_replayed_and_left_no_site_without_a_team(self, facts):
        assert len(facts["lots"]) == 9
        assert {unassigned for *_, unassigned in facts["lots"]} == {0}

    def test_no_sealed_list_leaked_before_departure(self, facts):
        assert facts["leaks"] == []


class TestNothingMadeUpPassesForReal:
    def test_people_bodies_sites_and_texts_are_marked(self, facts):
        assert facts["unmarked"] == []

    def test_no_text_and_no_question_holds_a_residents_data(self, facts):
        assert facts["personal"] == []

    def test_catalogues_hold_what_the_sources_give_and_say_what_is_missing(self, facts):
        held = {name: rest[:4] for name, rest in facts["rulebooks"].items()}
        assert held == {
            "八个严禁": [8, 8, 2, "partial"],
            "十三个坚决禁止": [13, 13, 0, "partial"],
            "17类重点问题清单": [17, 8, 8, "partial"],
            "10个重点": [10, 3, 3, "partial"],
            "岷县通报的问题类型": [0, 4, 4, "partial"],
        }
        assert all(text.startswith("严禁") for text in facts["rulebooks"]["八个严禁"][4])


class TestTheNewcomer:
    def test_another_county_sees_nothing_of_it(self, facts):
        assert set(facts["neighbour"].values()) == {0}

    def test_one_round_is_left_to_draw_whose_sites_the_casts_unit_answers_for(self, facts):
        assert facts["newcomer"] == {
            "number": 4, "size": 9, "drawn": 3, "answering": ["岷阳镇人民政府（演示）"],
        }  # fmt: skip

    def test_the_casts_team_has_been_out_before(self, facts):
        assert facts["visits"]["cast"] > 0

    def test_sign_ins_are_made_for_this_folder_and_readable_by_its_owner_only(self, demo_data):
        kept = demo_data / "demo-passwords.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        passwords = json.loads(kept.read_text("ascii"))
        assert passwords.keys() == CAST
        assert len(set(passwords.values())) == len(CAST)

    def test_the_clock_stands_at_the_demos_hour(self, demo_data):
        instance = json.loads((demo_data / "instance.json").read_text("utf-8"))
        assert instance == {"demo": True, "now": "2021-10-27T18:00:00+08:00"}

    def test_the_tip_line_has_reports_of_both_kinds_at_several_stages(self, facts):
        tips = facts["tips"]
        assert tips["receiving"] == ["6211-jw", "621126-jw"] == sorted({*tips["offered_to"], "621126-jw"})
        assert tips["states"] == {
            "received": 5, "accepted": 2, "proposed": 1, "handling": 1, "offered": 1, "concluded": 1, "closed": 1,
        }  # fmt: skip
        assert tips["kinds"] == {"misconduct": 7, "measures": 5} and tips["rated"] == ["satisfied"]
        assert len(tips["alike"]) == 1 and 0.4 < tips["alike"][0] < 1

    def test_a_second_start_changes_nothing_and_is_quick(self, demo_data, facts):
        passwords = (demo_data / "demo-passwords.json").read_text("ascii")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        again = mingcha("--data", str(demo_data), "demo", "--no-serve")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert again.returncode == 0, again.stderr
        # Seconds of work, not of waiting: a busy machine does not fail the build.
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
        assert all(password in again.stdout for password in json.loads(passwords).values())
        assert read_facts(demo_data)["hash"] == facts["hash"]
        assert (demo_data / "demo-passwords.json").read_text("ascii") == passwords


class TestLoading:
    def test_an_interrupted_load_leaves_nothing_and_begins_again(self, public_folder):
        started = subprocess.Popen(
            [sys.executable, "-m", "mingcha.config.cli", "--data", str(public_folder), "demo", "--no-serve"],
            env=command_environment(), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        evidence = public_folder / "evidence"
        deadline = time.monotonic() + 60
        # The first photo is on disk: the story is in the middle of its second day.
        while not (evidence.is_dir() and any(evidence.iterdir())) and time.monotonic() < deadline:
            time.sleep(0.05)
        started.kill()
        started.wait()
        assert "已封存 0 条，待封存 0 条" in mingcha("--data", str(public_folder), "audit", "verify", **CHINESE).stdout
        again = mingcha("--data", str(public_folder), "demo", "--no-serve")
        assert again.returncode == 0, again.stderr
        facts = read_facts(public_folder)
        assert facts["offices"]["岷县纪委监委"]["counted"]["problems_found"] == 97
        assert facts["audit"]["sound"]

    def test_real_records_never_come_under_the_demos_clock(self, new_instance, tmp_path):
        divisions = tmp_path / "divisions.csv"
        divisions.write_text("code,name,level,parent_code\n6205,天水市,city,62\n", encoding="utf-8")
        assert mingcha("--data", str(new_instance), "import", "divisions", str(divisions)).returncode == 0
        refused = mingcha("--data", str(new_instance), "demo", "--no-serve", **CHINESE)
        assert refused.returncode == 2
        assert "正式数据" in refused.stderr
        assert not os.path.exists(new_instance / "instance.json")
