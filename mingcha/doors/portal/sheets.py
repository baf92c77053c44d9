"""
A report while it is being written: what was typed on each page, as it was typed, with the files that have come.

It lives in the fields of the page that the citizen has open, and nowhere else. A file that came with an attempt that
failed lies sealed in the room's incoming folder; its key goes back to the citizen's page, in a box, and comes with the
next attempt.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from mingcha.doors.portal.forms.tips import CARRIED, STEPS
from mingcha.doors.portal.reporting import Posted
from mingcha.kernel import sealing
from mingcha.kernel.refusals import Refusal
from mingcha.tips import public, vault

# Beside what the citizen says: the code, the work, and for which words units were offered.
BESIDE = ("receipt", "challenge", "effort", "tried", "asked")
LONGEST = 25_000
ABOUT = "a file that a citizen's page holds"


@dataclass
class Sheet:
    """`at` is the page that was open, `go` where to; `refusal` says why a file did not come."""

    draft: dict[str, str] = field(default_factory=dict, repr=False)
    at: str = "kind"
    go: str = "next"
    files: list[public.Uploaded] = field(default_factory=list, repr=False)
    refusal: Refusal | None = None
    found: list[public.Unit] = field(default_factory=list, repr=False)

    @classmethod
    def read(cls, posted: Posted) -> "Sheet":
        """Return what a page of ours has sent; what reads otherwise is passed over."""
        draft = {name: posted[name].strip()[:LONGEST] for name in (*CARRIED, *BESIDE)}
        files, refusal = come(posted)
        at = posted["at"] if posted["at"] in STEPS else "kind"
        return cls(draft, at, posted["go"] or "next", files, refusal)

    def __getitem__(self, name: str) -> str:
        return self.draft.get(name, "")

    def hidden(self, own: set[str]) -> list[tuple[str, str]]:
        """Return what a page must carry besides its own fields."""
        work = {"challenge", "effort", "tried"}
        return [(name, self[name]) for name in (*CARRIED, *BESIDE) if name not in own | work and self[name]]

    def report(self) -> public.Draft:
        """Return it as it is sealed. A name is taken along only by who wants to be named."""
        who = public.Identity()
        if self["named"] == "yes":
            who = public.Identity(self["name"], self["phone"], self["workplace"], self["address"], wants_contact=True)
        return public.Draft(
            kind=self["kind"], category=self["category"], county=self["county"], text=self["text"],
            place=self["place"], body=self["body"], body_name="" if self["body"] else self["unit"],
            happened=self["happened"], leaders=self["leaders"] == "yes", higher=bool(self["higher"]), identity=who,
        )  # fmt: skip


def come(posted: Posted) -> tuple[list[public.Uploaded], Refusal | None]:
    """Return the files that came with this form and those its page holds, except what is to be left out; and what did not come."""
    held = [file for box in posted.every.get("held", ())[: vault.MOST] if (file := _held(box))]
    files = [file for file in held if file.digest not in posted.every.get("drop", ())] + posted.files
    return files[: vault.MOST], posted.refusal or (public.TooManyFiles() if len(files) > vault.MOST else None)


def boxed(files: list[public.Uploaded]) -> list[tuple[str, public.Uploaded]]:
    """Return each file with the box by which the page brings it again."""
    return [(_boxed(file), file) for file in files]


def _boxed(file: public.Uploaded) -> str:
    said = {
        "name": file.name, "type": file.type, "size": file.size, "digest": file.digest, "key": file.key.hex(),
        "place": str(file.place),
    }  # fmt: skip
    return sealing.seal_padded(json.dumps(said).encode(), key=_key(), about=ABOUT).hex()


def _held(box: str) -> public.Uploaded | None:
    try:
        said = json.loads(sealing.open_padded(bytes.fromhex(box), key=_key(), about=ABOUT))
    except (ValueError, sealing.SealBroken):
        return None
    said |= {"key": bytes.fromhex(said["key"]), "place": Path(said["place"])}
    return public.Uploaded(**said) if said["place"].exists() else None


def _key() -> bytes:
    return sealing.derive(settings.SECRET_KEY.encode(), salt=b"portal", label="held file")
