"""Papers and circulars as pages: rendered with LibreOffice where there is one, and measured."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from mingcha.kernel import briefing
from tests.kernel.test_briefing_papers import CIRCULAR, ITEMS, PAPER

pytestmark = pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdftotext")),
    reason="papers rendered to pages: needs LibreOffice and pdftotext (apt-get install libreoffice-writer poppler-utils)",
)

MM = 72 / 25.4
TOP, BOTTOM, LEFT, RIGHT = 37 * MM, (297 - 35) * MM, 28 * MM, (210 - 26) * MM
MANY = replace(ITEMS, rows=tuple((n, f"{n:04}", "演示监测点", "值守不严。" * 6, "10月28日") for n in range(1, 41)))
PAPERS = {
    "paper": PAPER,
    "short": replace(PAPER, sections=(), parties=(), slip=None),
    "long": replace(PAPER, sections=(), appendix=(MANY,)),
    "circular": CIRCULAR,
    **{f"full{n}": replace(PAPER, sections=(), parties=(), slip=None, lead=("验。\n" * n,)) for n in range(6, 14, 2)},
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """name → pages, each a list of (text, left, top, right, bottom) in points."""
    folder = tmp_path_factory.mktemp("rendered")
    for name, paper in PAPERS.items():
        made = briefing.compose_circular if name == "circular" else briefing.compose_paper
        (folder / f"{name}.docx").write_bytes(made(paper))
    office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
    files = [str(folder / f"{name}.docx") for name in PAPERS]
    subprocess.run([*office, "--outdir", str(folder), *files], check=True, capture_output=True, timeout=180)
    return {name: _words(folder / f"{name}.pdf") for name in PAPERS}


def _words(pdf):
    run = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], check=True, capture_output=True, text=True, timeout=60)
    word = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
    return [
        [(found[5], *(float(found[side]) for side in (1, 2, 3, 4))) for found in word.finditer(page)]
        for page in run.stdout.split("<page ")[1:]
    ]


def said(page):
    return "".join(word[0] for word in page)


def test_nothing_runs_over_the_edge(pages):
    for name, rendered in pages.items():
        for page in rendered:
            for text, left, top, right, bottom in page:
                heading = top < TOP - 1  # the mark and the demo's line stand above the text
                assert left >= LEFT - 1 or heading, (name, text)
                assert right <= RIGHT + 17 or heading, (name, text)  # a sign may hang over the edge
                assert bottom <= BOTTOM + 1 or text.strip("—") == "" or text.strip("—").isdigit(), (name, text)


def test_the_mark_of_a_letter_begins_30_mm_from_the_top(pages):
    mark = next(word for word in pages["short"][0] if word[0] == PAPER.office)
    middle = (mark[2] + mark[4]) / 2
    assert 30 * MM < middle < 46 * MM


def test_only_the_first_page_of_a_letter_has_no_number(pages):
    assert "—" not in said(pages["paper"][0])
    for number, page in enumerate(pages["paper"][1:], start=2):
        assert f"—{number}—" in said(page)
    assert "—1—" in said(pages["circular"][0])


def test_every_page_is_marked(pages):
    assert all("演示数据" in said(page) for rendered in pages.values() for page in rendered)


def test_a_short_letter_is_one_page(pages):
    assert len(pages["short"]) == 1


def test_the_receipt_stands_alone_on_the_last_page(pages):
    last = said(pages["paper"][-1])
    assert "签收回执" in last
    assert "意见或异议" in last
    assert "现场签字" not in last
    assert "现场签字" in said(pages["paper"][-2])


def test_the_head_of_a_long_list_is_repeated(pages):
    listed = [page for page in pages["long"] if "值守不严" in said(page)]
    assert len(listed) > 1
    assert all("整改时限" in said(page) for page in listed)


@pytest.mark.parametrize("name", [*sorted(name for name in PAPERS if name.startswith("full")), "circular", "paper"])
def test_the_imprint_sinks_to_the_foot_of_the_last_page_and_covers_nothing(pages, name):
    last = pages[name][-1]
    copied = next(word for word in last if word[0].startswith("抄送："))
    end = next((word for word in last if word[0].endswith("印发")), copied)
    assert BOTTOM - 30 <= end[4] <= BOTTOM + 1
    others = [word for word in last if word[2] < copied[2] - 1]
    assert all(word[4] <= copied[2] + 3 for word in others)
    if name.startswith("full"):
        assert sum(word[0] == "验。" for page in pages[name] for word in page) == int(name.removeprefix("full"))


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_signature_never_stands_alone(pages, name):
    signed = [page for page in pages[name] if re.search(r"2021年10月(27|30)日", said(page))][
        -1 if name != "paper" else 1
    ]
    text = said(signed).replace("演示数据", "").replace("不得引用", "")
    assert len(text) > 40
