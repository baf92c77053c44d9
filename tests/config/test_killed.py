"""kill -9 under load: what was acknowledged is there, byte for byte; sending it all again doubles nothing."""

import http.client
import json
import os
import signal
import threading
import time

import pytest

from tests.conftest import mingcha, start_serving
from tests.served import Sender, database_of, furnish, kill_nine

HELD = """
import hashlib, json
from mingcha.flow.fieldwork.models import Attachment, Submission, Visit
from mingcha.flow.findings.models import Finding, FindingPhoto
from mingcha.flow.rectifications.models import Rectification
from mingcha.ground.audit import queries as audit
from mingcha.ground.audit.models import Event
from mingcha.ground.evidence import queries as evidence
found = {}
for row in Submission.objects.all():
    file = Attachment.objects.get(submission=row).evidence
    counts = [
        Visit.objects.filter(submission=row).count(), Finding.objects.filter(visit__submission=row).count(),
        FindingPhoto.objects.filter(photo__evidence=file, finding__visit__submission=row).count(),
        Rectification.objects.filter(finding__visit__submission=row).count(),
        Event.objects.filter(key=row.instance_id, verb="submission.receive").count(),
    ]
    photo = hashlib.sha256(evidence.path(file.sha256).read_bytes()).hexdigest()
    found[row.instance_id] = [hashlib.sha256(row.xml.encode()).hexdigest(), photo, counts]
print("HELD", json.dumps([found, audit.verify().broken]))
"""
PHONES = 4


def load(sender):
    """Send from several phones at once until nobody answers; return the threads, who was told, and the statuses seen."""
    told, seen = {}, set()

    def phone(first):
        for n in range(first, 10_000, PHONES):
            try:
                status, said = sender.post(n)
            except (OSError, http.client.HTTPException):
                return
            seen.add(status)
            if status in (201, 202):
                told[n] = said

    threads = [threading.Thread(target=phone, args=[first]) for first in range(PHONES)]
    [thread.start() for thread in threads]
    return threads, told, seen


@pytest.fixture
def served(new_instance):
    """Start the server, again and again; whatever runs at the end is killed."""
    running = []

    def start():
        process, url = start_serving(new_instance)
        running[:] = [process]
        return process, url

    yield start
    for process in running:
        process.kill()
        process.wait(30)


def test_what_was_acknowledged_survives_and_what_is_sent_again_is_there_once(new_instance, served):
    house = furnish(new_instance)
    runs = []
    process, url = served()
    for run, postmaster in (("one", False), ("two", True)):
        threads, told, seen = load(Sender(house, url, run))
        wait_for(lambda told=told: len(told) > 20)
        kill_nine(process, new_instance, postmaster=postmaster)
        [thread.join(30) for thread in threads]
        process, url = served()
        again, most = Sender(house, url, run), max(told) + PHONES
        answers = {n: again.post(n) for n in range(most + 1)}
        # Who was told is known, and to the last byte: the receipt holds the hashes of what is on the disk.
        assert seen <= {201, 202, 503} and {answers[n][0] for n in told} == {202}
        assert all(digest in answers[n][1] for n in answers for digest in again.hashes(n))
        runs.append((again, most))
    recovers_when_only_the_database_dies(Sender(house, url, "three"), new_instance)
    runs.append((Sender(house, url, "three"), 39))
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    done = mingcha("--data", str(new_instance), "shell", "-c", HELD)
    held, broken = json.loads(done.stdout.split("HELD", 1)[1])
    expected = {s.instance(n): [*s.hashes(n), [1, 1, 1, 1, 1]] for s, most in runs for n in range(most + 1)}
    assert held == expected
    assert broken == []


def recovers_when_only_the_database_dies(sender, folder):
    """The server stays, says 503, and goes on by itself when the database is back."""
    os.kill(database_of(folder), signal.SIGKILL)
    seen, left = set(), set(range(40))
    deadline = time.monotonic() + 30
    while left and time.monotonic() < deadline:
        n = min(left)
        status, said = sender.post(n)
        seen.add(status)
        if status in (201, 202):
            left.discard(n)
        else:
            assert "稍后重发" in said
            time.sleep(0.1)
    assert not left and seen <= {201, 202, 503}


def wait_for(reached):
    deadline = time.monotonic() + 30
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert reached()
