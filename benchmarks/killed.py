"""
kill -9 under load: what a phone was told has been received is there, byte for byte, and sending again doubles nothing.

    .venv/bin/python benchmarks/killed.py --generator openrosa_load.py --form inspection.xlsx [--rounds 20]

Each round, on one and the same data folder, flushed as in service:

1. Serve, and send from eight phones at once, each submission with a photo; every acknowledgement is noted.
2. At a random moment kill -9 the server and all its processes. By turns the database's keeper is left alive or killed
   with it, and in every fourth round the database server (postmaster) is killed, too.
3. Start again, count what was acknowledged and is missing: words and files, hashed anew from the disk.
4. Send the whole run again. Every instance must be there exactly once, as one visit with its findings, orders and file.

At the end the record of acts is verified. The generator is any program with the options used below (it needs aiohttp);
it is also asked, as a module, what it has sent (instance_id, instance_xml, photo_bytes). Exit status 1 where anything
is missing, doubled or unsound.
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
PHONES, PHOTO = 8, 20  # at once; KiB
STARTS = 5
HELD = """
import hashlib, json, sys
from mingcha.config import house
with house.opened(sys.argv[1]):
    from mingcha.flow.fieldwork.models import Attachment, Submission, Visit
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.rectifications.models import Rectification
    from mingcha.ground.audit.models import Event
    from mingcha.ground.evidence import queries as evidence
    found = {}
    for row in Submission.objects.filter(instance_id__in=json.load(sys.stdin)):
        visits = Visit.objects.filter(submission=row).values("pk")
        files = [
            (each.name, hashlib.sha256(evidence.path(each.evidence.sha256).read_bytes()).hexdigest())
            for each in Attachment.objects.filter(submission=row).select_related("evidence")
        ]
        counts = (
            len(visits), Finding.objects.filter(visit__in=visits).count(),
            Rectification.objects.filter(finding__visit__in=visits).count(),
            Event.objects.filter(kind="submission", key=row.instance_id, verb="submission.receive").count(),
        )
        found[row.instance_id] = (row.sha256, hashlib.sha256(row.xml.encode()).hexdigest(), files, counts)
    print(json.dumps(found))
"""


def mingcha(data: str, *arguments: str) -> str:
    """Run the command line to its end and return what it printed."""
    command = [sys.executable, "-m", "mingcha.config.cli", "--data", data, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout


def tree(pid: int) -> Iterator[tuple[int, str]]:
    """Yield every process below this one, and itself last, with its command line."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.setdefault(int(status.read_text().rsplit(")", 1)[1].split()[1]), []).append(int(status.parent.name))
    for child in parents.get(pid, []):
        yield from tree(child)
    with contextlib.suppress(OSError):
        yield pid, Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


class Server:
    """`mingcha serve` on a free port; `starts` says how often it had to be started."""

    def __init__(self, data: str) -> None:
        self.data, self.starts = data, 0
        while self.starts < STARTS:
            self.starts += 1
            command = [sys.executable, "-m", "mingcha.config.cli", "--data", data, "serve", "--port", "0"]
            self.process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
            assert self.process.stdout is not None
            self.url = next((line[line.index("http") :].strip() for line in self.process.stdout if "http" in line), "")
            if self.url:
                threading.Thread(target=self.process.stdout.read, daemon=True).start()
                return
            self.process.wait()
        raise SystemExit(f"the server did not start in {STARTS} attempts")

    def kill(self, *, keeper: bool, postmaster: bool) -> None:
        """kill -9, the parent first, so that nobody is left to look after the others."""
        database = int(next(Path(self.data).rglob("postmaster.pid")).read_text().split()[0])
        doomed = {pid: line for pid, line in tree(self.process.pid)}
        theirs = {pid for pid, _ in tree(database)}
        for pid, line in reversed(doomed.items()):
            if pid not in theirs and (keeper or "keeper.py" not in line):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if postmaster:
            os.kill(database, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it in the ordinary way."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


class Load:
    """The generator, as a program that sends and as a module that says what it has sent."""

    def __init__(self, generator: str, token: str, n: int) -> None:
        self.path, self.token, self.n = generator, token, n
        spec = importlib.util.spec_from_file_location("generator", generator)
        assert spec is not None and spec.loader is not None
        self.module: ModuleType = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.module)

    def start(self, url: str, run: str, *more: str) -> "subprocess.Popen[str]":
        """Send the run."""
        command = [sys.executable, self.path, "load", "--url", f"{url}submission", "--bearer", self.token]
        command += [
            "-n",
            str(self.n),
            "-c",
            str(PHONES),
            "--run",
            run,
            "--photo-kb",
            str(PHOTO),
            "--warmup",
            "0",
            *more,
        ]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result(self, process: "subprocess.Popen[str]") -> dict[str, Any]:
        """Return what it measured."""
        found: dict[str, Any] = json.loads(process.communicate()[0].strip().splitlines()[-1])
        return found

    def sent(self, run: str) -> dict[str, tuple[str, dict[str, str]]]:
        """Return {instance: (hash of the words, {file: hash})} of a run."""
        given = argparse.Namespace(
            run=run, photos=1, photo_kb=PHOTO, findings=2, template_text=None, form_id="inspection",
            form_version="2026112301",
        )  # fmt: skip
        found = {}
        for i in range(self.n):
            xml, photos = self.module.instance_xml(given, i)
            files = {name: _hash(self.module.photo_bytes(run, i, k, PHOTO)) for k, name in enumerate(photos)}
            found[self.module.instance_id(run, i)] = (_hash(xml), files)
        return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def held(data: str, instances: list[str]) -> dict[str, Any]:
    """Return what the house holds of these."""
    command = [sys.executable, "-c", HELD, data]
    done = subprocess.run(
        command, env=ENVIRONMENT, input=json.dumps(instances), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def missing(sent: dict[str, tuple[str, dict[str, str]]], found: dict[str, Any]) -> list[str]:
    """Return which of these are not there in full."""
    return [
        instance for instance, (words, files) in sent.items()
        if instance not in found or found[instance][:2] != [words, words] or dict(found[instance][2]) != files
    ]  # fmt: skip


def doubled(found: dict[str, Any]) -> list[str]:
    """Return which of these left other rows than one visit, two findings, two orders, one act on record, one file."""
    return [each for each, row in found.items() if row[3] != [1, 2, 2, 1] or len(row[2]) != 1]


def round_of(load: Load, server: Server, number: int) -> tuple[Server, bool]:
    """Play one round; print its line; return the server that runs now, and whether all held."""
    run, data = f"killed-{number}-{time.time_ns()}", server.data
    keeper, postmaster = number % 2 == 0, number % 4 == 0
    with tempfile.NamedTemporaryFile("r", prefix="acks-") as acks:
        sending = load.start(server.url, run, "--acks", acks.name, "--max-errors", str(PHONES))
        while sending.poll() is None and not os.path.getsize(acks.name):
            time.sleep(0.01)
        wait = random.uniform(0, 2)
        time.sleep(wait)
        server.kill(keeper=keeper, postmaster=postmaster)
        load.result(sending)
        told = acks.read().split()
    server = Server(data)
    sent = load.sent(run)
    lost = missing({each: sent[each] for each in told}, held(data, told))
    again = load.result(load.start(server.url, run))
    found = held(data, list(sent))
    short, twice = missing(sent, found), doubled(found)
    unanswered = set(again["statuses"]) - {"201", "202"} or again["errors"]
    killed = "server" + (" + keeper" if keeper else "") + (" + postmaster" if postmaster else "")
    print(
        f"{number:>5}  {killed:<30}{wait:>7.2f} {len(told):>12} {len(lost):>8} {again['statuses'].get('201', 0):>8} "
        f"{again['statuses'].get('202', 0):>8} {len(short):>8} {len(twice):>8} {server.starts:>7}", flush=True,
    )  # fmt: skip
    if unanswered:
        print(f"not all were answered when sent again: {again['statuses']} {again['errors']} {again['bad']}")
    return server, not (lost or short or twice or unanswered)


def main() -> int:
    """Play the rounds, print one table, and say whether anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--form", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("-n", type=int, default=1000, help="submissions of one run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingcha-bench-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o711)
        data = f"{folder}/demo"
        mingcha(data, "demo", "--no-serve")
        mingcha(data, "forms", "publish", given.form, "--campaign", "demo")
        server = Server(data)
        token = json.loads(mingcha(data, "devices", "add", "--person", "inspector", "--json"))["token"]
        load, good = Load(given.generator, token, given.n), []
        print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
        print(f"{'round':>5}  {'killed':<30}{'after s':>7} {'acknowledged':>12} {'missing':>8}   then sent again:")
        print(f"{'':>66}{'new':>8} {'known':>8} {'missing':>8} {'doubled':>8} {'starts':>7}")
        try:
            for number in range(1, given.rounds + 1):
                server, held_ = round_of(load, server, number)
                good.append(held_)
        finally:
            server.stop()
        verdict = subprocess.run(
            [sys.executable, "-m", "mingcha.config.cli", "--data", data, "audit", "verify"],
            env=ENVIRONMENT,
            check=False,
        )
    chain = "broken" if verdict.returncode else "sound"
    print(f"{sum(good)} of {given.rounds} rounds held; the record of acts is {chain}")
    return 0 if all(good) and not verdict.returncode else 1


if __name__ == "__main__":
    sys.exit(main())
