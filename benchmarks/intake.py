"""
Submissions taken in: per second and p95 at 1, 8 and 32 phones, without and with a photo, and the CPU each costs.

    .venv/bin/python benchmarks/intake.py --generator openrosa_load.py --form inspection.xlsx [-n 2000]

The generator is any program with the options used below (it needs aiohttp); the form is what it fills in. Measured as
served by `mingcha demo`, with everything on: checking, visit, answers, findings, orders, messages, files, the act on
record and its sealing. PostgreSQL flushes every commit. In the same run two floors, both with 8 connections: a commit
of one row, and the intake's own statement without a server around it. Ratios compare across machines; rates do not.
Exit status 1 where a submission costs more CPU than 2.5 ms without and 4.5 ms with a photo, at 8 phones.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
GATES = {0: 2.5, 200: 4.5}  # KiB of photo → ms of CPU for each submission
FLOORS = """
import pathlib, sys, threading, time
from mingcha.config import house
with house.opened(sys.argv[1]):
    import psycopg
    from mingcha.doors.hall import clock
    from mingcha.config import dsn
    from mingcha.flow.rectifications import intake, intake_sql, intake_words
    from mingcha.kernel import checklists
    import os, uuid
    address, sample, token = os.environ["MINGCHA_DSN"], pathlib.Path(sys.argv[2]).read_bytes(), sys.argv[3]
    n, width = int(sys.argv[4]), 8
    carrier = intake.admit(token, at=clock.now())

    def words(k):
        instance = f"uuid:{uuid.uuid4()}".encode()
        xml = sample.replace(b"INSTANCE", instance).replace(b"S00001", b"S%05d" % (k % 99999))
        parsed = checklists.parse(xml)
        form = intake._form(parsed.form_id, parsed.version)
        reading = checklists.read(parsed, form.compiled)
        at = clock.now()
        return intake_words.words_of(carrier, intake._outing(carrier, reading, at=at), form, parsed, reading, [], xml, at=at)

    ready = [words(50000 + k) for k in range(n)]

    def rate(act):
        def work(k):
            with psycopg.connect(address, autocommit=True, prepare_threshold=1) as raw:
                barrier.wait()
                for i in range(k, n, width):
                    act(raw, i)
        barrier = threading.Barrier(width + 1)
        threads = [threading.Thread(target=work, args=(k,)) for k in range(width)]
        [t.start() for t in threads]; barrier.wait(); began = time.perf_counter(); [t.join() for t in threads]
        return n / (time.perf_counter() - began)

    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("CREATE TABLE bench_commit (id bigserial primary key, at timestamptz)")
    print(rate(lambda raw, i: raw.execute("INSERT INTO bench_commit (at) VALUES (now())", prepare=True)))
    run = intake_sql.STATEMENT
    print(rate(lambda raw, i: psycopg.RawCursor(raw).execute(run.sql, run.values(ready[i]), prepare=True)))
    with psycopg.connect(address, autocommit=True) as raw:
        raw.execute("DROP TABLE bench_commit")
"""


def mingcha(data: str, *arguments: str) -> str:
    """Run the command line to its end and return what it printed."""
    command = [sys.executable, "-m", "mingcha.config.cli", "--data", data, *arguments]
    return subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout


class Server:
    """The demo, served; `pids` are the roots of its process trees."""

    def __init__(self, data: str) -> None:
        command = [sys.executable, "-m", "mingcha.config.cli", "--data", data, "serve", "--port", "0"]
        self.process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = next(line[line.index("http") :].strip() for line in self.process.stdout if "http" in line)
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        postmaster = next(Path(data).rglob("postmaster.pid")).read_text().split()[0]
        self.pids = {"app": self.process.pid, "pg": int(postmaster)}

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def run(generator: str, server: Server, token: str, *, n: int, phones: int, photo: int) -> dict[str, object]:
    """Return what the generator measured."""
    cpu = [part for name, pid in server.pids.items() for part in ("--cpu", f"{name}={pid}")]
    command = [sys.executable, generator, "load", "--url", f"{server.url}submission", "--bearer", token, "-n", str(n),
               "-c", str(phones), "--run", f"b{phones}-{photo}-{time.time_ns()}", "--photo-kb", str(photo), *cpu]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def floors(data: str, generator: str, token: str, n: int) -> list[float]:
    """Return commits per second of one bare row, and of the intake's statement."""
    sample = Path(data) / "sample.xml"
    shown = subprocess.run([sys.executable, generator, "dump", "--run", "floor", "-i", "0"], capture_output=True,
                           text=True, check=True).stdout  # fmt: skip
    start, end = shown.index("<instanceID>") + 12, shown.index("</instanceID>")
    code = shown.index("<site_code>") + 11
    text = shown[:code] + "S00001" + shown[code + 6 : start] + "INSTANCE" + shown[end:]
    sample.write_text(text.strip(), "utf-8")
    command = [sys.executable, "-c", FLOORS, data, str(sample), token, str(n)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    return [float(line) for line in done.stdout.split()]


def main() -> int:
    """Measure, print one table, and say whether the gates hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--form", required=True)
    parser.add_argument("-n", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mingcha-bench-") as folder:
        os.chmod(folder, 0o711)
        data = f"{folder}/demo"
        mingcha(data, "demo", "--no-serve")
        mingcha(data, "forms", "publish", given.form, "--campaign", "demo")
        server = Server(data)
        token = json.loads(mingcha(data, "devices", "add", "--person", "inspector", "--json"))["token"]
        print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
        print(
            f"{'photo':>8} {'phones':>7} {'per s':>8} {'p50 ms':>8} {'p95 ms':>8} {'app ms':>8} {'pg ms':>7} {'CPU ms':>8}"
        )
        costs: dict[tuple[int, int], float] = {}
        rates: dict[tuple[int, int], float] = {}
        try:
            for photo in (0, 200):
                for phones in (1, 8, 32):
                    got = run(given.generator, server, token, n=given.n, phones=phones, photo=photo)
                    if got["errors"] or set(got["statuses"]) != {"201"}:
                        print(f"not all were taken: {got['statuses']} {got['errors']} {got['bad']}")
                        return 1
                    app, pg = (got["cpu_ms_per_submission"][name] for name in ("app", "pg"))
                    costs[photo, phones], rates[photo, phones] = app + pg, got["per_s"]
                    print(f"{photo:>4} KiB {phones:>7} {got['per_s']:>8} {got['p50_ms']:>8} {got['p95_ms']:>8} "
                          f"{app:>8.2f} {pg:>7.2f} {app + pg:>8.2f}", flush=True)  # fmt: skip
        finally:
            server.stop()
        commit, statement = floors(data, given.generator, token, given.n)
        print(f"floor, 8 connections: a commit of one row {commit:.0f}/s, the statement alone {statement:.0f}/s")
        print(
            f"intake at 8 phones: {rates[0, 8] / commit:.2f} × the bare commit, {rates[0, 8] / statement:.2f} × the statement"
        )
    over = {photo: costs[photo, 8] for photo, most in GATES.items() if costs[photo, 8] > most}
    print("gates: " + ("held" if not over else f"exceeded {over}"))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
