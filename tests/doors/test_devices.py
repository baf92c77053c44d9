"""Phones on a person's page: given by oneself or by one's office, shown once, revoked at once, nobody else's business."""

import base64
import html
import json
import re
import zlib

import pytest
from django.test import Client
from django.urls import reverse

from mingcha.doors.hall import codes
from mingcha.flow.rectifications import intake
from mingcha.ground.accounts import devices
from mingcha.ground.accounts.actions import devices as giving
from mingcha.ground.accounts.models import Device
from mingcha.ground.audit.models import Event
from mingcha.ground.rulebook.models import Checklist
from mingcha.kernel import collect
from tests import ranks
from tests.sent import send
from tests.world import sign_in

WHOLE = {"label": "演示：二组的平板"}


def at(who):
    return sign_in(Client(), who)


def new(person):
    return reverse("desk:device_new", args=[person.username])


def page(who, person):
    return at(who).get(reverse("desk:person", args=[person.username]))


def shown(answer):
    """Return what the page that follows the giving shows: (token, address)."""
    token, address = (html.unescape(found) for found in reversed(re.findall(r"<code[^>]*>([^<]+)</code>", answer)))
    return token, address


def phone_of(person, by, *, when):
    return giving.add(person, label="演示手机", by=by, at=when)[0]


@pytest.mark.parametrize("who", ["inspector", "county", "lead"])
def test_an_inspector_and_both_offices_above_give_a_token_that_works_and_is_shown_once(world, who):
    by, client = getattr(world, who), at(getattr(world, who))
    answer = client.post(new(world.inspector), WHOLE)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    token, address = shown(answer.content.decode())
    device = Device.objects.get(person=world.inspector)
    assert (device.label, device.made_by, device.token_hash) == (WHOLE["label"], by, devices.token_hash(token))
    assert address == f"http://testserver/key/{token}"
    intake.forget()
    listed = Client().get(f"/key/{token}/formList")
    assert listed.status_code == 200 and b"xforms" in listed.content
    # Nowhere else, and never again.
    for path in (new(world.inspector), reverse("desk:person", args=[world.inspector.username]), "/audit/"):
        assert token not in client.get(path).content.decode()
    assert token not in json.dumps(list(Event.objects.values_list("text", "detail")))
    told = Event.objects.latest("pk")
    assert (told.verb, told.key, told.actor) == ("device.add", world.inspector.username, by.username)


def test_the_code_on_the_page_is_collect_s_settings(world, monkeypatch):
    drawn, draw = [], codes.segno.make
    monkeypatch.setattr(codes.segno, "make", lambda text, **how: drawn.append(text) or draw(text, **how))
    answer = at(world.inspector).post(new(world.inspector), WHOLE).content.decode()
    read = json.loads(zlib.decompress(base64.b64decode(drawn[0])))
    assert read["general"]["server_url"] == shown(answer)[1]
    assert drawn[0] == collect.settings(read["general"]["server_url"], read["project"]["name"])
    assert '<svg viewBox="0 0' in answer and "style=" not in answer.split("<svg viewBox")[1].split("</svg>")[0]


def test_who_opened_the_system_by_this_machine_s_own_name_is_warned(world):
    client = at(world.county)
    assert "手机到不了这个地址" not in client.post(new(world.inspector), WHOLE).content.decode()
    said = client.post(new(world.inspector), WHOLE, headers={"host": "localhost:8000"}).content.decode()
    assert "手机到不了这个地址" in said


def test_whoever_makes_no_visits_gets_none(world):
    for by in (world.lead, world.county):
        answer = at(by).post(new(by), WHOLE)
        assert answer.status_code == 422 and "不能发放设备凭证" in answer.content.decode()
    assert at(world.unit).post(new(world.unit), WHOLE).status_code == 403
    assert at(world.unit).get(new(world.inspector)).status_code == 403
    assert not Device.objects.exists()


def test_the_neighbour_and_colleagues_are_told_there_is_nothing(world):
    found = ranks.muster(world)
    device = phone_of(world.inspector, world.inspector, when=world.at)
    for who in (
        world.neighbour, world.neighbour_inspector, world.abroad.office.officer, world.leader,
        world.beside.office.inspector, found.group, found.township,
    ):  # fmt: skip
        client = at(who)
        assert client.get(new(world.inspector)).status_code == 404, who.username
        assert client.post(new(world.inspector), WHOLE).status_code == 404, who.username
        address = reverse("desk:device_revoke", args=[device.pk])
        assert (client.get(address).status_code, client.post(address).status_code) == (404, 404), who.username
    device.refresh_from_db()
    assert device.revoked_at is None and Device.objects.count() == 1


def test_a_label_is_asked_for_and_watched(world):
    client = at(world.inspector)
    assert client.post(new(world.inspector), {"label": " "}).status_code == 422
    answer = client.post(new(world.inspector), {"label": "13812345678"})
    assert answer.status_code == 422 and "138" in answer.content.decode()
    assert not Device.objects.exists()


def test_the_page_lists_them_with_when_they_last_sent(world):
    form = Checklist.objects.get(site_type=world.minxian.waiting.type)
    send(world.inspector, form, {"site_code": world.minxian.waiting.code}, at=world.at)  # from 演示手机
    phone_of(world.inspector, world.county, when=world.at)
    for who in (world.inspector, world.county, world.lead):
        said = page(who, world.inspector).content.decode()
        section = said.split('id="phones"')[1].split("</section>")[0]
        assert section.count("演示手机") == 2
        assert "最近一次填报" in section and "还没有发送过填报" in section
        assert "本人登记" in section and f"由{world.county.name}发放" in section


def test_who_has_none_is_told_how_to_get_one(world):
    assert "现场端在手机上第一次打开时会自动登记" in page(world.leader, world.leader).content.decode()
    assert 'id="phones"' not in page(world.county, world.county).content.decode()
    assert 'id="phones"' not in page(world.unit, world.unit).content.decode()


def test_colleagues_who_may_look_one_up_do_not_see_their_phones(world):
    found = ranks.muster(world)
    phone_of(found.group_leader, found.group_leader, when=world.at)
    said = page(found.group, found.group_leader)
    assert said.status_code == 200 and 'id="phones"' not in said.content.decode()


@pytest.mark.parametrize("who", ["inspector", "county", "lead"])
def test_it_is_revoked_after_a_question_and_at_once(world, who):
    device, token = giving.add(world.inspector, label="演示手机", by=world.inspector, at=world.at)
    intake.forget()
    assert Client().get(f"/key/{token}/formList").status_code == 200
    client, address = at(getattr(world, who)), reverse("desk:device_revoke", args=[device.pk])
    assert "收回凭证" in client.get(address).content.decode()
    device.refresh_from_db()
    assert device.revoked_at is None
    answer = client.post(address, follow=True)
    assert answer.redirect_chain[0][0] == reverse("desk:person", args=[world.inspector.username])
    section = answer.content.decode().split('id="phones"')[1].split("</section>")[0]
    assert "已收回 1 台" in section and f"由{getattr(world, who).name}收回" in section
    intake.forget()
    assert Client().get(f"/key/{token}/formList").status_code == 401
    told = Event.objects.latest("pk")
    assert (told.verb, told.actor) == ("device.revoke", getattr(world, who).username)
    again = client.post(address)
    assert again.status_code == 409 and "已经收回" in again.content.decode()
    assert "已经收回" in client.get(address).content.decode()


def test_the_hash_is_not_even_read_for_a_page(world, django_assert_max_num_queries):
    device = phone_of(world.inspector, world.inspector, when=world.at)
    with django_assert_max_num_queries(60) as asked:
        page(world.inspector, world.inspector)
        at(world.inspector).get(reverse("desk:device_revoke", args=[device.pk]))
    assert not any("token_hash" in query["sql"] for query in asked.captured_queries)
