"""
How long a slow phone takes with a checklist: opening 200 and 600 questions, and answering a tap among 600.

    .venv/bin/python benchmarks/field_form.py [--throttle 6]

The form's page as it ships, in headless Chromium at phone size, its processor slowed down (6 times: a cheap phone on a
machine of 2026). Needs Node and frontend/node_modules (make assets). The form is a shipped checklist with so many
questions. Opening is measured twice: with the app only just loaded, and as an inspector meets it, after the list of
stops, while which the engine starts up. Interactive means that a tap has been answered. A tap's time is the browser's
own (Event Timing): from the finger to the next picture on the screen. Other work on the machine lengthens all of it.
Exit status 1 where 200 questions take longer than 3 s, a tap among 600 longer than 100 ms (median), or the app is over
400 kB gzipped.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM_ARGUMENTS, find_chromium
from tests.journeys import form_page

OPEN_LIMIT, TAP_LIMIT = 3000, 100
TAPS = 16
WATCH = """() => {
    window.times = new Map();
    new PerformanceObserver((list) => {
        for (const {interactionId, duration} of list.getEntries())
            if (interactionId) times.set(interactionId, Math.max(times.get(interactionId) ?? 0, duration));
    }).observe({type: "event", durationThreshold: 16});
}"""
SINCE_OPEN = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() =>
    done(performance.now() - performance.getEntriesByName("open")[0].startTime))))"""


@contextmanager
def opened(browser: Any, url: str, throttle: float) -> Iterator[tuple[Any, float]]:
    """Open a form on a slow phone; give the page, and the milliseconds until its first tap was answered."""
    page = form_page.phone(browser).new_page()
    page.set_default_timeout(120_000)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.goto(url)
    page.locator(".segment--good").first.click()
    yield page, float(page.evaluate(SINCE_OPEN))
    # A page that is slowed down keeps its core busy as long as it is open.
    page.context.close()


def opening(browser: Any, url: str, throttle: float) -> float:
    """Return the milliseconds of the quickest of three: what else a machine does can only add."""
    spent = []
    for _ in range(3):
        with opened(browser, url, throttle) as (_, milliseconds):
            spent.append(milliseconds)
    return min(spent)


def tapped(page: Any) -> list[float]:
    """Return what taps took, in milliseconds, each on another question in the middle of the screen."""
    page.evaluate(WATCH)
    for number in range(1, TAPS + 1):
        segment = page.locator(".segment--bad, .segment--good").nth(number * 2)
        segment.evaluate("(element) => element.scrollIntoView({block: 'center'})")
        page.wait_for_timeout(700)
        box = segment.bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(500)
    # What the browser does not list took less than its least, 16 ms.
    listed = sorted(page.evaluate("[...times.values()]"))
    return [16.0] * max(0, TAPS - len(listed)) + listed


def main() -> int:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--throttle", type=float, default=6)
    throttle = parser.parse_args().throttle
    if reason := form_page.reason_to_skip():
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="mingcha-bench-") as folder, sync_playwright() as playwright:
        form_page.build(Path(folder))
        served = form_page.Served(Path(folder), {"q200": form_page.lengthy(200), "q600": form_page.lengthy(600)})
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        rows = {
            f"{name} questions, {how}: until a tap is answered": opening(
                browser, served.url(f"q{name}", options), throttle
            )
            for name in ("200", "600")
            for how, options in (("engine cold", ""), ("engine warm", "&warm"))
        }
        with opened(browser, served.url("q600", "&warm"), throttle) as (page, _):
            taps = tapped(page)
        browser.close()
        served.close()
    print(f"{platform.platform()}, {os.cpu_count()} cores, processor {throttle:g} times slower")
    for name, milliseconds in rows.items():
        print(f"{name:<62}{milliseconds:6.0f} ms")
    median, worst = statistics.median(taps), max(taps)
    print(f"{'600 questions, a tap until it is painted: median':<62}{median:6.0f} ms")
    print(f"{'600 questions, a tap until it is painted: worst of ' + str(TAPS):<62}{worst:6.0f} ms", flush=True)
    sizes = subprocess.run(["node", "size.mjs"], cwd=ROOT / "frontend", stdout=subprocess.PIPE, text=True, check=False)
    print("\n".join(sizes.stdout.splitlines()[-2:]))
    slow = min(value for name, value in rows.items() if name.startswith("200")) > OPEN_LIMIT or median > TAP_LIMIT
    return 1 if slow or sizes.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
