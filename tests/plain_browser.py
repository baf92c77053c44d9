"""
A browser without script, as small as it gets: it keeps cookies, follows redirects, and sends the forms of a page.

    visitor = PlainBrowser(url)
    page = visitor.open("report/")
    page = visitor.send(page.form("write"), kind="misconduct")      hidden and filled-in fields go along as they stand
"""

import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

Fields = dict[str, list[str]]


@dataclass
class Form:
    """A form of a page: where it goes, and what its fields hold before anybody types; `buttons` that name a value."""

    url: str
    method: str
    fields: Fields = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    """Reads the forms of a page; a textarea or select stands open until it ends."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms, self._open = url, [], ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(urljoin(self.url, has.get("action", "")), has.get("method", "get").upper()))
        if not self.forms or not (name := has.get("name", self._open if tag == "option" else "")):
            return
        form, kind = self.forms[-1], has.get("type", "")
        form.names.add(name)
        if tag == "button" or kind == "submit":
            form.buttons.append((name, has.get("value", "")))
        elif (tag == "input" and kind in ("radio", "checkbox") and "checked" in has) or (
            tag == "option" and "selected" in has
        ):
            form.fields.setdefault(name, []).append(has.get("value", "on"))
        elif tag == "input" and kind not in ("radio", "checkbox", "file"):
            form.fields[name] = [has.get("value", "")]
        if tag in ("textarea", "select"):
            self._open = name
        if tag == "textarea":
            form.fields[name] = [""]

    def handle_data(self, data: str) -> None:
        if self._open and self.forms and self._open in self.forms[-1].fields and self.lasttag == "textarea":
            self.forms[-1].fields[self._open][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._open = ""


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    @property
    def forms(self) -> list[Form]:
        reader = _Reader(self.url)
        reader.feed(self.text)
        return reader.forms

    def form(self, having: str) -> Form:
        """Return the first form that goes to an address with these words, or has a field of that name."""
        for form in self.forms:
            if having in form.url.removeprefix(self.url.split("/", 3)[0]) or having in form.names:
                return form
        raise AssertionError(f"{self.url} ({self.status}) has no form {having}: {[form.url for form in self.forms]}")


class PlainBrowser:
    """One visitor of a server."""

    def __init__(self, url: str) -> None:
        self.url, self.cookies = url, CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))

    def open(self, path: str) -> Page:
        return self._ask(Request(urljoin(self.url, path)))

    def send(self, form: Form, *, files: dict[str, tuple[str, bytes]] | None = None, **given: str) -> Page:
        """Send a form with what was typed; `files` by field: (name, content)."""
        fields = form.fields | {name: [value] for name, value in given.items()}
        pairs = [(name, value) for name, values in fields.items() for value in values]
        if form.method == "GET":
            return self.open(f"{form.url}?{urlencode(pairs)}")
        kind, body = _multipart(pairs, files or {})
        return self._ask(Request(form.url, body, {"Content-Type": kind, "Referer": form.url}))

    def post(self, path: str, body: bytes, kind: str) -> Page:
        """Send bytes as they are."""
        return self._ask(Request(urljoin(self.url, path), body, {"Content-Type": kind}))

    def _ask(self, request: Request) -> Page:
        try:
            answer = self._opener.open(request, timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            return Page(answer.geturl(), answer.status, answer.read())


def _multipart(pairs: list[tuple[str, str]], files: dict[str, tuple[str, bytes]]) -> tuple[str, bytes]:
    bound = uuid.uuid4().hex
    parts = [(f'name="{name}"', value.encode()) for name, value in pairs]
    parts += [
        (f'name="{name}"; filename="{file}"\r\nContent-Type: application/octet-stream', content)
        for name, (file, content) in files.items()
    ]
    body = b"".join(
        f"--{bound}\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + content + b"\r\n"
        for about, content in parts
    )
    return f"multipart/form-data; boundary={bound}", body + f"--{bound}--\r\n".encode()
