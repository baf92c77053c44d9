"""
The search of everything that a served instance keeps, after everything was said and done that can be: no word that was
typed, no name of a file, no receipt, no passphrase and no private key is anywhere, in any writing.

1. Citizens report by the pages, with files, come back, add, object and rate; officers do all they can with it.
2. Searched are a dump of the database, its files with the log of writes, the data folder, the folder for temporary
   files, what the server wrote, and the table of sessions with it.
3. Then the same is planted in each of these places, in each writing, and must be found: a search that finds nothing
   proves nothing until then.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from mingcha.kernel.receipts import keys as keys_of
from tests import leaks, told
from tests.conftest import begin_instance, command_environment, mingcha
from tests.told import WORD

pytestmark = pytest.mark.proof(1)
FILE = {"files": (f"{WORD}.txt", f"{WORD} 附件内容 ".encode() * 9000)}
OTHERWISE = told.STORY | {"who": {"named": "no"}}
MEASURES = OTHERWISE | {"kind": {"kind": "measures"}, "category": {"category": "supply"}}
# Everything an office may do with a report that carries words.
FIRST = """
one, two, three, four = tips
do(handling.open_tip, one, "intake"), do(handling.open_identity, one, "intake"), do(handling.skim, tips, "intake")
do(handling.accept, one, "intake"), do(handling.verify_named, one, "intake", how=WORD + "核实")
do(handling.contact, one, "intake", text=WORD + "联系"), do(handling.note, one, "intake", text=WORD + "记录")
do(handling.sort, one, "intake", kind="misconduct", category="abuse")
do(handling.concern, one, "intake", body=Body.objects.get(pk="621126-food"))
for name in ("county", "second"):
    do(handling.assign, one, "intake", to=who(name))
do(answering.reply, one, "county", text=WORD + "答复"), do(answering.notify, one, "intake", text=WORD + "告知")
made = do(proposals.propose, one, "county", way="talk", opinion=WORD + "意见", study=WORD + "研究")
do(proposals.reject, made, "second", reason=WORD + "退回"), one.refresh_from_db()
made = do(proposals.propose, one, "county", way="initial_check", opinion=WORD + "意见", study=WORD + "研究")
do(proposals.approve, made, "second"), one.refresh_from_db()
do(answering.conclude, one, "county", outcome="true", note=WORD + "结论"), one.refresh_from_db()
do(answering.answer, one, "county", text=WORD + "结果")
do(handling.open_tip, two, "intake"), do(handling.accept, two, "intake")
offer = do(transfers.offer, two, "intake", receiver=Body.objects.get(pk="6211-office"), reason=WORD + "移送")
do(transfers.send_identity, offer, "intake"), do(transfers.open_offer, offer, "city_intake")
do(transfers.take, offer, "city_intake"), two.refresh_from_db()
offer = do(transfers.offer, two, "city_intake", receiver=Body.objects.get(pk="621126-office"), reason=WORD + "转回")
do(transfers.give_back, offer, "intake", reason=WORD + "不接"), two.refresh_from_db()
do(transfers.pass_upward, three, "intake")
do(handling.accept, four, "intake")
do(linking.born, four, "intake", what="order", make=lambda: linking.Named("621126-office", "岷整〔2021〕7号", 7))
do(linking.repeat, four, "intake", first=one)
for name in ("intake", "city_intake"):
    likeness.fold(who(name).posts.get().body, key=key(name), by=who(name), at=AT)
office = Body.objects.get(pk="621126-office")
"""
AFTER = """
one = tips[0]
do(handling.open_tip, one, "intake"), do(answering.explain, one, "intake", text=WORD + "说明")
do(answering.resume, one, "intake", reason=WORD + "恢复"), one.refresh_from_db()
do(answering.conclude, one, "intake", outcome="partly", note=WORD), one.refresh_from_db()
do(answering.answer, one, "intake", text=WORD + "再答复")
unlocking.change_passphrase(old=os.environ["PASSPHRASE"], new=os.environ["PASSPHRASE"] + "新", by=who("county"), at=AT)
"""


# Every row as text, what sessions hold unpacked beside; and pages of memory written out, so that files are whole.
DUMP = """
import json, os, pathlib
import psycopg
from psycopg.conninfo import make_conninfo
from django.contrib.sessions.models import Session
from django.db import connection
with open(os.environ["TO"], "wb") as file, connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        file.write(f"-- {table}\\n".encode())
        with cursor.cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
            for part in rows:
                file.write(part)
    for session in Session.objects.all():
        file.write(json.dumps(session.get_decoded(), ensure_ascii=False).encode())
password = next(pathlib.Path(os.environ["MINGCHA_DATA"]).rglob("password-postgres")).read_text()
with psycopg.connect(make_conninfo(os.environ["MINGCHA_DSN"], user="postgres", password=password), autocommit=True) as raw:
    raw.execute("CHECKPOINT")
"""
PLANT = """
import json, os
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
# Several times: one may lie across the end of a page of the log.
written = [(name, bytes.fromhex(text)) for name, text in json.loads(os.environ["WRITTEN"])] * 3
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE planted (name text, bytes bytea, words text)")
    for name, text in written:
        words = text.decode("latin-1").replace("\\0", "") if name in ("hex", "base64", "json", "percent") else ""
        cursor.execute("INSERT INTO planted VALUES (%s, %s, %s)", [name, text, words])
store = SessionStore()
store["leaked"] = os.environ["WORD"]
store.save()
"""


@dataclass
class Kept:
    """What a machine keeps: where it lies, and what must not be there."""

    root: Path
    folder: Path
    secrets: leaks.Secrets

    def searched(self) -> set[tuple[str, str, str]]:
        """Return what is found, by the part of the machine it is found in."""
        self.shell(DUMP, TO=str(self.root / "dump"))
        tables = next(self.folder.rglob("postmaster.pid")).parent
        places = {
            "dump": self.root / "dump", "wal": tables / "pg_wal", "tables": tables / "base", "log": self.root / "log",
            "temp": self.root / "temp", "evidence": self.folder / "evidence", "tips": self.folder / "tips",
        }  # fmt: skip
        found = self.secrets.found_in([self.root])
        return {
            (next((name for name, place in places.items() if Path(path).is_relative_to(place)), path), word, writing)
            for path, word, writing in found
        }

    def shell(self, script: str, **given: str) -> None:
        done = mingcha("--data", str(self.folder), "shell", "-c", script, WORD=WORD, **given)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def kept():
    """An instance that is served, spoken to and searched; it goes with everything in it."""
    root = Path(tempfile.mkdtemp(prefix="mingcha-test-"))
    root.chmod(0o711)
    folder, temp = begin_instance(root / "数据 目录"), root / "temp"
    temp.mkdir(mode=0o1777)
    place = told.furnish(folder)
    command = [sys.executable, "-m", "mingcha.config.cli", "--data", str(folder), "serve", "--port", "0"]
    environment = command_environment(TMPDIR=str(temp))
    with (root / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        line = next(line for line in process.stdout if "://" in line)
        receipts = spoken(line[line.index("http") :].strip(), folder)
        private = [keys_of(receipt, pepper=place.pepper).citizen.private for receipt in receipts]
        codes = [code for receipt in receipts for code in (receipt, receipt.replace("-", ""), receipt.lower())]
        yield Kept(root, folder, leaks.Secrets([WORD, *codes], [*place.private, *private]))
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(root, ignore_errors=True)


def spoken(url: str, folder: Path) -> list[str]:
    """Let citizens and officers say all that can be said; return the receipts."""
    citizen = told.Citizen(url)
    stories = (told.STORY, OTHERWISE, OTHERWISE, MEASURES)
    receipts = [citizen.tell(story, FILE if n < 2 else None) for n, story in enumerate(stories)]
    for receipt in receipts[:2]:
        citizen.act(citizen.come_back(receipt), "add", text=f"{WORD}补充", files=FILE)
        citizen.leave()
    at_the_desk(url)
    told.handle(folder, FIRST, receipts=receipts)
    page = citizen.act(citizen.come_back(receipts[0]), "object", text=f"{WORD}不同意")
    told.handle(folder, AFTER, receipts=receipts)
    page = citizen.browser.open("report/mine/")
    assert f"{WORD}再答复" in page.text
    citizen.act(page, "rate", value="fair", text=f"{WORD}评价")
    astray(citizen, receipts[0])
    return receipts


def at_the_desk(url: str) -> None:
    """Unlock at the second try, and read and write every report by the pages; the session stays open and unlocked."""
    officer = told.Officer(url, "intake")
    assert officer.unlock(f"{WORD}不是这个口令").status == 422
    assert officer.unlock().status == 200
    tips = officer.tips()
    assert len(tips) == 4
    for tip in tips:
        page = officer.browser.open(tip)
        assert WORD in page.text, page.text
        files = re.findall(rf"/({tip}files/[^\"]+)\"", page.text + officer.browser.open(f"{tip}identity/").text)
        for address in set(files):
            assert WORD.encode() in officer.browser.open(address).content
        for form in page.forms:
            if "text" in form.fields:
                officer.browser.send(form, text=f"{WORD}记录")


def astray(citizen: told.Citizen, receipt: str) -> None:
    """Say it where it does not belong: in an address, in a broken form, to a page that is not there, with a wrong code."""
    citizen.browser.open(f"report/back/?code={receipt}&text={quote(WORD)}")
    citizen.browser.open(f"report/{receipt}/")
    body = f'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n{WORD}{receipt}'.encode()
    for path in ("report/new/", "report/mine/add/", "report/nowhere/"):
        citizen.browser.post(path, body, "multipart/form-data; boundary=x")
        citizen.browser.post(path, body, "application/json")
    citizen.leave()
    citizen.come_back("0" * 20)


def test_nothing_that_was_said_is_kept_in_clear(kept):
    assert kept.searched() == set()


def test_what_is_planted_is_found_in_each_place_and_each_writing(kept):
    """Run after the search above: these stay."""
    written = list(leaks.encodings(f"前{WORD}后"))
    for name in ("log", "temp/leak", "evidence/leak", "tips/leak"):
        path = (kept.root if name in ("log", "temp/leak") else kept.folder) / name
        path.parent.mkdir(exist_ok=True)
        with path.open("ab") as file:
            file.write(b"\n".join(text for _, text in written))
    kept.shell(PLANT, WRITTEN=json.dumps([(name, text.hex()) for name, text in written]))
    found = {(place, writing) for place, word, writing in kept.searched() if word == WORD}
    names = {name for name, _ in written}
    for place in ("log", "temp", "evidence", "tips", "wal", "tables"):
        assert {name for where, name in found if where == place} == names, place
    # A dump writes bytes as hexadecimal figures and doubles what escapes; what stands in a session reads as it is.
    assert {name for where, name in found if where == "dump"} >= {"utf-8", "hex", "base64", "percent"}
