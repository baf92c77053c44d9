"""Text that reads as it was typed, in a ledger as on the screen."""

import io

import pytest
from openpyxl import load_workbook

from mingcha.kernel import sheets
from mingcha.kernel.legible import legible


@pytest.mark.parametrize(
    "typed,kept",
    [
        ("登记簿\x0b空了一页\x01", "登记簿空了一页"),
        ("\u202e倒写\u2066的\u200f名", "倒写的名"),
        ("一行\r\n\t二行 café 堃😀𠮷", "一行\r\n\t二行 café 堃😀𠮷"),
        ("", ""),
    ],
)
def test_what_nobody_sees_goes_and_everything_else_stays(typed, kept):
    assert legible(typed) == kept


def test_a_workbook_is_written_and_read_whatever_was_pasted_into_a_note():
    content = sheets.write(["问题"], [["竖\x0b制表\x01 \u202e倒写"]], title="台账", notes=["条件\x02"])
    assert load_workbook(io.BytesIO(content)).worksheets[0]["A2"].value == "竖制表 倒写"
    assert sheets.read(content, required=["问题"])[0]["问题"] == "竖制表 倒写"
