"""OpenRosa as a phone meets it: lists, forms, submissions and every answer, without our own app and without a cookie."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.test import Client
from lxml import etree
from openpyxl import Workbook

from mingcha.doors.openrosa import parts, phones
from mingcha.flow.campaigns.actions import phones as campaign_phones
from mingcha.flow.fieldwork.models import Submission
from mingcha.flow.rectifications import intake
from mingcha.ground.accounts.actions import devices, posts
from mingcha.ground.evidence import queries as evidence
from mingcha.ground.evidence.models import Evidence
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.models import Body, Site
from tests.conftest import ROOT, mingcha, start_serving
from tests.phones import JPEG, Phone, filled
from tests.sent import USUAL, workbook
from tests.served import furnish
from tests.world import sign_in

ROSA = "{http://openrosa.org/http/response}"
RECEIPT = "{urn:mingcha:receipt}"
LISTS = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
BOUNDARY = "----------------------演示".encode().hex()


@pytest.fixture(autouse=True)
def _fresh():
    intake.forget()
    yield
    intake.forget()


@pytest.fixture
def outside():
    """A client that knows no cookie and would fail a check of forgery."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


@pytest.fixture
def phone(world, outside):
    return Phone.of(outside, world.inspector, at=world.at)


@pytest.fixture
def form(world):
    return Checklist.objects.get(site_type=world.minxian.waiting.type)


@pytest.fixture
def xml(world, form):
    return told(world, form)


def told(world, form, *, findings=None, **more):
    site = world.minxian.waiting
    instance = more.pop("instance", "")
    values = {**USUAL, "site_code": site.code, "site_name": site.name, **more}
    return filled(form, values, findings=findings, instance=instance)


def said(answer, status):
    """Return the sentence of an answer an OpenRosa client understands; check what every answer carries."""
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert (answer["X-OpenRosa-Version"], answer["X-OpenRosa-Accept-Content-Length"]) == ("1.0", str(phones.LARGEST))
    root = etree.fromstring(answer.content)
    assert root.tag == f"{ROSA}OpenRosaResponse"
    message = root.find(f"{ROSA}message")
    assert message.get("nature") == ("submit_success" if status < 300 else "submit_error")
    assert message.text and message.text.endswith("。") and "<" not in message.text
    return message.text


def receipt(answer):
    """Return (instance, hash of the words, hashes of the files, names still to come)."""
    found = etree.fromstring(answer.content).find(f"{RECEIPT}receipt")
    files = {file.get("name"): file.get("sha256") for file in found.iter(f"{RECEIPT}file")}
    return (
        found.get("instance"),
        found.get("sha256"),
        files,
        [each.get("name") for each in found.iter(f"{RECEIPT}missing")],
    )


def listed(answer):
    """Return the forms of a list, each as a dict."""
    assert answer.status_code == 200 and answer["X-OpenRosa-Version"] == "1.0"
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    forms = etree.fromstring(answer.content).iter(f"{LISTS}xform")
    return [{each.tag.removeprefix(LISTS): each.text for each in form} for form in forms]


def multipart(*files, xml=b"<data/>"):
    """Return a body of hand-made parts, as (name, content)."""
    rows = [("xml_submission_file", xml), *files]
    return (
        b"".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n".encode()
            + content
            + b"\r\n"
            for name, content in rows
        )
        + f"--{BOUNDARY}--\r\n".encode()
    )


def post(phone, body, **headers):
    given = {"HTTP_AUTHORIZATION": f"Bearer {phone.token}", "HTTP_X_OPENROSA_VERSION": "1.0"} | headers
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return phone.client.generic("POST", "/submission", body, content_type=kind, **given)


# The list of forms, the forms, their lists


def test_the_list_names_every_form_with_its_hash_and_addresses(phone, world):
    rows = listed(phone.get("/formList"))
    assert {row["formID"] for row in rows} == {site.type_id for site in world.minxian.office.sites}
    for row in rows:
        text = phone.get(row["downloadUrl"]).content
        assert row["hash"] == "md5:" + hashlib.md5(text).hexdigest()
        assert Checklist.objects.get(form_id=row["formID"], form_version=row["version"]).xform.encode() == text
        assert row["name"].endswith("检查表") and row["manifestUrl"]


def test_a_manifest_names_the_lists_a_form_chooses_from_and_each_is_what_its_hash_says(phone, world):
    row = listed(phone.get("/formList"))[0]
    answer = phone.get(row["manifestUrl"])
    assert answer["X-OpenRosa-Version"] == "1.0"
    files = {
        each.find(f"{MANIFEST}filename").text: (
            each.find(f"{MANIFEST}hash").text, each.find(f"{MANIFEST}downloadUrl").text
        )
        for each in etree.fromstring(answer.content).iter(f"{MANIFEST}mediaFile")
    }  # fmt: skip
    assert sorted(files) == ["bodies.csv", "items.csv"]
    for name, (digest, address) in files.items():
        given = phone.get(address)
        assert given["Content-Type"] == "text/csv; charset=utf-8"
        assert digest == "md5:" + hashlib.md5(given.content).hexdigest()
        assert given.content.decode().startswith("name,label")
        assert name == address.rsplit("/", 1)[1]
    items = phone.get(files["items.csv"][1]).content.decode()
    assert all(str(item.pk) in items for item in world.items) and "演示条目一" in items


@pytest.fixture
def general(world):
    """A form for any site that the campaign has taken up; it chooses from the sites."""
    survey = [("type", "name", "label"), ("select_one_from_file sites.csv", "site_code", "点位")]
    made = checklists.publish(_book(survey), keeper=world.city.office.body, by=world.lead, at=world.at)
    campaign_phones.take_up(world.campaign, checklist=made, by=world.lead, at=world.at)
    return made


def _book(survey):
    book = Workbook()
    book.active.title = "survey"
    for row in survey:
        book.active.append(row)
    book.create_sheet("settings")
    for row in (("form_title", "form_id", "version"), ("演示任意点位", "anywhere", "7")):
        book["settings"].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def kept(world):
    """A form that the office of 岷县 keeps for its own: no other county fills it in."""
    keeper, site_type = world.minxian.office.body, world.minxian.waiting.type
    return checklists.publish(
        workbook("minxian-own", site_type=site_type.pk), keeper=keeper, by=world.county, at=world.at
    )


WHOSE = ["inspector", "leader", "neighbour_inspector", "abroad_inspector"]


@pytest.mark.parametrize("who", WHOSE)
def test_a_phone_is_given_its_own_round_and_nothing_of_another_county(world, outside, kept, general, who):
    person = world.abroad.office.inspector if who == "abroad_inspector" else getattr(world, who)
    place = {"inspector": "621126", "leader": "621126", "neighbour_inspector": "621125"}.get(who, "6205")
    phone = Phone.of(outside, person, at=world.at)
    rows = {row["formID"]: row for row in listed(phone.get("/formList"))}
    assert ("minxian-own" in rows) == (place == "621126")
    assert ("anywhere" in rows) == (place != "6205")
    if place != "621126":
        for address in (f"/forms/{kept.pk}.xml", f"/forms/{kept.pk}/manifest.xml", f"/forms/{kept.pk}/items.csv"):
            assert said(phone.get(address), 404)
    seen = "".join(
        phone.get(address.format(row["downloadUrl"].rsplit("/", 1)[1].removesuffix(".xml"))).content.decode()
        for row in rows.values()
        for address in ("/forms/{}/sites.csv", "/forms/{}/bodies.csv")
    )
    strangers = Site.objects.exclude(division__code__startswith=place[:4] if place == "6205" else place)
    assert not [site.code for site in strangers if f"\n{site.code}," in seen]
    theirs = Body.objects.exclude(division__code__startswith=place[:4] if place == "6205" else place)
    assert not [body.code for body in theirs.filter(kind="enterprise") if f"\n{body.code}," in seen]
    if place != "6205":
        assert all(f"\n{site.code}," in seen for site in Site.objects.filter(division__code__startswith=place))


def test_who_makes_no_visits_is_given_no_token_and_who_may_not_sign_in_is_let_in_no_more(world, outside):
    for who in (world.county, world.lead, world.unit):
        with pytest.raises(devices.NoVisitsToMake):
            devices.add(who, label="演示手机", by=who, at=world.at)
    member = world.beside.office.inspector
    phone = Phone.of(outside, member, at=world.at)
    assert listed(phone.get("/formList"))
    member.is_active = False
    member.save(update_fields=["is_active"])
    intake.forget()
    assert said(phone.get("/formList"), 401)


def test_a_person_in_no_team_is_told_so_and_keeps_what_they_filled_in(world, outside, xml):
    office = world.minxian.office.body
    posts.appoint(world.second, body=office, role="inspector", since=world.at.date(), by=None, at=world.at)
    phone = Phone.of(outside, world.second, at=world.at)
    assert listed(phone.get("/formList")) == []
    assert "填好的内容仍在手机里" in said(phone.send(xml), 403)
    assert not Submission.objects.exists()


def test_a_list_that_a_form_does_not_ask_for_is_not_given_under_its_address(phone, form):
    assert said(phone.get(f"/forms/{form.pk}/sites.csv"), 404)
    assert said(phone.get(f"/forms/{form.pk}/secrets.csv"), 404)
    assert said(phone.get("/forms/987654.xml"), 404)


# Where the addresses hang, and who may knock


def mounts(phone):
    return {"plain": "/", "with the token": f"/key/{phone.token}/", "below the submission": "/submission/"}


@pytest.mark.parametrize("mount", ["plain", "with the token", "below the submission"])
def test_every_address_hangs_at_three_places(phone, world, xml, mount):
    base = mounts(phone)[mount]
    shown = {} if mount == "with the token" else {"HTTP_AUTHORIZATION": f"Bearer {phone.token}"}
    client = phone.client
    rows = listed(client.get(f"{base}formList", **shown))
    # A phone that has only the address goes on with it: the token is in what the list leads to.
    for row in rows:
        assert (phone.token in row["downloadUrl"]) == (mount == "with the token")
        assert client.get(row["downloadUrl"], **shown).status_code == 200
    assert client.get(rows[0]["manifestUrl"], **shown).status_code == 200
    head = client.head(f"{base}submission", **shown)
    assert head.status_code == 204 and head["Location"] == f"http://testserver{base}submission"
    assert head["X-OpenRosa-Accept-Content-Length"] == str(phones.LARGEST)
    body = {"HTTP_X_OPENROSA_VERSION": "1.0", "content_type": f"multipart/form-data; boundary={BOUNDARY}", **shown}
    assert said(client.generic("POST", f"{base}submission", multipart(xml=xml), **body), 201)


def test_the_token_may_be_a_bearers_or_a_password(phone, xml):
    basic = base64.b64encode(f"inspector:{phone.token}".encode()).decode()
    for shown in (f"Bearer {phone.token}", f"bearer  {phone.token}", f"Basic {basic}"):
        assert phone.client.get("/formList", HTTP_AUTHORIZATION=shown).status_code == 200, shown


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Bearer x", "Basic !!!", "Basic eDo=", "Digest x", "Basic /w==", "Bearer é"]
)
def test_without_a_valid_token_nothing_opens(world, phone, form, xml, shown):
    for answer in (
        phone.client.get("/formList", HTTP_AUTHORIZATION=shown),
        phone.client.get(f"/forms/{form.pk}.xml", HTTP_AUTHORIZATION=shown),
        phone.client.get("/key/none/formList", HTTP_AUTHORIZATION=shown),
        phone.send(xml, HTTP_AUTHORIZATION=shown),
    ):
        assert "设备凭证无效" in said(answer, 401)
        assert answer["WWW-Authenticate"].startswith("Basic ")
    assert phone.client.head("/submission", HTTP_AUTHORIZATION=shown).status_code == 401
    assert not Submission.objects.exists()


def test_a_session_without_a_token_is_worth_nothing(world, form, xml):
    signed_in = sign_in(Client(enforce_csrf_checks=True), world.inspector)
    assert signed_in.get("/field/plain/").status_code == 200
    blank = Phone(signed_in, None, "")
    assert said(blank.send(xml), 401)
    assert said(signed_in.get("/formList"), 401)
    assert not Submission.objects.exists()


def test_no_answer_sets_a_cookie_and_none_is_asked_for(phone, xml):
    for answer in (phone.get("/formList"), phone.send(xml), phone.send(xml + b" ")):
        assert not answer.cookies


def test_a_revoked_token_is_refused_at_once_also_for_what_was_taken(world, phone, xml):
    assert said(phone.send(xml), 201)
    devices.revoke(phone.device, by=world.inspector, at=world.at)
    assert said(phone.send(xml, {"p-1.jpg": JPEG}), 400)  # named nowhere: refused before anybody asks who sends
    assert "已收回" in said(phone.send(xml), 401)
    assert "已收回" in said(phone.send(told(world, Checklist.objects.first())), 401)


# What is taken


def test_a_submission_is_answered_with_the_hashes_of_all_that_is_held(world, phone, form):
    found = [{"description": "演示：无人", "photo_1": "p-1.jpg", "photo_2": "p-2.jpg", "due_hours": "24"}]
    xml = told(world, form, findings=found, instance="uuid:one", sign_receiver="s.jpg")
    photo, other = JPEG + b"one", JPEG + b"two"
    first = phone.send(xml, {"p-1.jpg": photo})
    said(first, 201)
    digest = hashlib.sha256(photo).hexdigest()
    assert receipt(first) == ("uuid:one", hashlib.sha256(xml).hexdigest(), {"p-1.jpg": digest}, ["p-2.jpg", "s.jpg"])
    second = phone.send(xml, {"p-2.jpg": other})
    said(second, 202)
    assert receipt(second)[2:] == ({"p-1.jpg": digest, "p-2.jpg": hashlib.sha256(other).hexdigest()}, ["s.jpg"])
    third = phone.send(xml, {"p-1.jpg": b"something else", "s.jpg": JPEG})
    assert receipt(third)[2]["p-1.jpg"] == digest and receipt(third)[3] == []  # written once: the first stands
    assert all(evidence.intact(kept) for kept in Evidence.objects.filter(name__endswith=".jpg"))


def test_identical_words_are_acknowledged_again_and_others_refused(world, phone, form, xml):
    said(phone.send(xml), 201)
    again = phone.send(xml)
    assert "没有重复登记" in said(again, 202)
    instance = receipt(again)[0]
    changed = told(world, form, instance=instance, q1="fail")
    assert instance in (refused := said(phone.send(changed), 409)) and "另填一份" in refused
    assert Submission.objects.get().xml.encode() == xml


def test_a_file_marked_personal_by_its_name_is_marked_for_good(world, phone, form):
    xml = told(world, form, site_photo_1="p-1-x.personal.jpg", site_photo_2="p-2.jpg")
    said(phone.send(xml, {"p-1-x.personal.jpg": JPEG, "p-2.jpg": JPEG}), 201)
    marks = dict(Evidence.objects.filter(name__startswith="p-").values_list("name", "personal"))
    assert marks == {"p-1-x.personal.jpg": True, "p-2.jpg": False}


def test_what_departs_from_the_form_is_taken_and_flagged(world, phone, form):
    said(phone.send(told(world, form, q1="perhaps", mode="")), 201)
    assert {breach["code"] for breach in Submission.objects.get().breaches} == {"not_a_choice", "required_missing"}


# What is refused, and how


def test_torn_nameless_or_foreign_words_are_refused_and_nothing_kept(world, phone, form, xml):
    nameless = re.sub(rb"<meta>.*</meta>", b"", xml)
    doctype = b'<!DOCTYPE d [<!ENTITY a "aaaa">]>' + xml
    for wrong in (xml[: len(xml) // 2], b"hello", doctype, b"\xff\xfe" + xml, nameless):
        assert said(phone.send(wrong), 400)
    form_id = form.form_id.encode()
    for wrong in (xml.replace(b'id="' + form_id, b'id="none'), xml.replace(b'version="1"', b'version="99"')):
        assert "更新表单" in said(phone.send(wrong), 404)
    assert not Submission.objects.exists()


def test_a_form_for_any_site_is_taken_only_where_the_campaign_has_taken_it_up(world, outside, general):
    xml = filled(general, {"site_code": world.abroad.waiting.code})
    stranger = Phone.of(outside, world.abroad.office.inspector, at=world.at)
    assert said(stranger.send(xml), 404)
    ours = Phone.of(outside, world.inspector, at=world.at)
    assert said(ours.send(xml), 201)


def test_a_file_nobody_spoke_of_is_refused_by_name_without_its_folder(phone, xml):
    assert "“x.jpg”" in said(phone.send(xml, {"x.jpg": b"x"}), 400)
    assert "“x.jpg”" in said(post(phone, multipart(("evil/../../x.jpg", b"x"), xml=xml)), 400)
    assert not Submission.objects.exists() and not Evidence.objects.filter(name="x.jpg").exists()


def test_a_file_cut_off_on_its_way_is_not_taken_for_a_whole_one(world, phone, form):
    """Kept, it would stand under its name for good, and the whole one could never take its place."""
    xml = told(world, form, site_photo_1="p.jpg", site_photo_2="q.jpg")
    body = multipart(("p.jpg", JPEG), ("q.jpg", JPEG * 3), xml=xml)
    end = len(f"--{BOUNDARY}--\r\n")
    for length in (len(xml) // 2, len(body) - end - 20, len(body) - end - 1, len(body) - end, len(body) - end + 20):
        assert "填好的内容仍在手机里" in (text := said(post(phone, body[:length]), 400)) or "原件仍在手机里" in text
    assert not Submission.objects.exists() and not Evidence.objects.filter(name__in=["p.jpg", "q.jpg"]).exists()
    said(post(phone, body), 201)
    assert Evidence.objects.get(name="q.jpg").sha256 == hashlib.sha256(JPEG * 3).hexdigest()


@pytest.mark.parametrize("body", [b"", b"<data/>", b"--", f"--{BOUNDARY}--".encode()])
def test_a_body_that_is_no_submission_is_said_to_be_none(phone, body):
    assert "不是一份完整的表单提交" in said(post(phone, body), 400)
    assert said(post(phone, body, CONTENT_TYPE="text/xml"), 400)


def test_two_files_of_one_name_count_once_where_they_are_the_same(world, phone, form):
    xml = told(world, form, site_photo_1="p.jpg")
    assert "都叫“p.jpg”" in said(post(phone, multipart(("p.jpg", b"one"), ("p.jpg", b"two"), xml=xml)), 400)
    assert not Submission.objects.exists()
    said(post(phone, multipart(("p.jpg", JPEG), ("p.jpg", JPEG), xml=xml)), 201)
    said(post(phone, multipart(("p.jpg", JPEG), ("p.jpg", JPEG), xml=xml)), 202)
    assert Evidence.objects.filter(name="p.jpg").count() == 1


def test_too_much_at_once_is_said_as_such(phone, xml, monkeypatch):
    assert "分几次" in said(post(phone, multipart(*[(f"{n}.jpg", b"x") for n in range(101)], xml=xml)), 413)
    monkeypatch.setattr(parts, "LARGEST_FILE", 1000)
    assert "“p.jpg”" in said(post(phone, multipart(("p.jpg", b"x" * 1001), xml=xml)), 413)
    monkeypatch.setattr(parts, "LARGEST_XML", 100)
    assert said(phone.send(xml), 413)
    monkeypatch.setattr("mingcha.doors.openrosa.views.LARGEST", 100)
    assert said(phone.send(xml), 413)
    assert not Submission.objects.exists()


def test_another_version_of_the_protocol_is_refused(phone, xml):
    assert said(phone.send(xml, HTTP_X_OPENROSA_VERSION="9"), 400)
    assert phone.client.get("/formList", HTTP_AUTHORIZATION=f"Bearer {phone.token}").status_code == 200


def test_a_database_that_is_away_is_to_be_asked_again_later(phone, xml, monkeypatch):
    def away(*_given, **_named):
        raise OperationalError("演示")

    monkeypatch.setattr(phones, "connection", SimpleNamespace(close=lambda: None))
    for name in ("admit", "receive"):
        with monkeypatch.context() as patch:
            patch.setattr(intake, name, away)
            answer = phone.send(xml)
            assert "稍后重发" in said(answer, 503) and int(answer["Retry-After"]) > 0
    said(phone.send(xml), 201)


def test_no_address_answers_a_phone_in_html(world, phone, form, xml):
    for method in ("get", "post", "put", "delete", "options", "head"):
        for address in ("/formList", f"/forms/{form.pk}.xml", f"/forms/{form.pk}/manifest.xml", "/submission",
                        f"/forms/{form.pk}/items.csv", "/key/x/formList", "/submission/submission"):  # fmt: skip
            answer = getattr(phone.client, method)(address, HTTP_AUTHORIZATION=f"Bearer {phone.token}")
            assert "html" not in answer.get("Content-Type", "") or answer.content == b"", (method, address)
            assert b"<html" not in answer.content


# By an independent client, over the network

GENERATOR = Path(os.environ.get("MINGCHA_LOAD_GENERATOR", ROOT.parent / "shared" / "tools" / "openrosa_load.py"))
WORKBOOK = GENERATOR.parents[1] / "data" / "inspection_form" / "inspection.xlsx"
PROBED = {
    "HEAD": 204,
    "first send, photo withheld": 201,
    "second send, same xml + photo": 202,
    "identical resend": 202,
    "same instanceID, changed xml": 409,
    "malformed xml (truncated)": 400,
    "empty xml": 400,
    "not xml": 400,
    "unknown form id": 404,
    "unknown form version": 404,
    "no instanceID": 400,
    "unexpected attachment": 400,
    "unknown node in xml": 201,
    "choice not in list": 201,
    "required value missing": 201,
    "internal DTD entity": 400,
    "not multipart": 400,
    "wrong X-OpenRosa-Version": 400,
}


def test_an_independent_client_finds_the_protocol_kept(public_folder):
    if not GENERATOR.exists() or not WORKBOOK.exists():
        pytest.skip("independent client: no load generator with its form (MINGCHA_LOAD_GENERATOR)")
    pytest.importorskip("aiohttp", reason="independent client: it needs aiohttp")
    house = furnish(public_folder, form=WORKBOOK)
    process, url = start_serving(public_folder)
    try:
        for run, address, shown in (
            ("header", f"{url}submission", ["--bearer", house.token]),
            ("password", f"{url}submission", ["--basic", f"inspector:{house.token}"]),
            ("address", f"{url}key/{house.token}/submission", []),
        ):
            command = [sys.executable, str(GENERATOR), "probe", "--url", address, "--run", run, *shown]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
            found = dict(re.findall(r"^(\S.*?)\s{2,}(\d{3})  ", done.stdout, re.MULTILINE))
            assert {name: int(status) for name, status in found.items()} == PROBED, done.stdout
            assert "{201: 1, 202: 7}" in done.stdout.replace("{202: 7, 201: 1}", "{201: 1, 202: 7}")
            assert "<" not in done.stdout  # a sentence each, no page
    finally:
        process.terminate()
        process.wait(30)
    verdict = mingcha("--data", str(public_folder), "audit", "verify")
    assert verdict.returncode == 0, verdict.stdout
