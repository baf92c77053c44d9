"""`mingcha import ledger`: an officer's act from the command line, under a mapping saved on the page."""

from argparse import ArgumentParser

import pytest

from mingcha.config.commands import importing
from mingcha.flow.rectifications.actions import ledger_import
from mingcha.flow.rectifications.models import LedgerImport
from mingcha.kernel import sheets
from mingcha.kernel.refusals import Refusal

pytestmark = pytest.mark.django_db
HEADER = ("检查时间", "存在问题", "责任单位")


def given(world, *options):
    parser = ArgumentParser()
    importing.add_arguments(parser)
    usual = [
        "--office",
        world.minxian.office.body.pk,
        "--mapping",
        "台账",
        "--campaign",
        world.campaign.slug,
        "--by",
        "county",
    ]
    return parser.parse_args(["ledger", "台账.xlsx", *usual, *options])


def test_an_officer_takes_a_ledger_over_by_name(world):
    content = sheets.write(HEADER, [("10月20日", "甲", "演示单位")], title="台账")
    with pytest.raises(Refusal, match="列的对应"):
        importing._ledger(content, world.at, given(world))
    columns = list(zip(HEADER, ("found_on", "description", "body"), strict=True))
    ledger_import.save_mapping(
        world.minxian.office.body,
        name="台账",
        columns=columns,
        words={},
        done_closes=True,
        by=world.county,
        at=world.at,
    )
    for options in (("--campaign", "nowhere"), ("--by", "nobody"), ("--by", "neighbour")):
        with pytest.raises(Refusal):
            importing._ledger(content, world.at, given(world, *options))
    with pytest.raises(sheets.RowsRefused):
        importing._ledger(content, world.at, given(world))
    told = importing._ledger(content, world.at, given(world, "--year", "2021"))
    assert told.startswith("已导入 1 件") and LedgerImport.objects.get().by == world.county
    assert "什么都没有改" in importing._ledger(content, world.at, given(world, "--year", "2021"))
