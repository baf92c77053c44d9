"""Style and types are held by the same run that holds everything else, so that nobody has to remember them."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "tool",
    [["ruff", "check", "--quiet", "."], ["mypy", "mingcha"]],
    ids=lambda tool: tool[0],
)
def test_the_tool_has_nothing_to_say(tool: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *tool], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
