"""
A phone with the field app: how a person uses it, and what happens to phones — no signal, a flat battery, no room.

What a form is called and what stands on its buttons is what a person reads; instances are read from the phone's own
database, for what must be the same after everything that happens to it.
"""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from mingcha.doors.field.assets import assets
from tests.conftest import CHROMIUM_ARGUMENTS, DemoServer, find_chromium
from tests.journeys import steps
from tests.journeys.visitor import PATIENCE, PHONE, Shots, Visitor, overhear

NOT_BUILT = "the field app is not built here (make assets)"
PLACE = {"latitude": 34.438, "longitude": 104.036, "accuracy": 12}
LOOK: dict[str, Any] = {
    "viewport": PHONE, "is_mobile": True, "has_touch": True, "geolocation": PLACE,
    "permissions": ["geolocation", "microphone"],
}  # fmt: skip
FAKE_MEDIA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
ALL_OF = """(store) => new Promise((done, fail) => {
    const opening = indexedDB.open("mingcha-field");
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
        const reading = opening.result.transaction(store).objectStore(store).getAll();
        reading.onsuccess = () => { opening.result.close(); done(reading.result); };
        reading.onerror = () => fail(reading.error);
    };
})"""


def needs_the_app() -> pytest.MarkDecorator:
    """Skip a module, by name, where the app was not built."""
    return pytest.mark.skipif(assets() is None, reason=NOT_BUILT)


class Phone(Visitor):
    """One person with the field app in their hand."""

    def open_app(self, where: str = "") -> None:
        """Open the app, or one of its pages, as from the phone's first screen."""
        self.page.goto(f"{self.server.url}field/{where}")
        self.page.locator("main").first.wait_for()

    def waits_for(self, *words: str) -> None:
        """Wait until all these words stand on the page."""
        for said in words:
            self.page.get_by_text(said).locator("visible=true").first.wait_for()

    def tap(self, words: str, *, within: str = "body") -> None:
        """Press a button or follow a link of the app."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=words).or_(place.get_by_role("link", name=words))
        found.locator("visible=true").first.click()

    def take_the_package(self) -> None:
        """From the first page: open the seal if nobody has, download, and go to the stops."""
        self.open_app()
        sealed = self.page.get_by_role("link", name="去启封")
        out = self.page.get_by_role("link", name="第一组")
        sealed.or_(out).first.wait_for()
        if sealed.count():
            sealed.first.click()
            self.tap("启封并下载")
            self.tap("启封并下载", within="dialog")
        else:
            out.first.click()
            self.tap("下载任务包")
        self.waits_for("可以出发了")
        self.shot("field-downloaded", whole=False)
        self.tap("开始检查")
        self.page.locator(".stop").first.wait_for()

    def begin(self, manner: str = "明察", *, site: str = "") -> str:
        """Begin the visit to the next stop, or to the one named; return its name."""
        stop = self.page.locator(".stop").filter(has_text=site).first if site else self.page.locator(".stop--next")
        name = str(stop.locator("h3").first.inner_text()).strip()
        if stop.locator("summary").count():
            stop.locator("summary").click()
        stop.locator("label").filter(has_text=manner).click()
        stop.get_by_role("button", name="到了，开始检查").click()
        self.page.locator(".question").first.wait_for()
        return name

    def judge_everything(self, verdict: str = "合格") -> None:
        """Answer every question that judges; those further down are drawn on the way."""
        rows = self.page.locator(".segments").filter(has=self.page.locator(".segment--good"))
        number = 0
        while number < rows.count():
            rows.nth(number).locator(".segment").filter(has_text=re.compile(f"^{verdict}$")).click()
            number += 1
            self.page.wait_for_timeout(60)

    def question(self, words: str) -> Any:
        """Return the question's card that says this first."""
        return self.page.locator(".question").filter(has_text=re.compile(f"^{words}")).first

    def scroll_to(self, what: str) -> None:
        """Scroll on until this is in sight: of a long form only what is near is drawn."""
        for _ in range(30):
            if self.page.locator(what).count():
                break
            self.page.evaluate("scrollBy(0, 600)")
            self.page.wait_for_timeout(100)
        self.page.locator(what).first.scroll_into_view_if_needed()

    def photograph(self, place: Any, colour: str, *, blurred: bool = False) -> None:
        """Take a picture there and keep it; where asked, cover a face and cut the rest off first."""
        file = {"name": "a.png", "mimeType": "image/png", "buffer": steps.picture(colour)}
        place.locator("input[type=file]").first.set_input_files(file)
        self.page.locator(".sheet .btn--primary:enabled").wait_for()
        if blurred:
            self._drag(".darkroom canvas", (0.4, 0.2), (0.7, 0.5))
            self.tap("裁剪", within=".sheet")
            self._drag(".darkroom canvas", (0.1, 0.1), (0.9, 0.9))
            self.page.locator(".sheet").get_by_label("含个人信息").check()
            self.shot("field-darkroom", whole=False)
        self.page.locator(".sheet .btn--primary:enabled").click()

    def sign(self, question: str) -> None:
        """Let whoever it is sign with a finger."""
        self.question(question).get_by_role("button", name="签名").click()
        self.page.wait_for_timeout(150)
        self._drag(".sign-paper", (0.1, 0.6), (0.6, 0.3))
        self.shot("field-signature", whole=False)
        self.tap("签好了")
        self.question(question).locator("img").wait_for()

    def _drag(self, what: str, start: tuple[float, float], end: tuple[float, float]) -> None:
        box = self.page.locator(what).bounding_box()
        (x, y), (to_x, to_y) = (
            (box["x"] + box["width"] * part[0], box["y"] + box["height"] * part[1]) for part in (start, end)
        )
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(to_x, to_y, steps=5)
        self.page.mouse.up()

    def finish(self, *, as_it_is: bool = False) -> None:
        """Close the visit; `as_it_is`: although something is missing."""
        self.page.get_by_role("button", name=re.compile("检查完毕|处要补")).last.click()
        if as_it_is:
            self.tap("不补了，照样提交")
        self.page.locator("dialog.ask .btn--primary").click()
        self.page.locator(".form-shell").wait_for(state="detached")

    def kept(self, store: str) -> list[dict[str, Any]]:
        """Return what lies in one store of the phone's own database."""
        return list(self.page.evaluate(ALL_OF, store))

    def draft(self, site: str) -> dict[str, Any]:
        """Return the visit to this site as the phone keeps it, once what was typed last is written."""
        self.page.evaluate("dispatchEvent(new Event('pagehide'))")
        self.page.wait_for_timeout(300)
        return next(one for one in self.kept("drafts") if one["siteName"] == site)

    def wait_until_sent(self, count: int) -> None:
        """Wait on the outbox's page until so many visits are delivered and nothing waits."""
        self.open_app("#/outbox")
        self.page.wait_for_function(
            """(count) => {
                const pills = [...document.querySelectorAll(".stop .pill")].map((pill) => pill.innerText);
                return pills.filter((words) => words === "已送达").length === count && !pills.includes("待报送");
            }""",
            arg=count,
        )


def as_phone(context: Any, server: DemoServer, name: str, shots: Shots) -> Phone:
    """Return the phone of a browser's context, which listens to what its page complains of."""
    context.set_default_timeout(PATIENCE)
    page = context.pages[0] if context.pages else context.new_page()
    return overhear(Phone(name, server, context, page, shots, True))


def with_battery(browser: Any, folder: Path, server: DemoServer, name: str, shots: Shots) -> Phone:
    """Switch a phone on: what lay on its disk is still there. It can record sound."""
    context = browser.browser_type.launch_persistent_context(
        str(folder), executable_path=find_chromium(), args=[*CHROMIUM_ARGUMENTS, *FAKE_MEDIA], locale="zh-CN", **LOOK
    )
    return as_phone(context, server, name, shots)


def without_battery(phone: Phone, folder: Path) -> None:
    """Take the battery out: the browser's process ends where it stands, without a word to any page."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"--user-data-dir={folder}".encode() in words and not any(word.startswith(b"--type=") for word in words):
            os.kill(int(entry.name), signal.SIGKILL)
    with suppress(Error):  # whether the death is noticed before this line or by it
        phone.context.close()
