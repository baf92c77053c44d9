"""The table of mingcha/config/fields.py: every field has a class, and none is a resident's."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from mingcha.config import fields
from mingcha.ground.accounts.models import Person

DOORS = Path(__file__).resolve().parents[2] / "mingcha" / "doors"
MODELS = [model for model in apps.get_models() if model.__module__.startswith("mingcha.")]
ALL = {
    f"{model._meta.label}.{field.name}": field
    for model in MODELS
    for field in model._meta.get_fields()
    if field.concrete
}
# The hash of a password is Django's business, and a form to sign in has a field of that name.
BOXES = fields.sealed() - {"password"}
# What a column about a resident would be called, in code, in Chinese or in a choice.
RESIDENT = re.compile(
    r"resident(?!_group)|citizen|patient|villager|household|passenger|driver|phone|mobile|telephone|id_?(card|number)|passport"
    r"|health|diagnos|symptom|temperature|vaccin|nucleic|infect|contact_?(name|person)|travel|journey|itinerary|whereabout"
    r"|birth|gender|ethnic|居民|村民|住户|业主|患者|病人|旅客|司机|乘客|手机|电话|身份证|护照|健康|体温|症状|诊断|核酸|疫苗"
    r"|感染|密接|隔离|行程|轨迹|旅居|住址|出生|性别|民族|户籍",
    re.IGNORECASE,
)


def test_every_field_stands_in_the_table_and_nothing_else_does():
    assert sorted(fields.classes()) == sorted(ALL)
    assert sorted(fields.retentions()) == sorted(model._meta.label for model in MODELS)


def test_the_words_of_the_table_are_known():
    assert set(fields.classes().values()) == set(fields.CLASSES)
    assert set(fields.retentions().values()) == set(fields.RETENTIONS)


# Of a tip: by which way it came, and from which side a record is. Neither says who.
SIDES = {"tips.Tip.channel", "tips.Record.author"}


def names(field):
    """Return all that a field is called, in code and on screen."""
    if str(field) in SIDES:
        return [field.name, str(field.verbose_name), field.model._meta.label]
    choices = [str(part) for choice in (getattr(field, "choices", None) or ()) for part in choice]
    return [field.name, str(field.verbose_name), str(field.help_text), field.model._meta.label, *choices]


@pytest.mark.parametrize("name", sorted(ALL))
def test_no_field_asks_for_a_residents_data(name):
    told = [word for word in names(ALL[name]) if RESIDENT.search(word)]
    assert not told


@pytest.mark.parametrize("word", ["resident_name", "居民姓名", "mobile", "健康状况", "travel_history", "体温"])
def test_the_rule_would_catch_one(word):
    assert RESIDENT.search(word)


# Names of staff that are no pointer: on record for good, or as a former ledger has them.
SAID = {
    "audit.Event.actor", "audit.Event.actor_name", "rectifications.Rectification.closed_as",
    "rectifications.ImportedRow.found_as", "rectifications.PaperSignature.signed_as",
    "rectifications.Rectification.received_as", "rectifications.UnitLink.signed_as", "rectifications.Step.told",
    "evidence.Evidence.received_as", "tips.RecoveryEnvelope.first", "tips.RecoveryEnvelope.second",
}  # fmt: skip


def test_what_is_personal_is_staffs():
    """A pointer to someone who signs in, or a column of a row about one who does: there is no other way to be named."""
    staff = {
        "accounts.Person", "accounts.Attempt", "accounts.Recusal", "campaigns.Offer", "campaigns.Member",
        "successions.Succession", "successions.Handed", "notices.Preference",
        # An official whose duty a publication speaks of.
        "reports.Named",
        # An official who is party to a case.
        "referrals.Party",
    }  # fmt: skip
    for name, kind in fields.classes().items():
        field = ALL[name]
        points_at_staff = field.is_relation and field.related_model is Person
        if points_at_staff:
            assert kind == "personal", name
        if kind == "personal":
            model = name.rsplit(".", 1)[0]
            assert points_at_staff or model in staff or name in SAID, name


def test_binary_columns_are_sealed():
    """But for the workbook of a checklist, which an office uploads and others download, and what opens nothing."""
    published = {"rulebook.Checklist.workbook", "tips.SpentEffort.digest"}
    published |= {
        f"tips.{half}" for half in ("OfficerKey.public", "OfficeKey.public", "Tip.public", "Tip.identity_public")
    }
    binary = {name for name, field in ALL.items() if field.get_internal_type() == "BinaryField"} - published
    assert binary
    assert {fields.classes()[name] for name in binary} == {"sealed"}


@pytest.mark.parametrize("path", sorted(DOORS.glob("**/*.py")), ids=lambda path: str(path.relative_to(DOORS)))
def test_no_door_reads_a_sealed_field(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in BOXES, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", sorted(DOORS.glob("**/*.html")), ids=lambda path: str(path.relative_to(DOORS)))
def test_no_template_reads_a_sealed_field(path):
    for name in BOXES:
        assert not re.search(rf"\{{[{{%][^}}]*\.{name}\b", path.read_text(encoding="utf-8"))
