"""
A checklist's form by itself, as a phone shows it (frontend/dev.html): no server behind it, attachments kept in memory.

What is told about it here is the page's own: `last` and `finalised` are the snapshots it handed out, `reopen()` brings
the form back from the last one, as after a flat battery.
"""

import http.server
import mimetypes
import shutil
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mingcha.kernel.checklists import forms, workbooks

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self' data:"
)
PLACE = {"latitude": 34.438, "longitude": 104.036, "accuracy": 12}
LISTS = {
    "items.csv": "name,label,catalogue\n"
    + "".join(f"{n},第{n}条 {('口罩', '通风')[n % 2]}要求,food\n" for n in range(300)),
    "bodies.csv": "name,label,kind\n" + "".join(f"B{n},第{n}村民委员会,village\n" for n in range(150)),
    "sites.csv": "name,label,type,township,address\n",
}


def reason_to_skip() -> str:
    """Return why the page cannot be built here; '' if it can."""
    if not (ROOT / "frontend/node_modules/.bin/vite").exists() or shutil.which("node") is None:
        return "the form's page needs Node and frontend/node_modules (make assets)"
    return ""


def build(folder: Path) -> None:
    """Build the page into a folder."""
    command = [
        "node",
        "node_modules/.bin/vite",
        "build",
        "--mode",
        "page",
        "--outDir",
        str(folder),
        "--logLevel",
        "error",
    ]
    subprocess.run(command, cwd=ROOT / "frontend", check=True)


def checklist(questions: Sequence[tuple[str, str, str]]) -> bytes:
    """Return the XForm of a shipped checklist with these questions."""
    book = workbooks.workbook(title="检查表", form_id="alone", version="1", questions=questions)
    return forms.from_workbook(book).xform.encode()


def lengthy(count: int) -> bytes:
    """Return a checklist of so many questions: eight of ten judge, one counts, one asks."""
    kinds = ("count", *["judge"] * 8, "ask")
    return checklist([(kinds[n % 10], f"第{n + 1}项要求逐条落实，记录与现场相符", "对照记录") for n in range(count)])


class Served:
    """The built page and some forms on a port of this machine, under the policy that /field/ has."""

    def __init__(self, built: Path, forms: dict[str, bytes]) -> None:
        files = {f"/forms/{name}.xml": form for name, form in forms.items()}
        files |= {f"/forms/{name}": text.encode() for name, text in LISTS.items()}
        folders = {
            "/static/field/app/": built,
            "/static/hall/": ROOT / "mingcha/doors/hall/static/hall",
            "/static/field/": ROOT / "mingcha/doors/field/static/field",
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                content = files.get(path)
                for prefix, folder in folders.items():
                    if content is None and path.startswith(prefix) and (folder / path[len(prefix) :]).is_file():
                        content = (folder / path[len(prefix) :]).read_bytes()
                self.send_response(200 if content is not None or path == "/favicon.ico" else 404)
                self.send_header("Content-Type", f"{mimetypes.guess_type(path)[0]}; charset=utf-8")
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, form: str, options: str = "") -> str:
        """Return the address of one form; options as dev.ts takes them, each with a leading &."""
        return (
            f"http://127.0.0.1:{self._server.server_port}/static/field/app/dev.html?folder=/forms/&form={form}{options}"
        )

    def close(self) -> None:
        self._server.shutdown()


def phone(browser: Any, width: int = 390) -> Any:
    """Return a phone's browser: touch, a position, a microphone, the clock of Shanghai."""
    return browser.new_context(
        viewport={"width": width, "height": 844},
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        geolocation=PLACE,
        permissions=["geolocation", "microphone"],
        timezone_id="Asia/Shanghai",
    )
