"""Who may open a page, and what someone sees who may not."""

from importlib import import_module
from urllib.parse import unquote

import pytest
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, include, path

from mingcha.doors.hall import errors
from mingcha.doors.hall.access import Door, door
from mingcha.ground.accounts.actions import people, posts
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.territory.models import Body, Division
from mingcha.kernel.refusals import Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


class JustClosed(Refusal):
    message = "这一项 %(by)s 刚刚销号，请返回台账查看。"


@door()
def inside(request):
    return HttpResponse(f"{request.user.name} {request.now:%Y}")


@door(P.LEDGER_SEE)
def ledger(request):
    return HttpResponse("台账")


@door(public=True)
def refuses(request):
    raise JustClosed(by="演示干部")


@door(public=True)
def misses(request):
    raise Http404


@door(public=True)
def forged(request):
    raise SuspiciousOperation


@door(public=True)
def breaks(request):
    raise RuntimeError("内部细节")


urlpatterns = [
    path("", include("mingcha.doors.hall.urls")),
    path("inside", inside),
    path("ledger", ledger),
    path("refuses", refuses),
    path("misses", misses),
    path("forged", forged),
    path("breaks", breaks),
]
handler400 = "mingcha.doors.hall.errors.bad_request"
handler403 = "mingcha.doors.hall.errors.forbidden"
handler404 = "mingcha.doors.hall.errors.missing"
handler500 = "mingcha.doors.hall.errors.failed"


@pytest.fixture
def signed_in(client, at, settings):
    """Sign someone in under a role given; the office is that of a county."""
    settings.MINGCHA_NOW = at
    county = Division.objects.create(code="621126", name="岷县", level="county")
    office = Body.objects.create(code="621126-JW", name="岷县纪委监委", kind="office", division=county)

    def enter(role=None):
        person = people.enrol(username="x", name="演示干部", title="", password=None, by=None, at=at)
        if role:
            posts.appoint(person, body=office, role=role, since=at.date(), by=None, at=at)
        client.force_login(person)
        return client

    return enter


def views(patterns):
    for entry in patterns:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from views(entry.url_patterns)


def test_every_address_of_the_house_stands_behind_a_door():
    entries = list(views(get_resolver("mingcha.config.urls").url_patterns))
    assert entries
    bare = [str(entry.pattern) for entry in entries if not isinstance(getattr(entry.callback, "door", None), Door)]
    assert bare == []


def test_the_house_answers_with_the_halls_error_pages():
    house = import_module("mingcha.config.urls")
    here = import_module(__name__)
    for name in ("handler400", "handler403", "handler404", "handler500"):
        assert getattr(house, name) == getattr(here, name)


def test_a_stranger_is_sent_to_sign_in_and_back(client):
    answer = client.get("/inside?page=2")
    assert answer.status_code == 302
    assert unquote(answer.url) == "/sign-in?next=/inside?page=2"


def test_a_stranger_who_sends_a_form_comes_back_to_no_form(client):
    assert client.post("/inside").url == "/sign-in"


def test_what_was_written_while_the_sign_in_ran_out_is_handed_back(client):
    here = {"HTTP_REFERER": "http://testserver/inside"}
    given = {"note": "登记台<b>无人值守", "way": "on_spot", "csrfmiddlewaretoken": "x" * 64}
    answer = client.post("/inside", given, **here)
    shown = answer.content.decode()
    assert answer.status_code == 403 and "登录已过期" in shown and 'href="http://testserver/inside"' in shown
    assert "登记台&lt;b&gt;无人值守</textarea>" in shown and "on_spot" not in shown and "xxxx" not in shown
    assert client.post("/inside", {"way": "on_spot"}, **here).url == "/sign-in"
    assert client.post("/inside", given, HTTP_REFERER="http://elsewhere.example/").url == "/sign-in"


def test_a_page_that_stood_open_too_long_hands_back_what_was_written():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/inside", {"note": "登记台无人值守"}, HTTP_REFERER="http://testserver/inside")
    assert answer.status_code == 403 and "登记台无人值守</textarea>" in answer.content.decode()
    answer = strict.post("/sign-in", {"username": "李 某", "password": "a b"}, HTTP_REFERER="http://testserver/sign-in")
    assert answer.status_code == 403 and "textarea" not in answer.content.decode()


def test_part_of_a_page_is_not_filled_with_the_sign_in_page(client):
    current = {"HX-Request": "true", "HX-Current-URL": "http://testserver/ledger?q=1"}
    answer = client.get("/inside", headers=current)
    assert answer.status_code == 204
    assert unquote(answer["HX-Redirect"]) == "/sign-in?next=http://testserver/ledger?q=1"


def test_the_view_knows_who_and_when(signed_in):
    assert signed_in().get("/inside").content.decode() == "演示干部 2021"


@pytest.mark.parametrize(
    "role,status", [("lead", 200), ("county", 200), ("inspector", 403), ("unit", 403), (None, 403)]
)
def test_a_permission_is_held_by_post_or_the_page_says_so(signed_in, role, status):
    answer = signed_in(role).get("/ledger")
    assert answer.status_code == status
    if status == 403:
        assert "没有这项权限" in answer.content.decode()


def test_an_uncaught_refusal_becomes_one_sentence_with_a_way_back(client):
    answer = client.post("/refuses", headers={"Referer": "http://testserver/ledger?page=3"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "这一项 演示干部 刚刚销号，请返回台账查看。" in page
    assert 'href="http://testserver/ledger?page=3"' in page


def test_the_way_back_never_leads_out_or_in_a_circle(client):
    for came_from in ("https://example.com/", "http://testserver/refuses"):
        assert "返回上一页" not in client.get("/refuses", headers={"Referer": came_from}).content.decode()


def test_a_refusal_under_htmx_is_a_notice_only(client):
    answer = client.post("/refuses", headers={"HX-Request": "true"})
    assert answer["HX-Retarget"] == "#notices"
    assert "<html" not in answer.content.decode()
    assert "刚刚销号" in answer.content.decode()


@pytest.mark.parametrize("address,status", [("/misses", 404), ("/nowhere", 404), ("/forged", 400), ("/breaks", 500)])
def test_what_goes_wrong_is_said_plainly(client, address, status):
    client.raise_request_exception = False
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == status
    assert "回到首页" in page
    assert "Traceback" not in page and "内部细节" not in page


def test_the_last_page_comes_even_when_templates_are_broken(rf, settings):
    settings.TEMPLATES = []
    answer = errors.failed(rf.get("/"))
    assert answer.status_code == 500
    assert "系统出了问题" in answer.content.decode()


def test_a_forged_host_gets_a_page_too(client):
    answer = client.get("/misses", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "请求的内容不完整" in answer.content.decode()
