"""Journeys: people in browsers on a demo that really runs. Those that change it have one of their own."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DemoServer, copy_of_demo, start_serving
from tests.journeys.visitor import Shots, Visitor, open_window, place_for_shots

Enter = Callable[..., Visitor]


@pytest.fixture(scope="module")
def own_demo(loaded_demo: Path, request: pytest.FixtureRequest) -> Iterator[DemoServer]:
    """A demo of this module's own, as fresh as after loading."""
    data = copy_of_demo(loaded_demo, request.module.__name__)
    process, url = start_serving(data)
    yield DemoServer(url, json.loads((data / "demo-passwords.json").read_text("utf-8")), data, process)
    process.terminate()
    process.wait(30)
    shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="module")
def next_morning(own_demo: DemoServer) -> Iterator[DemoServer]:
    """The module's own demo once more, at nine the next day: what was due in the evening is late there."""
    process, url = start_serving(own_demo.data, MINGCHA_NOW="2021-10-28T09:00:00+08:00")
    yield DemoServer(url, own_demo.passwords, own_demo.data, process)
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="session")
def shots() -> Shots:
    """Where pictures go, if anywhere."""
    return place_for_shots()


@pytest.fixture
def enter(chromium: Any, own_demo: DemoServer, shots: Shots) -> Iterator[Enter]:
    """
    Let someone of the cast sign in: enter("county"), enter("inspector", phone=True); where another hour is served,
    server=next_morning. Afterwards no window has complained.
    """
    windows: list[Visitor] = []

    def _enter(name: str, *, server: DemoServer = own_demo, **more: Any) -> Visitor:
        windows.append(open_window(chromium, server, name, shots, **more))
        return windows[-1].sign_in()

    yield _enter
    for visitor in windows:
        visitor.context.close()
    assert [trouble for visitor in windows for trouble in visitor.troubles] == []
