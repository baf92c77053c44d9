"""
How long a newcomer waits: the first load of the demo, and every later start, beside what cannot be avoided.

    .venv/bin/python benchmarks/starting.py

The floor is measured in the same run: initdb and a first start of the bare PostgreSQL, and an interpreter that
imports Django and connects. Ratios compare across machines; seconds do not. Results are kept in results/.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
BARE = """
import pathlib, sys, django, psycopg
from mingcha.config.postgres import Cluster
pathlib.Path(sys.argv[1]).mkdir(exist_ok=True)
with Cluster(pathlib.Path(sys.argv[1])) as cluster:
    psycopg.connect(cluster.dsn()).close()
"""


def timed(*command: str, until: str = "") -> float:
    """Return the seconds until the command ends, or prints a line with `until` in it (then it is stopped)."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if until and until in line:
            spent = time.perf_counter() - began
            process.terminate()
            process.wait(30)
            return spent
    if process.wait() != 0:
        sys.exit(f"{command} failed")
    return time.perf_counter() - began


def main() -> None:
    """Measure and print one table."""
    with tempfile.TemporaryDirectory(prefix="mingcha-bench-") as folder:
        os.chmod(folder, 0o711)
        python, data, bare = sys.executable, f"{folder}/demo", f"{folder}/bare"
        mingcha = [python, "-m", "mingcha.config.cli", "--data", data]
        rows = {
            "bare first start (initdb, Django, connect)": timed(python, "-c", BARE, bare),
            "bare later start": min(timed(python, "-c", BARE, bare) for _ in range(3)),
            "demo: first load": timed(*mingcha, "demo", "--no-serve"),
            "demo: later start, until pages are answered": min(
                timed(*mingcha, "demo", "--port", "0", until="http://") for _ in range(3)
            ),
            "brief --json": min(timed(*mingcha, "brief", "--campaign", "demo", "--json") for _ in range(3)),
        }
    floors = {"demo: first load": "bare first start (initdb, Django, connect)"}
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    for name, seconds in rows.items():
        floor = rows[floors.get(name, "bare later start")]
        print(f"{name:<48} {seconds:7.2f} s   {seconds / floor:5.1f} × the bare start")


if __name__ == "__main__":
    main()
