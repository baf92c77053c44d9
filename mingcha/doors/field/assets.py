"""The built field app: which files a phone loads, and a version that changes with any of them."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

ENTRY = "src/main.ts"
FOLDER = "field/app/"
PRINT = "hall/css/print.css"
# The look of all pages; the app links these instead of bringing a second one.
SHARED = (
    *(f"hall/css/{name}.css" for name in ("tokens", "base", "layout", "forms", "tables", "components", "print")),
    "field/css/field.css",
    "hall/img/mark.svg",
)


@dataclass(frozen=True)
class Assets:
    """Addresses of the script and styles of the shell, of every file to keep on the phone, and the version of all."""

    script: str
    styles: tuple[str, ...]
    files: tuple[str, ...]
    version: str


@cache
def assets() -> Assets | None:
    """Return the built files, read once for each process; None where they were not built."""
    found = finders.find(f"{FOLDER}.vite/manifest.json")
    if not found:
        return None
    manifest = json.loads(Path(found).read_text("utf-8"))
    built = {entry["file"] for entry in manifest.values()}
    for entry in manifest.values():
        built |= {*entry.get("css", ()), *entry.get("assets", ())}
    names = [*sorted(FOLDER + name for name in built), *SHARED]
    digest = hashlib.sha256()
    for name in names:
        path = finders.find(name)
        digest.update(name.encode() + (Path(path).read_bytes() if path else b""))
    entry = manifest[ENTRY]
    styles = [
        *(name for name in SHARED if name.endswith(".css") and name != PRINT),
        *(FOLDER + name for name in entry.get("css", ())),
    ]
    return Assets(
        static(FOLDER + entry["file"]), tuple(map(static, styles)), tuple(map(static, names)), digest.hexdigest()[:16]
    )
