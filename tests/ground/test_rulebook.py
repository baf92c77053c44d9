"""Catalogues and checklists: what is published never changes, and a sheet is taken whole or not at all."""

import pytest
from django.db import IntegrityError, transaction

from mingcha.ground.accounts import queries as accounts
from mingcha.ground.rulebook import queries
from mingcha.ground.rulebook.actions import catalogues as actions
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Completeness, Edition, Item, Question
from mingcha.kernel import sheets
from tests.world import publish

GOOD = [
    {"清单代码": "demo-rules", "条号": str(n), "类别": "演示", "条文": f"演示条文{n}", "印发日期": "2021-10-20",
     "出处": "演示出处", "应有条数": "3"}
    for n in (1, 2, 3)
]  # fmt: skip


def sheet(rows, columns=actions.COLUMNS):
    return sheets.write(columns, [[row[c] for c in columns] for row in rows], title="清单")


def changed(number, **cells):
    return [row | (cells if n == number else {}) for n, row in enumerate(GOOD)]


def test_an_edition_is_complete_when_every_declared_text_is_there(world):
    edition = actions.import_edition(sheet(GOOD), by=world.lead, at=world.at)
    assert (edition.version, edition.completeness) == (2, Completeness.COMPLETE)
    partial = actions.import_edition(sheet(changed(1, 条文="")), by=world.lead, at=world.at)
    assert (partial.version, partial.completeness) == (3, Completeness.PARTIAL)
    assert not partial.items.get(position=2).recorded
    assert "条文未收录" in partial.items.get(position=2).label


def test_what_was_published_stays_as_it_was(world):
    before = list(world.edition.items.values())
    actions.import_edition(sheet(GOOD), by=world.lead, at=world.at)
    assert list(Edition.objects.get(pk=world.edition.pk).items.values()) == before
    assert queries.latest_editions().get(rulebook=world.rulebook).version == 2


@pytest.mark.parametrize(
    "row,cells,column",
    [
        (0, {"清单代码": "nowhere"}, "清单代码"), (1, {"清单代码": "other"}, "清单代码"), (2, {"条号": "1"}, "条号"),
        (1, {"条号": "", "条文": ""}, "条文"), (0, {"应有条数": "2"}, "应有条数"), (0, {"应有条数": "三"}, "应有条数"),
        (0, {"应有条数": "²"}, "应有条数"), (0, {"应有条数": "99999"}, "应有条数"), (0, {"印发日期": ""}, "印发日期"),
        (0, {"出处": ""}, "出处"), (2, {"条号": "长" * 21}, "条号"), (1, {"类别": "长" * 61}, "类别"),
        (0, {"出处": "长" * 201}, "出处"), (0, {"印发日期": "长" * 21}, "印发日期"),
    ],
)  # fmt: skip
def test_one_bad_row_keeps_the_whole_edition_out(world, row, cells, column):
    before = Edition.objects.count(), Item.objects.count()
    with pytest.raises(sheets.RowsRefused) as refused:
        actions.import_edition(sheet(changed(row, **cells)), by=world.lead, at=world.at)
    assert (row + 2, column) in {(p.row, p.column) for p in refused.value.problems}
    assert (Edition.objects.count(), Item.objects.count()) == before


def test_an_empty_sheet_and_a_torn_one_are_refused(world):
    with pytest.raises(sheets.RowsRefused):
        actions.import_edition(sheet([]), by=world.lead, at=world.at)
    with pytest.raises(sheets.TornFile):
        actions.import_edition(sheet(GOOD)[:-100], by=world.lead, at=world.at)


def test_a_catalogue_is_registered_once(world):
    with pytest.raises(actions.CatalogueTaken):
        actions.register(
            code="demo-rules", name="演示", issuer="演示", keeper=world.city.office.body, by=world.lead, at=world.at
        )
    assert queries.rulebooks().get(code="demo-rules").name == world.rulebook.name


def test_only_the_keepers_office_publishes_a_catalogue(world):
    for stranger, refusal in (
        (world.county, accounts.NotFound),
        (world.abroad.office.officer, accounts.NotFound),
        (world.inspector, accounts.NotAllowed),
    ):
        with pytest.raises(refusal):
            actions.import_edition(sheet(GOOD), by=stranger, at=world.at)


def test_the_database_keeps_one_edition_of_each_version_and_one_item_of_each_place(world):
    with pytest.raises(IntegrityError, match="edition_once"), transaction.atomic():
        Edition.objects.filter(pk=publish(world.rulebook, at=world.at).pk).update(version=1)
    with pytest.raises(IntegrityError, match="item_position_once"), transaction.atomic():
        Item.objects.filter(edition=world.edition, position=2).update(position=1)
    with pytest.raises(IntegrityError, match="question_has_text"), transaction.atomic():
        Question.objects.filter(pk=Question.objects.first().pk).update(text="")


def test_a_checklist_is_versioned_for_each_type(world):
    kind = world.minxian.waiting.type
    newer = checklists.publish_questions(kind, questions=[("judge", "演示", "")], by=world.county, at=world.at)
    place = world.minxian.waiting.division_id
    assert (queries.current_checklist(kind.code, place=place), newer.version) == (newer, 2)
    assert queries.current_checklist(kind.code, place="621125").version == 1  # a county's own holds in the county
    assert queries.checklists().get(site_type=kind).size == 1


def test_shipped_catalogues_hold_no_more_texts_than_they_declare():
    """A total of 0 means that the source names none. What a source does not give is an empty text, never a guess."""
    for rulebook in queries.shipped("rulebooks")["rulebook"]:
        texts = [item for item in rulebook["items"] if item.get("text")]
        assert not rulebook["declared"] or len(texts) <= rulebook["declared"], rulebook["code"]
        assert rulebook["source"]
        assert rulebook["issuer"]
