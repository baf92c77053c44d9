"""What a phone sends is parsed strictly, read completely, and what departs from its form is told, never raised."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mingcha.kernel.checklists import BREACHES, Breach, Compiled, Malformed, NoInstanceId, Slot, forms, parse, read
from mingcha.kernel.checklists.workbooks import workbook
from tests.xlsforms import CHECKS, FINDING, HEAD, TAIL, breaches, instance, reading, spot_compiled

SHARED = Path(__file__).parents[3] / "shared"
GENERATOR, GIVEN = SHARED / "tools" / "openrosa_load.py", SHARED / "data" / "inspection_form" / "inspection.xml"
EAST = timezone(timedelta(hours=8))


def finding(inside):
    return f"<findings><clause>1</clause><severity>minor</severity><description>甲</description>{inside}</findings>"


def test_a_whole_visit_is_read():
    read_ = reading()
    assert read_.breaches == () and read_.unverified == 0 and read_.held == ()
    assert (read_.site_code, read_.mode, read_.outcome) == ("S0042", "overt", "done")
    assert read_.verdicts == {"q1": "pass", "q2": "fail", "q3": "pass", "q4": "na"}
    assert read_.counts == {"staff": (12, 9)} and read_.said == {"ask_duty": "镇长带班"}
    assert read_.score == 67  # two of three: what does not apply is not judged
    assert (read_.started, read_.ended) == (
        datetime(2026, 11, 23, 9, tzinfo=EAST),
        datetime(2026, 11, 23, 10, 30, tzinfo=EAST),
    )
    assert read_.position == (34.43, 104.03, 4.5)
    assert read_.answers["checks"]["staff_reported"] == "12" and read_.answers["findings"][0]["clause"] == "4.6.2"
    (found,) = read_.findings
    assert (found.ordinal, found.clause, found.description) == (1, "4.6.2", "脱岗")
    assert (found.severity, found.responsibility, found.body, found.photos) == ("grave", "unit", "", ())


def test_a_finding_says_by_when_by_whom_and_shows_its_photos():
    inside = (
        "<on_spot>no</on_spot><due>2026-11-25T18:00:00.000+08:00</due><body>B7</body><photo>p-1.jpg</photo>"
        "<photo_2>p-2.jpg</photo_2>"
    )
    read_ = reading(HEAD, CHECKS, FINDING, finding(inside), "<sign_receiver>s.png</sign_receiver><voice>v.m4a</voice>")
    assert read_.breaches == ()
    first, second = read_.findings
    assert (first.due_at, second.due_at) == (None, datetime(2026, 11, 25, 18, tzinfo=EAST))
    assert (second.body, second.on_spot, second.photos) == ("B7", False, ("p-1.jpg", "p-2.jpg"))
    assert read_.files == {
        "p-1.jpg": Slot("/data/findings[2]/photo", "photo", 2),
        "p-2.jpg": Slot("/data/findings[2]/photo_2", "photo", 2),
        "s.png": Slot("/data/sign_receiver", "signature", 0),
        "v.m4a": Slot("/data/voice", "audio", 0),
    }


def test_a_row_opened_and_left_is_no_finding():
    blank = "<findings><clause/><severity/><description> </description><photo/></findings>"
    read_ = reading(HEAD, CHECKS, blank, FINDING, blank, TAIL)
    assert [found.ordinal for found in read_.findings] == [1] and read_.breaches == ()
    assert len(read_.answers["findings"]) == 3


def test_the_template_of_a_repeat_is_no_row():
    template = FINDING.replace("<findings>", '<findings xmlns:jr="http://openrosa.org/javarosa" jr:template="">')
    assert len(reading(HEAD, CHECKS, template, FINDING).findings) == 1


def test_namespaces_may_be_written_either_way():
    xml = instance().replace(b"<data ", b'<data xmlns="http://opendatakit.org/x" ')
    assert read(parse(xml), spot_compiled()).breaches == ()
    orx = b'<orx:meta xmlns:orx="http://openrosa.org/xforms"><orx:instanceID>uuid:7</orx:instanceID></orx:meta>'
    assert parse(instance(meta=orx.decode())).instance_id == "uuid:7"


@pytest.mark.parametrize(
    ("parts", "code", "path"),
    [
        ((HEAD, CHECKS, "<bogus>1</bogus>"), "unknown_node", "/data/bogus"),
        ((HEAD, CHECKS, "<bogus><q1>pass</q1></bogus>"), "unknown_node", "/data/bogus"),
        ((HEAD, CHECKS.replace("<q1>pass", "<q1><x/>pass")), "unknown_node", "/data/checks/q1/x"),
        ((HEAD, CHECKS.replace("pass</q1>", "maybe</q1>")), "not_a_choice", "/data/checks/q1"),
        ((HEAD, CHECKS, "<kinds>surprise zzz</kinds>"), "not_a_choice", "/data/kinds"),
        ((HEAD.replace("S0042", " "), CHECKS), "required_missing", "/data/site_code"),
        ((HEAD.replace("<site_code>S0042</site_code>", ""), CHECKS), "required_missing", "/data/site_code"),
        ((HEAD.replace("surprise", "again"), CHECKS), "required_missing", "/data/why"),
        ((HEAD, CHECKS, FINDING.replace("脱岗", "")), "required_in_finding", "/data/findings[1]/description"),
        ((HEAD, CHECKS, finding("<on_spot>no</on_spot>")), "required_in_finding", "/data/findings[1]/due"),
        ((HEAD, CHECKS.replace(">12<", ">many<")), "bad_type", "/data/checks/staff_reported"),
        ((HEAD, CHECKS.replace(">12<", ">-1<")), "constraint", "/data/checks/staff_reported"),
        ((HEAD, CHECKS.replace(">12<", ">9999999999<")), "out_of_range", "/data/checks/staff_reported"),
        ((HEAD.replace("34.43", "94.43"), CHECKS), "bad_type", "/data/location"),
        ((HEAD.replace("T09:00:00.000+08:00", "T09:00"), CHECKS), "bad_type", "/data/start"),
        ((HEAD.replace("T10:30", "T08:30"), CHECKS), "clock", "/data/end"),
        ((HEAD, CHECKS, "<voice>../v.m4a</voice>"), "bad_file_name", "/data/voice"),
        ((HEAD, CHECKS, "<day>tomorrow</day>"), "bad_type", "/data/day"),
        ((HEAD, HEAD[-60:][HEAD[-60:].index("<location>") :], CHECKS), "twice", "/data/location"),
        ((HEAD, CHECKS, CHECKS), "twice", "/data/checks"),
        ((HEAD, CHECKS, finding("").replace("甲", "长" * 4_001)), "too_long", "/data/findings[1]/description"),
    ],
)
def test_what_departs_from_the_form_is_told_by_its_place(parts, code, path):
    assert (code, path) in breaches(*parts)
    assert code in BREACHES and BREACHES[code] % {"value": "甲"}


def test_what_departs_is_kept_as_it_was_sent_and_not_made_more_of():
    read_ = reading(HEAD, CHECKS.replace(">12<", ">9999999999<").replace("pass</q1>", "maybe</q1>"))
    assert read_.answers["checks"]["q1"] == "maybe" and "q1" not in read_.verdicts
    assert read_.answers["checks"]["staff_reported"] == "9999999999" and read_.counts == {"staff": (None, 9)}
    assert Breach("not_a_choice", "/data/checks/q1", "maybe") in read_.breaches


def test_a_missing_group_owes_what_was_required_in_it():
    assert [path for code, path in breaches(HEAD) if code == "required_missing"] == [
        f"/data/checks/q{n}" for n in range(1, 5)
    ]


def test_what_is_too_intricate_is_counted_and_not_guessed():
    assert reading(HEAD, CHECKS).unverified == 1  # whether remarks are due
    assert reading(HEAD, CHECKS, "<day>2026-11-23</day>").unverified == 2  # and whether that day may be told
    assert reading(HEAD, CHECKS, "<day>2026-11-23</day><remarks>无</remarks>").unverified == 1
    assert breaches(HEAD, CHECKS) == []


def test_lists_of_the_round_are_the_server_s_to_check():
    assert breaches(HEAD, CHECKS, finding("<body>no-such-body</body>")) == []


def test_without_a_site_no_visit_can_be_made():
    assert reading(HEAD.replace("S0042", ""), CHECKS).held == ("no_site",)


def test_a_flood_of_faults_and_of_findings_is_bounded():
    read_ = reading(HEAD, CHECKS, "<x/>" * 500)
    assert len(read_.breaches) == 100
    many = reading(HEAD, CHECKS, finding("") * 230)
    assert len(many.findings) == 200 and len(many.answers["findings"]) == 230
    assert many.breaches[0] == Breach("too_many", "/data/findings[201]", "")


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"hello world", instance()[:300], instance() + b"<x/>", b"\xff" + instance(), b"<data/>",
        b'<!DOCTYPE d [<!ENTITY b "bb">]>' + instance().replace("脱岗".encode(), b"&b;"),
        instance().replace("脱岗".encode(), b"&b;"), instance().decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="utf-16be"?>' + instance().decode().encode("utf-16be"),
        instance().replace(b'id="spot"', b""), instance().replace("脱岗".encode(), b"\x00"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(xml):
    with pytest.raises(Malformed) as caught:
        parse(xml)
    assert caught.value.status == 400 and "重新提交" in str(caught.value)


@pytest.mark.parametrize(
    "meta", ["", "<meta/>", "<meta><instanceID/></meta>", "<meta><instanceID>a b</instanceID></meta>",
             f"<meta><instanceID>{'x' * 101}</instanceID></meta>"],
)  # fmt: skip
def test_what_has_no_id_of_its_own_is_refused(meta):
    with pytest.raises(NoInstanceId) as caught:
        parse(instance(meta=meta))
    assert caught.value.status == 400 and "instanceID" in str(caught.value)


def test_an_instance_says_which_form_it_is_of_and_what_it_replaces():
    meta = "<meta><instanceID>uuid:2</instanceID><deprecatedID>uuid:1</deprecatedID></meta>"
    sent = parse(b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><!-- a --> " + instance(meta=meta))
    assert (sent.form_id, sent.version, sent.instance_id, sent.deprecated_id) == (
        "spot", "2026112301", "uuid:2", "uuid:1",
    )  # fmt: skip
    assert read(sent, spot_compiled()).breaches == ()


# What the field app's engine made of a shipped form, and what it still asked for.
QUESTIONS = [("judge", "甲", ""), ("judge", "乙", ""), ("count", "丙", ""), ("ask", "丁", "")]
BEGUN = (
    "<start>2026-11-23T23:06:41.876+00:00</start><end/><today>2026-11-23</today><deviceid/>"
    "<site_code>S1</site_code><site_name/><inspector/><team/>"
)
META = "<meta><instanceID>uuid:1</instanceID></meta>"


@pytest.mark.parametrize(
    ("inside", "owed"),
    [
        (
            (
                "<mode>overt</mode><location/><outcome>done</outcome><checks><q1/><q2/><c3_reported/><c3_verified/><ask_4/>"
                "</checks><judged>0</judged><score/><found>no</found><voice/><told><feedback/><sign_receiver/></told>"
            ),
            ["/data/checks/q1", "/data/checks/q2"],
        ),
        ("<mode>covert</mode><outcome>refused</outcome><outcome_reason/><found>no</found>", ["/data/outcome_reason"]),
        (
            (
                "<mode>overt</mode><outcome>done</outcome><checks><q1>pass</q1><q2>fail</q2></checks><judged>2</judged>"
                "<score>50</score><found>yes</found><findings><item>17</item><description>脱岗</description><photo_1>a.jpg"
                "</photo_1><responsibility>individual</responsibility><severity>grave</severity><on_spot>no</on_spot>"
                "<due_hours/></findings>"
            ),
            ["/data/findings[1]/due_hours"],
        ),
    ],
)
def test_the_server_asks_for_what_the_phone_asks_for(inside, owed):
    form = forms.from_workbook(workbook(title="村", form_id="village", version="1", questions=QUESTIONS))
    xml = f'<data id="village" version="1">{BEGUN}{inside}{META}</data>'.encode()
    read_ = read(parse(xml), Compiled.load(form.compiled))
    assert [breach.path for breach in read_.breaches] == owed
    assert {breach.code for breach in read_.breaches} <= {"required_missing", "required_in_finding"}
    assert read_.unverified == 0


def test_a_shipped_form_tells_all_there_is_to_tell():
    inside = (
        "<mode>covert</mode><outcome>shut</outcome><outcome_reason>门卫说\u202e放假</outcome_reason><score>33.5</score>"
        "<found>yes</found><findings><item>17</item><description>无人</description><responsibility>individual"
        "</responsibility><severity>slight</severity><on_spot>yes</on_spot><body>B1</body></findings>"
    )
    form = forms.from_workbook(workbook(title="村", form_id="village", version="1", questions=QUESTIONS))
    xml = f'<data id="village" version="1">{BEGUN}{inside}{META}</data>'.encode()
    read_ = read(parse(xml), Compiled.load(form.compiled))
    assert (read_.mode, read_.outcome, read_.reason, read_.score) == ("covert", "shut", "门卫说放假", 34)
    (found,) = read_.findings
    assert (found.item, found.responsibility, found.severity, found.on_spot, found.due_hours, found.body) == (
        "17", "individual", "slight", True, None, "B1",
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(instance()) - 1))
def test_no_beginning_of_a_submission_passes_for_the_whole(cut):
    with pytest.raises(Malformed):
        parse(instance()[:cut])


def nodes(xml):
    root = etree.fromstring(xml)
    return root, [node for node in root.iter() if node is not root and "meta" not in (node.tag, node.getparent().tag)]


SAID = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_sent_is_read_and_kept(data):
    """Nodes lost, doubled, renamed, moved or filled with anything: nothing raises, and every strange node is told."""
    root, sent = nodes(instance(HEAD, CHECKS, finding("<photo>a.jpg</photo>"), FINDING, TAIL))
    strange = 0
    for _ in range(data.draw(st.integers(1, 6))):
        node = data.draw(st.sampled_from(sent))
        act = data.draw(st.sampled_from(["drop", "double", "fill", "add"]))
        if act == "drop" and node.getparent() is not None:
            node.getparent().remove(node)
        elif act == "double" and node.getparent() is not None:
            node.addnext(etree.fromstring(etree.tostring(node)))
        elif act == "fill":
            node.text = data.draw(SAID)
        else:
            etree.SubElement(root, f"bogus{strange}").text = data.draw(SAID)
            strange += 1
    read_ = read(parse(etree.tostring(root)), spot_compiled())
    assert [b.path for b in read_.breaches if b.path.startswith("/data/bogus")] == [
        f"/data/bogus{n}" for n in range(strange)
    ]
    assert json.loads(json.dumps(read_.answers)) == read_.answers
    for name in ("site_code", "kind", "location"):
        first = root.find(name)
        if first is not None:
            assert read_.answers[name] == (first.text or "").strip()
    assert len(read_.findings) <= len(root.findall("findings"))
    assert all(slot.finding <= len(read_.findings) for slot in read_.files.values())
    assert {breach.code for breach in read_.breaches} <= BREACHES.keys()


VERDICT = st.sampled_from(["pass", "fail", "na"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(VERDICT, min_size=4, max_size=4), st.integers(0, 10_000), st.integers(0, 500),
    st.lists(st.tuples(st.sampled_from(["minor", "major", "critical"]), SAID.map(lambda t: f"甲{t}乙")), max_size=4),
)  # fmt: skip
def test_what_a_phone_may_send_is_never_in_breach(judged, reported, verified, found):
    root = etree.fromstring(instance(HEAD, CHECKS, TAIL))
    for number, verdict in enumerate(judged, start=1):
        root.find(f"checks/q{number}").text = verdict
    root.find("checks/staff_reported").text, root.find("checks/staff_verified").text = str(reported), str(verified)
    for severity, said in found:
        row = etree.fromstring(FINDING)
        row.find("severity").text, row.find("description").text = severity, said
        root.append(row)
    read_ = read(parse(etree.tostring(root)), spot_compiled())
    assert read_.breaches == () and read_.counts == {"staff": (reported, verified)}
    assert list(read_.verdicts.values()) == judged
    known = {"minor": "slight", "major": "ordinary", "critical": "grave"}
    assert [one.severity for one in read_.findings] == [known[severity] for severity, _ in found]
    passed, failed = judged.count("pass"), judged.count("fail")
    assert (read_.score is None) == (passed + failed == 0)
    if passed + failed:
        assert abs(read_.score - 100 * passed / (passed + failed)) <= 0.5


@pytest.fixture(scope="module")
def sent_by_generator():
    """Return what the load generator sends of the given form, and the form."""
    if not (GENERATOR.is_file() and GIVEN.is_file()):
        pytest.skip("the load generator and the given inspection form are not beside this clone")
    command = [sys.executable, str(GENERATOR), "dump", "--run", "a8", "-i", "0", "--photo-kb", "20"]
    xml = subprocess.run(command, capture_output=True, check=True).stdout.strip()
    return xml, Compiled.load(forms.from_xform(GIVEN.read_bytes()).compiled)


def test_what_the_generator_sends_is_read_without_a_breach(sent_by_generator):
    xml, compiled = sent_by_generator
    read_ = read(parse(xml), compiled)
    assert read_.breaches == () and len(read_.verdicts) == 20 and len(read_.findings) == 2
    assert read_.site_code.startswith("S") and read_.started and read_.ended and read_.position
    assert [slot.finding for slot in read_.files.values()] == [1]
    assert read_.findings[0].photos == tuple(read_.files)


@pytest.mark.parametrize(
    ("old", "new", "breach"),
    [
        ("<remarks/>", "<bogus>1</bogus><remarks/>", Breach("unknown_node", "/data/bogus", "1")),
        ("unannounced", "zzz", Breach("not_a_choice", "/data/insp_type", "zzz")),
        ("<site_code>.*</site_code>", "<site_code/>", Breach("required_missing", "/data/site_code", "")),
    ],
)
def test_what_the_generator_s_probe_breaks_is_told(sent_by_generator, old, new, breach):
    xml, compiled = sent_by_generator
    assert read(parse(re.sub(old, new, xml.decode()).encode()), compiled).breaches == (breach,)
