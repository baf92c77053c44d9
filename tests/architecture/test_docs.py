"""What can be checked about prose is checked: links lead somewhere, named tests and commands exist, both READMEs agree."""

import itertools
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.urls import Resolver404, resolve

from mingcha.config import access
from mingcha.config.commands import importing

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[([^\]]*)\]\(([^)#\s]+)(?:#[^)]*)?\)")
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_leads_somewhere(page):
    for _, target in LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / unquote(target)).exists(), f"{relative(page)} → {target}"


def test_every_test_that_the_mechanism_page_names_exists_where_it_says():
    page = ROOT / "docs/mechanism.md"
    named = [pair for pair in LINK.findall(page.read_text("utf-8")) if pair[0].startswith("test_")]
    assert len(named) >= 20
    for name, target in named:
        assert f"def {name}(" in (page.parent / target).read_text("utf-8"), f"{name} is not in {target}"


def test_every_screen_that_the_mechanism_page_names_has_an_address():
    for address in re.findall(r"`(/[^`]*)`", (ROOT / "docs/mechanism.md").read_text("utf-8")):
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"docs/mechanism.md names {address}, which leads nowhere")


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_readme_gives_the_two_commands_and_the_command_line_as_they_are(text):
    assert "```\nmake demo\nmake test\n```" in text
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "\ndemo: " in makefile and "\ntest: " in makefile
    assert re.sub(r"\s+", " ", "mingcha import " + "|".join(importing.KINDS)) in re.sub(r"\s+", " ", text)
    known = {row.split("  ")[0].split()[0] for row in access.COMMANDS.strip().splitlines()[1:]}
    assert {word for word in re.findall(r"`mingcha ([a-z]+)", text)} <= known


def test_both_readmes_say_the_same_in_the_same_places():
    def shape(text):
        return (
            len(re.findall(r"^## ", text, re.MULTILINE)),
            len(re.findall(r"^\|", text, re.MULTILINE)),
            [target for _, target in LINK.findall(text) if not target.startswith("README")],
            re.findall(r"`(mingcha [a-z]+)", text),
        )

    assert shape(ENGLISH) == shape(CHINESE)


def test_every_path_that_the_developers_page_names_exists():
    text = (ROOT / "DEVELOPERS.md").read_text("utf-8")
    named = set(re.findall(r"`((?:tests|flow|ground|tips|kernel|config|doors|docs|benchmarks|mingcha)/[\w/.]*)`", text))
    assert len(named) > 15
    for path in named:
        assert (ROOT / path).exists() or (ROOT / "mingcha" / path).exists(), f"DEVELOPERS.md names {path}"


def test_nothing_is_left_to_fill_in():
    for page in PAGES:
        assert not re.search(r"@[A-Z_]+@|TODO|FIXME", page.read_text("utf-8")), relative(page)


def test_every_dependency_says_why_it_is_here():
    for name in ("base.in", "dev.in"):
        lines = (ROOT / "requirements" / name).read_text("utf-8").splitlines()
        for before, line in itertools.pairwise(lines):
            if line and not line.startswith(("#", "-c")):
                assert before.startswith("#"), f"requirements/{name}: {line} gives no reason"


def test_every_decision_ends_with_its_cost():
    decisions = sorted(ROOT.glob("docs/decisions/*.md"))
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    for page in decisions:
        text = page.read_text("utf-8")
        assert text.startswith("# ") and "**Costs:**" in text.split("\n\n")[-1], relative(page)
