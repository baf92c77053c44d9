"""Coming in, going out, and the language: what a person sees when it works and when it does not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import include, path, reverse

from mingcha.doors.hall import clock
from mingcha.doors.hall.forms import SignIn
from mingcha.ground.accounts.actions import people, signing

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
urlpatterns = [path("", include("mingcha.doors.hall.urls"))]
PASSWORD = "演示-correct-horse"


@pytest.fixture
def person(at):
    return people.enrol(username="county", name="演示干部", title="", password=PASSWORD, by=None, at=at)


@pytest.fixture(autouse=True)
def fixed_clock(settings, at):
    settings.MINGCHA_NOW = at


def sign_in(client, **changes):
    words = {"username": "county", "password": PASSWORD, "next": "/healthz", **changes}
    return client.post(reverse("hall:sign_in"), words)


def test_the_right_password_leads_on(client, person):
    answer = sign_in(client)
    assert (answer.status_code, answer.url) == (302, "/healthz")
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"username": "nobody-here"}])
def test_a_wrong_password_keeps_the_name_and_says_one_sentence(client, person, changes):
    answer = sign_in(client, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert signing.WrongPassword.message in page
    assert f'value="{changes.get("username", "county")}"' in page
    assert PASSWORD not in page and "wrong" not in page
    assert "_auth_user_id" not in client.session


def test_an_empty_form_names_what_is_missing(client):
    answer = sign_in(client, username="", password="")
    assert answer.status_code == 422
    for label in ("账号", "密码"):
        assert f"请填写{label}。" in answer.content.decode()


def test_guessing_is_slowed_down_and_says_for_how_long(client, person):
    for _ in range(signing.FREE_TRIES):
        sign_in(client, password="wrong")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "10 分钟后再试" in answer.content.decode()


def test_guessing_is_forgotten_after_a_while_even_where_the_demo_s_time_stands_still(client, person, monkeypatch):
    began = clock.running()
    for _ in range(signing.FREE_TRIES):
        sign_in(client, password="wrong")
    monkeypatch.setattr(clock, "running", lambda: began + signing.WINDOW + timedelta(minutes=1))
    assert sign_in(client).status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", "http:///x"])
def test_nobody_is_sent_to_another_house(client, person, elsewhere):
    assert sign_in(client, next=elsewhere).url == "/"


def test_who_is_already_in_goes_straight_on(client, person):
    sign_in(client)
    assert client.get(reverse("hall:sign_in")).url == "/"


def test_the_form_needs_its_token(person):
    answer = sign_in(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "刷新后重新提交" in answer.content.decode()


def test_going_out_ends_the_session_and_may_be_repeated(client, person):
    sign_in(client)
    for _ in range(2):
        answer = client.post(reverse("hall:sign_out"))
        assert answer.url == reverse("hall:sign_in")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("hall:sign_out")).status_code == 405


def test_the_language_changes_and_the_page_stays(client):
    answer = client.post(reverse("hall:language"), {"language": "en", "next": "/sign-in?next=%2Fhealthz"})
    assert answer.url == "/sign-in?next=%2Fhealthz"
    assert '<html lang="en">' in client.get(answer.url).content.decode()
    client.post(reverse("hall:language"), {"language": "zh-hans"})
    assert '<html lang="zh-hans">' in client.get("/sign-in").content.decode()


def test_an_unknown_language_changes_nothing(client):
    answer = client.post(reverse("hall:language"), {"language": "xx", "next": "//example.com"})
    assert answer.url == "/" and not answer.cookies


def test_the_demo_names_its_accounts_and_an_office_does_not(client, settings):
    for demo in (True, False):
        settings.MINGCHA_DEMO = demo
        page = client.get(reverse("hall:sign_in")).content.decode()
        assert ("neighbour" in page) == demo
        assert ("演示数据" in page) == demo


def test_a_fixed_time_is_told_on_every_page(client):
    assert "时间固定在 2021年10月27日 18:00" in client.get(reverse("hall:sign_in")).content.decode()


def test_health_is_plain(client):
    answer = client.get(reverse("hall:healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_the_password_field_takes_spaces_as_typed():
    form = SignIn({"username": " county ", "password": " a "})
    assert form.is_valid()
    assert form.cleaned_data == {"username": "county", "password": " a "}
