"""The public pages: who has no account reads what was published, in no other's name, with no cookie and no script."""

from datetime import timedelta

import pytest
from django.test import Client

from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.reports.actions.publications import Official, Text
from tests.world import sign_in


def draft(world, **more):
    given = {
        "title": "关于1起典型问题的通报", "text": "一、基本情况\n1.演示镇党委书记张伟强履职不力问题。\n<b>张伟强</b>失察。",
        "officials": [Official("张伟强", "演示镇党委书记")], "expires_on": world.at.date() + timedelta(days=9),
    }  # fmt: skip
    office = world.minxian.office.body
    return publications.draft(office, kind="circular", text=Text(**(given | more)), by=world.county, at=world.at)


def publish(world, publication):
    publications.propose(publication, by=world.county, at=world.at)
    publications.publish(publication, revision=publication.revision, by=world.second, at=world.at)
    return publication


@pytest.fixture
def out(world):
    return publish(world, draft(world))


def address(publication):
    return f"/public/{publication.slug}/"


def test_whoever_comes_reads_it_masked_and_is_given_nothing_to_carry(world, client, out):
    for page in (client.get("/public/"), client.get(address(out))):
        text = page.content.decode()
        assert page.status_code == 200 and "关于1起典型问题的通报" in text
        assert "张伟强" not in text and not client.cookies and "Set-Cookie" not in page
        assert page["Cache-Control"] == "public, max-age=60" and page["X-Robots-Tag"] == "noarchive"
        policy = page["Content-Security-Policy"]
        assert "script-src" not in policy and "form-action 'none'" in policy
        assert "<script" not in text and "<form" not in text
    assert "张某某" in text and "&lt;b&gt;" in text


@pytest.mark.parametrize("state", ["draft", "proposed"])
def test_what_is_not_published_is_not_there(world, client, state):
    made = draft(world)
    if state == "proposed":
        publications.propose(made, by=world.county, at=world.at)
    for who in (client, sign_in(Client(), world.county)):
        assert who.get(address(made)).status_code == 404
        assert "典型问题" not in who.get("/public/").content.decode()


@pytest.mark.parametrize("slug", ["0", "-1", "1", "abcdefghjk", "..", "%00", "a" * 300, "' OR 1=1 --", "草稿", "⟦1⟧"])
def test_a_guessed_address_finds_nothing(world, client, out, slug):
    from urllib.parse import quote

    answer = client.get(f"/public/{quote(slug, safe='')}/")
    assert answer.status_code == 404 and out.title not in answer.content.decode()
    assert "sessionid" not in client.cookies


def test_a_number_is_no_address(world, client, out):
    assert client.get(f"/public/{out.pk}/").status_code == 404


def test_taken_down_it_says_that_and_nothing_else_at_once(world, client, out):
    assert client.get(address(out)).status_code == 200
    publications.take_down(out, reason="演示：复议改变了决定", by=world.county, at=world.at)
    page = client.get(address(out))
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (410, "no-store")
    assert "已经撤下" in text and "10月27日" in text
    for word in ("典型问题", "张", "复议", "岷县"):
        assert word not in text
    assert "典型问题" not in client.get("/public/").content.decode()


def test_a_granted_name_shows_until_the_last_day_has_passed(world, client, out, settings):
    asked = naming.ask(out.named.get(), reason="演示", by=world.county, at=world.at)
    naming.rule(asked, granted=True, ruling="", by=world.second, at=world.at)
    assert "张伟强" in client.get(address(out)).content.decode()
    settings.MINGCHA_NOW = (world.at + timedelta(days=9)).replace(hour=23, minute=59, second=50)
    page = client.get(address(out))
    assert "张伟强" in page.content.decode() and page["Cache-Control"] == "public, max-age=10"
    settings.MINGCHA_NOW += timedelta(seconds=10)
    page = client.get(address(out)).content.decode()
    assert "张伟强" not in page and "张某某" in page and "公示期满" in page
    assert "公示期满" in client.get("/public/").content.decode()


def test_the_public_does_not_write(world, client, out):
    for url in ("/public/", address(out)):
        assert client.post(url).status_code == 405


def test_it_reads_the_same_signed_in_and_in_english(world, client, out):
    inside = sign_in(Client(), world.lead).get(address(out)).content.decode()
    assert inside == client.get(address(out)).content.decode()
    page = client.get(address(out) + "?language=en")
    assert page["Content-Language"] == "en" and "Masked" not in out.title
    assert 'lang="en"' in page.content.decode() and not client.cookies


def test_the_list_is_paged(world, client):
    for n in range(21):
        publish(world, draft(world, title=f"演示通告第{n}号"))
    first, second = client.get("/public/").content.decode(), client.get("/public/?page=2").content.decode()
    assert "演示通告第20号" in first and "演示通告第0号" not in first and "演示通告第0号" in second
