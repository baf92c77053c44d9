"""The brief as pages: rendered with LibreOffice where there is one, and measured."""

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import replace

import pytest

from mingcha.kernel import briefing
from tests.kernel.test_briefing import BRIEF, TABLE

pytestmark = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="brief rendered to pages: needs LibreOffice and pdftotext (apt-get install libreoffice-writer poppler-utils)",
)

BOTTOM = (297 - 35) / 25.4 * 72  # pt from the top of the page to the end of the text's area
LEFT, RIGHT = 28 / 25.4 * 72, (210 - 26) / 25.4 * 72
LONG = replace(BRIEF, lead=("检" * 28 * 60,), sections=())
LEDGER = replace(
    BRIEF,
    sections=(),
    appendix=(
        briefing.Table(
            title="问题台账",
            columns=(
                briefing.Column(title="序号"),
                briefing.Column(title="点位"),
                briefing.Column(title="问题描述", centred=False),
                briefing.Column(title="状态"),
            ),
            rows=tuple(
                (n, "演示监测点", "来客扫码登记形同虚设,值守人员未逐一查验。" * 2, "已销号") for n in range(1, 41)
            ),
        ),
    ),
)
# The tail needs about five lines: with these lengths the text ends before, at and within them.
FULL = {f"full{lines}": replace(BRIEF, sections=(), lead=("验。\n" * lines,)) for lines in range(6, 16, 2)}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """name → pages, each a list of (text, left, top, right, bottom) in points."""
    folder = tmp_path_factory.mktemp("rendered")
    briefs = {"brief": BRIEF, "long": LONG, "ledger": LEDGER, **FULL}
    for name, brief in briefs.items():
        (folder / f"{name}.docx").write_bytes(briefing.compose(brief))
    files = [str(folder / f"{name}.docx") for name in briefs]
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command = [*office, "--convert-to", "pdf", "--outdir", str(folder), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {name: _words(folder / f"{name}.pdf") for name in briefs}


def _words(pdf):
    run = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True, timeout=60)
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    return [
        [(found[5], *(float(found[side]) for side in (1, 2, 3, 4))) for found in word.finditer(page)]
        for page in run.stdout.split("<page ")[1:]
    ]


def test_a_full_page_has_22_lines_of_28_characters(pages):
    lines = Counter()
    for text, _, top, _, _ in pages["long"][1]:
        if set(text) == {"检"}:
            lines[round(top)] += len(text)
    assert len(lines) == 22
    assert set(lines.values()) == {28}


def test_nothing_runs_over_the_edge(pages):
    for name, rendered in pages.items():
        for page in rendered:
            for text, left, _, right, bottom in page:
                assert left >= LEFT - 1, (name, text)
                assert right <= RIGHT + 9, (name, text)  # a sign may hang over the edge
                assert bottom <= BOTTOM + 1 or text.strip("—") == "" or text.strip("—").isdigit(), (name, text)


def test_the_brief_has_the_expected_pages_each_marked_and_numbered(pages):
    assert len(pages["brief"]) == 2
    assert len(pages["ledger"]) >= 3
    for rendered in pages.values():
        for number, page in enumerate(rendered, start=1):
            said = "".join(word[0] for word in page)
            assert "演示数据" in said
            assert said.replace(" ", "").endswith(f"—{number}—") or f"—{number}—" in said.replace(" ", "")


def test_the_head_of_a_long_table_is_repeated_on_every_page(pages):
    for page in pages["ledger"][1:]:
        assert "问题描述" in "".join(word[0] for word in page)


@pytest.mark.parametrize("name", sorted(FULL))
def test_the_tail_sinks_to_the_foot_of_the_last_page_and_covers_nothing(pages, name):
    last = pages[name][-1]
    tail = min(word[2] for word in last if word[0].startswith("报："))
    copies = next(word for word in last if word[0].startswith("共印"))
    assert BOTTOM - 30 <= copies[4] <= BOTTOM + 1
    body = [word for word in last if word[0] == "验。"]
    assert all(word[4] <= tail + 1 for word in body)
    said = sum(word[0] == "验。" for page in pages[name] for word in page)
    assert said == int(name.removeprefix("full"))


def test_a_small_table_is_not_torn(pages):
    with_table = [page for page in pages["brief"] if any(word[0] == "岷县" for word in page)]
    assert any(word[0] == "合计" for word in with_table[-1])
    assert TABLE.total is not None
