"""People at the desk: found, looked at, appointed, and relieved with everything they owe."""

import pytest
from django.test import Client

from mingcha.flow.campaigns.models import Member
from mingcha.flow.successions.models import Succession
from mingcha.ground.accounts.actions import posts
from mingcha.ground.accounts.models import Person, Post
from tests.world import person, sign_in


def at_desk(someone):
    return sign_in(Client(), someone)


def text(answer):
    return answer.content.decode()


def listed(browser, query=""):
    return {row[0].username for row in browser.get(f"/people/?{query}").context["rows"]}


class TestTheList:
    def test_is_ones_own_area(self, world, ranks):
        found = listed(at_desk(world.county))
        assert {"county", "leader", "inspector", "township", "village", "spare"} <= found
        assert not found & {"neighbour", "neighbour_inspector", "lead", "neighbour_township"}
        assert listed(at_desk(world.lead)) >= found | {"neighbour", "group"}
        assert at_desk(world.unit).get("/people/").status_code == 403

    def test_names_no_body_outside_it(self, world, ranks):
        browser = at_desk(world.county)
        assert ranks.village_body.name in text(browser.get(f"/people/?body={ranks.village_body.code}"))
        assert "演示漳县饭庄" not in text(browser.get("/people/?body=621125-food"))

    @pytest.mark.parametrize("word", ["演示待命检查员", "spare", "ysdmjcy", "待命检"])
    def test_is_searched_by_name_account_reading_and_initials(self, world, ranks, word):
        found = listed(at_desk(world.county), f"q={word}")
        assert "spare" in found and "county" not in found

    def test_is_narrowed_by_role_tier_body_skill_and_whereabouts(self, world, ranks):
        Person.objects.filter(username="spare").update(skills=["财务审计"])
        browser = at_desk(world.county)
        assert listed(browser, "role=township") == {"township"}
        tier = ranks.township_body.tier_id
        assert listed(browser, f"tier={tier}") == {"township"}
        assert listed(browser, f"body={ranks.village_body.code}") == {"village"}
        assert listed(browser, "skill=财务审计") == {"spare"}
        out, free = listed(browser, "where=out"), listed(browser, "where=free")
        assert {"leader", "inspector"} <= out and {"spare", "spare_leader", "township"} <= free
        assert not out & free and "unit" not in free and "county" not in free
        # The same words as on the page of the organisation.
        assert ">待命<" in text(browser.get("/people/?q=spare")) and "不外派" in text(browser.get("/people/?q=village"))
        nobody = text(browser.get("/people/?q=没有这个人"))
        assert "没有符合条件的人" in nobody and "清除筛选" in nobody
        assert browser.get("/people/?tier=x&page=9").status_code == 200

    def test_says_who_is_in_which_team_only_to_who_may_see_the_team(self, world, ranks):
        assert world.minxian.team.name in text(at_desk(world.county).get("/people/?where=out"))
        page = text(at_desk(ranks.group).get("/people/?q=group_leader"))
        assert ranks.group_team.name in page

    def test_finds_who_left_and_where_they_served(self, world, ranks):
        Post.objects.filter(person=ranks.spare).update(until=world.at.date().replace(day=26))
        browser = at_desk(world.county)
        assert "spare" not in listed(browser) and listed(browser, "where=left") == {"spare"}
        assert browser.get("/people/spare/").status_code == 200
        assert at_desk(world.neighbour).get("/people/spare/").status_code == 404


class TestAPerson:
    def test_ones_own_page_is_open_to_all_and_another_s_is_not(self, world, ranks):
        for someone in (world.unit, ranks.village, world.inspector, world.lead):
            browser = at_desk(someone)
            assert browser.get(f"/people/{someone.username}/").status_code == 200
            assert f'href="/people/{someone.username}/"' in text(browser.get("/notices/"))
        assert at_desk(world.unit).get("/people/county/").status_code == 404
        assert at_desk(world.neighbour).get("/people/county/").status_code == 404
        assert at_desk(world.county).get("/people/neighbour/").status_code == 404
        assert at_desk(world.county).get("/people/nobody/").status_code == 404

    def test_shows_posts_teams_recusals_and_ties_with_their_reasons(self, world, ranks):
        posts.appoint(
            ranks.spare, body=ranks.department, role="unit", since=world.at.date().replace(year=2019),
            until=world.at.date().replace(year=2020), by=None, at=world.at,
        )  # fmt: skip
        page = text(at_desk(world.lead).get("/people/spare/"))
        assert "曾任 1 个岗位" in page and "演示：近亲属在该店任职" in page
        assert "曾任职单位" in page and ranks.department.name in page
        team = text(at_desk(world.county).get("/people/inspector/"))
        assert world.minxian.team.name in team and "至今" in team
        township = text(at_desk(world.county).get("/people/township/"))
        assert "联系对象" in township and "瓦窑沟" in township

    def test_an_acting_post_says_until_when(self, world, ranks):
        posts.appoint(
            ranks.spare, body=world.minxian.office.body, role="county", since=world.at.date(),
            until=world.at.date().replace(month=11), capacity="acting", by=world.county, at=world.at,
        )  # fmt: skip
        assert "代理到 11月27日" in text(at_desk(world.county).get("/people/spare/"))

    def test_recusals_are_for_oneself_and_who_keeps_them(self, world, ranks):
        reason = "演示：近亲属在该店任职"
        assert reason in text(at_desk(ranks.spare).get("/people/spare/"))
        looks = person("looks", "演示镇干部二", world.minxian.office.body, "township", at=world.at)
        page = text(at_desk(looks).get("/people/spare/"))
        assert "演示待命检查员" in page and reason not in page and "没有申明过回避" not in page

    def test_acts_are_for_oneself_and_for_who_may_read_the_record_there(self, world, ranks):
        own = at_desk(world.county).get("/people/county/")
        assert own.context["acts"].paginator.count > 5
        assert {event.actor for event in own.context["acts"]} == {"county"}
        above = at_desk(world.lead).get("/people/county/").context["acts"]
        assert 0 < above.paginator.count <= own.context["acts"].paginator.count
        assert at_desk(ranks.township).get("/people/village/").context["acts"] is None
        # A county reads what the lead's officer did in the county, on no page of the lead's.
        assert at_desk(world.county).get("/people/lead/").status_code == 404


class TestAppointing:
    def given(self, world, **changes):
        return {"what": world.minxian.office.body.code, "role": "inspector", "capacity": "regular",
                "since": "2021-10-27", "until": "", **changes}  # fmt: skip

    def test_gives_a_post(self, world, ranks):
        browser = at_desk(world.county)
        assert "岷县纪委监委" in text(browser.get("/people/township/appoint/?body=岷县纪委监委"))
        done = browser.post("/people/township/appoint/", self.given(world))
        assert (done.status_code, done.url) == (302, "/people/township/")
        assert Post.objects.filter(person=ranks.township, role="inspector").exists()

    def test_words_that_mean_several_bodies_are_settled_by_a_pick(self, world, ranks):
        browser, typed = at_desk(world.county), self.given(world, what="岷阳镇", until="2021-12-01")
        looked = browser.post("/people/spare/appoint/", typed | {"find": "1"})
        page = text(looked)
        assert looked.status_code == 200 and "岷阳镇纪委（岷阳镇）" in page and "岷阳镇人民政府（岷阳镇）" in page
        assert 'value="2021-12-01"' in page and not looked.context["form"].is_bound
        asked = browser.post("/people/spare/appoint/", typed)
        assert asked.status_code == 422 and "有几个都符合" in text(asked)
        assert browser.post("/people/spare/appoint/", typed | {"chosen": "621125-office"}).status_code == 422
        assert browser.post("/people/spare/appoint/", typed | {"chosen": ranks.township_body.code}).status_code == 302
        assert Post.objects.get(person=ranks.spare, body=ranks.township_body).until.isoformat() == "2021-12-01"

    @pytest.mark.parametrize(
        "change,said,status",
        [
            ({"role": "lead"}, "您不能授予", 403),
            ({"capacity": "acting"}, "代理要写明到哪一天", 422),
            ({"until": "2021-10-01"}, "止任日期早于任职日期", 422),
            ({"what": "漳县纪委监委"}, "没有找到“漳县纪委监委”", 422),
            ({"what": "没有的单位"}, "没有找到", 422),
            ({"since": "0021-10-27"}, "时间写得不对", 422),
            ({"role": ""}, "请选择“角色”", 422),
        ],
    )
    def test_what_cannot_be_given_is_said_and_the_form_kept(self, world, ranks, change, said, status):
        given = self.given(world, until="2021-12-31") | change
        if change.get("capacity") == "acting":
            given["until"] = ""
        answer = at_desk(world.county).post("/people/spare/appoint/", given)
        page = text(answer)
        assert answer.status_code == status and said in page and f'value="{given["what"]}"' in page
        assert Post.objects.filter(person=ranks.spare).count() == 1

    def test_twice_the_same_post_is_refused(self, world, ranks):
        browser = at_desk(world.county)
        assert browser.post("/people/township/appoint/", self.given(world)).status_code == 302
        again = browser.post("/people/township/appoint/", self.given(world))
        assert again.status_code == 409 and "已有这一任职" in text(again)

    def test_is_not_for_others(self, world, ranks):
        for someone, status in ((ranks.township, 403), (world.unit, 403), (world.neighbour, 404)):
            assert at_desk(someone).post("/people/spare/appoint/", self.given(world)).status_code == status


class TestLeaving:
    def given(self, *held, **changes):
        return {"chosen": "1", "posts": [post.pk for post in held], "successor": "", "acting_until": "",
                "reason": "演示：轮岗", "last_day": "2021-10-27", **changes}  # fmt: skip

    def test_shows_first_what_is_owed_and_what_is_stuck(self, world, ranks):
        page = at_desk(world.county).get("/people/leader/leave/")
        words = text(page)
        assert world.minxian.team.name in words and "没人能接，要有接任人" in words and len(page.context["stuck"]) == 1
        inspector = at_desk(world.county).get("/people/inspector/leave/")
        assert not inspector.context["stuck"] and world.leader.name in text(inspector)

    def test_the_preview_follows_the_posts_chosen(self, world, ranks):
        extra = posts.appoint(
            world.unit, body=world.beside.office.answering, role="unit", since=world.at.date(), by=None, at=world.at
        )
        browser = at_desk(world.county)
        everything = browser.get("/people/unit/leave/")
        assert len(everything.context["posts"]) == 2
        one = browser.get(f"/people/unit/leave/?chosen=1&posts={extra.pk}")
        assert one.context["posts"] == [extra]
        assert world.beside.by_deadline.number in text(one) and world.minxian.by_deadline.number not in text(one)
        assert world.minxian.by_deadline.number in text(everything)
        assert "还没有选要结束的岗位" in text(browser.get("/people/unit/leave/?chosen=1"))

    def test_hands_everything_over_and_says_line_by_line_to_whom(self, world, ranks):
        post = Post.objects.get(person=world.leader)
        browser = at_desk(world.county)
        done = browser.post("/people/leader/leave/", self.given(post, successor=ranks.spare_leader.pk))
        made = Succession.objects.get(person=world.leader)
        assert (done.status_code, done.url) == (302, f"/successions/{made.pk}/")
        page = text(browser.get(done.url))
        assert page.count(ranks.spare_leader.name) >= 3 and world.minxian.team.name in page and "演示：轮岗" in page
        assert Member.objects.get(team=world.minxian.team, duty="leader", until=None).person == ranks.spare_leader
        assert at_desk(ranks.spare_leader).get(done.url).status_code == 200
        assert at_desk(world.neighbour).get(done.url).status_code == 404
        assert "接演示岷县组长的工作" in text(at_desk(ranks.spare_leader).get("/people/spare_leader/"))

    @pytest.mark.parametrize(
        "who,change,said,status",
        [
            ("leader", {}, "请选定接任人", 422),
            ("leader", {"successor": "beside_leader"}, "", 409),
            ("leader", {"successor": "spare_leader", "last_day": "2021-10-28"}, "不能晚于今天", 422),
            ("leader", {"successor": "spare_leader", "reason": ""}, "请填写“离任原因”", 422),
            ("leader", {"successor": "spare_leader", "posts": []}, "请选择要结束的任职", 422),
            ("leader", {"successor": "neighbour_leader"}, "不在可用的选项", 422),
            ("inspector", {"acting_until": "2021-12-01"}, "没有接任人就没有人代理", 422),
            ("leader", {"successor": "spare_leader", "acting_until": "2021-10-01"}, "已经过去", 422),
            ("leader", {"successor": "spare_leader", "reason": "因居民张三 13812345678 举报"}, "手机号码", 422),
        ],
    )
    def test_what_cannot_be_done_is_said_and_the_form_kept(self, world, ranks, who, change, said, status):
        post = Post.objects.get(person__username=who)
        if "successor" in change:
            change = change | {"successor": Person.objects.get(username=change["successor"]).pk}
        given = self.given(post) | change
        answer = at_desk(world.county).post(f"/people/{who}/leave/", given)
        page = text(answer)
        assert answer.status_code == status, page
        assert said in page and given["reason"] in page and not Succession.objects.exists()
        assert Post.objects.get(pk=post.pk).until is None

    def test_who_is_in_a_team_already_is_named_so_in_the_choice(self, world, ranks):
        page = text(at_desk(world.county).get("/people/leader/leave/"))
        assert f"已在{world.beside.team.name}" in page

    def test_acting_ends(self, world, ranks):
        post = Post.objects.get(person=ranks.spare)
        given = self.given(post, successor=ranks.spare_leader.pk, acting_until="2021-12-01")
        assert at_desk(world.county).post("/people/spare/leave/", given).status_code == 302
        acting = Post.objects.get(person=ranks.spare_leader, role="inspector")
        assert (acting.capacity, acting.until.isoformat()) == ("acting", "2021-12-01")

    def test_is_not_for_others_and_not_for_posts_elsewhere(self, world, ranks):
        post = Post.objects.get(person=world.leader)
        for someone, status in ((ranks.township, 403), (world.inspector, 403), (world.neighbour, 404)):
            assert at_desk(someone).post("/people/leader/leave/", self.given(post)).status_code == status
        elsewhere = posts.appoint(
            ranks.spare, body=world.zhangxian.office.body, role="inspector", since=world.at.date(), by=None, at=world.at
        )
        browser = at_desk(world.county)
        assert [p.pk for p in browser.get("/people/spare/leave/").context["endable"]] != []
        refused = browser.post("/people/spare/leave/", self.given(elsewhere))
        assert refused.status_code == 422 and Post.objects.get(pk=elsewhere.pk).until is None

    def test_somebody_without_a_post_here_has_nothing_to_end(self, world, ranks):
        Post.objects.filter(person=ranks.spare).update(until=world.at.date().replace(day=26))
        assert "没有可以结束的岗位" in text(at_desk(world.county).get("/people/spare/leave/"))
