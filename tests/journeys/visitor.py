"""
Someone at a browser: signs in, goes, presses, fills in, looks; and everything the browser complains of is kept.

A journey reads like a story because this file says how a page is used. Addresses are followed by what is written on
the links and buttons, so a journey also breaks where a newcomer would be lost.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tests.conftest import DemoServer

DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PATIENCE = (
    20_000  # milliseconds until a press or a look gives up; a page takes a tenth of a second, a busy machine more
)
# Bars that stick would lie across the middle of a long picture, and photos further down would not be there yet.
UNROLL = """async () => {
    scrollTo(0, 0);
    const photos = [...document.images];
    for (const photo of photos) photo.loading = "eager";
    await Promise.all(photos.map((photo) => photo.decode().catch(() => null)));
}"""
# What sticks out on the right, named by its tag and class; scrolling boxes may hold wider things.
OVERFLOW = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1)
        .slice(0, 5).map((e) => e.tagName + "." + e.className);
}"""
# What a browser says about every 404, 409 or 422: the journeys look at the status and at the page instead.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")

Someone = TypeVar("Someone", bound="Visitor")


@dataclass
class Shots:
    """Where pictures go, where somebody asks for them: MINGCHA_SHOTS names the folder. One takes longer than a page."""

    folder: Path | None
    taken: int = 0

    @property
    def asked(self) -> bool:
        return self.folder is not None

    def take(self, page: Any, name: str, *, whole: bool = True) -> None:
        """Save a picture of the page, whole or as much as the window shows."""
        if self.folder is None:
            return
        self.taken += 1
        if whole:
            page.evaluate(UNROLL)
        page.screenshot(path=str(self.folder / f"{self.taken:03}-{name}.png"), full_page=whole)


def place_for_shots() -> Shots:
    """Return where pictures go, if anywhere."""
    asked = os.environ.get("MINGCHA_SHOTS")
    if not asked:
        return Shots(None)
    folder = Path(asked)
    folder.mkdir(parents=True, exist_ok=True)
    return Shots(folder)


@dataclass
class Visitor:
    """One person in one window; `troubles` collects script errors, refused content and answers of 500 and above."""

    name: str
    server: DemoServer
    context: Any
    page: Any
    shots: Shots
    phone: bool = False
    troubles: list[str] = field(default_factory=list)

    def sign_in(self) -> "Visitor":
        """Sign in with the password printed at the start."""
        self.go("sign-in")
        self.write("账号", self.name)
        self.write("密码", self.server.passwords[self.name])
        self.press("登录")
        assert "sign-in" not in self.page.url, self.text()
        return self

    def go(self, path: str) -> int:
        """Go to a path of the demo, or to a whole address; return the status."""
        answer = self.page.goto(path if "://" in path else self.server.url + path.lstrip("/"))
        return int(answer.status) if answer else 0

    def status(self, path: str) -> int:
        """Ask for a path with this person's session, without leaving the page; redirections are not followed."""
        return int(self.context.request.get(self.server.url + path.lstrip("/"), max_redirects=0).status)

    def speak(self, language: str) -> None:
        """Ask for a language as the button does that stands in the menu, for a phone whose menu is folded."""
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.server.url}])

    def source(self, path: str) -> str:
        """Return the source of a page that this person may see, without leaving the one in sight."""
        return str(self.context.request.get(self.server.url + path.lstrip("/")).text())

    def follow(self, words: str, *, within: str = "main") -> None:
        """Follow the link with these words."""
        with self.page.expect_navigation():
            self._named("link", words, within).click()

    def press(self, words: str, *, within: str = "body") -> None:
        """Press the button with these words and wait for the page that follows."""
        with self.page.expect_navigation():
            self._named("button", words, within).click()

    def press_unchecked(self, words: str) -> None:
        """Press a button as a browser would that does not check forms by itself."""
        self.page.evaluate("for (const form of document.forms) form.noValidate = true")
        self.press(words)

    def _named(self, role: str, words: str, within: str) -> Any:
        """Return the first one in sight that says just this, else the first that says it among other things."""
        place = self.page.locator(within)
        exact = place.get_by_role(role, name=words, exact=True).locator("visible=true")
        return (exact if exact.count() else place.get_by_role(role, name=words).locator("visible=true")).first

    def write(self, label: str, text: str) -> None:
        """Write into the field with this label."""
        self.page.get_by_label(label).locator("visible=true").first.fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose in a list by the beginning of what an option says."""
        box = self.page.get_by_label(label).locator("visible=true").first
        value = box.locator("option").filter(has_text=option).first.get_attribute("value")
        box.select_option(value)

    def tick(self, words: str, *, within: str = "body") -> None:
        """Tick a box or press a segment by its words; segments hide the real button, so the label is pressed."""
        self.page.locator(within).locator("label").filter(has_text=words).locator("visible=true").first.click()

    def attach(self, label: str, name: str, content: bytes, kind: str) -> None:
        """Choose a file for the field with this label."""
        self.page.get_by_label(label).first.set_input_files({"name": name, "mimeType": kind, "buffer": content})

    def download(self, words: str, *, within: str = "main") -> bytes:
        """Follow a link that hands out a file; return its bytes."""
        with self.page.expect_download() as waiting:
            self._named("link", words, within).click()
        return Path(waiting.value.path()).read_bytes()

    def text(self, within: str = "body") -> str:
        """Return what is written on the page, as a reader sees it."""
        return str(self.page.locator(within).first.inner_text())

    def sees(self, *words: str, within: str = "body") -> bool:
        """Whether all these words stand on the page."""
        shown = self.text(within)
        missing = [word for word in words if word not in shown]
        assert not missing, f"{missing} not on {self.page.url}:\n{shown}"
        return True

    def shot(self, name: str, *, whole: bool = True) -> None:
        """Take a picture if asked for, named by who sees it; nothing may stick out of the window in any case."""
        assert self.page.evaluate(OVERFLOW) == [], f"{self.page.url} sticks out"
        self.shots.take(self.page, f"{name}-{self.name}{'-phone' if self.phone else ''}", whole=whole)

    @property
    def path(self) -> str:
        """The path of the page in sight, without the leading slash."""
        return str(self.page.url).removeprefix(self.server.url)


Someone = TypeVar("Someone", bound=Visitor)


def open_window(
    browser: Any, server: DemoServer, name: str, shots: Shots, *, phone: bool = False, **more: Any
) -> Visitor:
    """Open a window of a desk or a phone for one person, who has not signed in yet."""
    look: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True} if phone else {"viewport": DESK}
    context = browser.new_context(locale="zh-CN", accept_downloads=True, **look, **more)
    context.set_default_timeout(PATIENCE)
    return overhear(Visitor(name, server, context, context.new_page(), shots, phone))


def overhear(visitor: Someone) -> Someone:
    """Keep whatever the visitor's page complains of from now on."""
    page, troubles = visitor.page, visitor.troubles
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda said: _heard(said, page, troubles))
    page.on("response", lambda a: a.status >= 500 and troubles.append(f"{a.url}: {a.status}"))
    return visitor


def _heard(said: Any, page: Any, troubles: list[str]) -> None:
    if said.type in ("error", "warning") and not EXPECTED.search(said.text):
        troubles.append(f"{page.url}: {said.text}")
