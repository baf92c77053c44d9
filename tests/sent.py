"""
Things that came by phone, made through the intake and the offices' own acts, for tests of what an office sees of them.

    submission = send(world.inspector, checklist, {"site_code": ""}, at=world.at)      held: nobody knows where
    submission = send(..., {"site_code": "NEW-1", "site_name": "演示路边店"}, ...)        taken: a place nobody knew
"""

from datetime import datetime
from typing import Any

from mingcha.flow.fieldwork.models import Submission
from mingcha.flow.rectifications import intake
from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.models import Person
from mingcha.ground.evidence.actions import Incoming
from mingcha.ground.rulebook.actions import checklists
from mingcha.ground.rulebook.models import Checklist
from mingcha.ground.territory.models import Body
from mingcha.kernel.checklists import workbooks
from tests.phones import filled

USUAL = {"mode": "overt", "q1": "pass", "outcome": "done", "feedback": "演示：已说明", "feedback_to": "值班负责人"}
QUESTIONS = (("judge", "演示：门口有人值守", ""), ("count", "演示：登记人数", ""), ("ask", "演示：向谁报告", ""))


def send(
    person: Person, checklist: Checklist, values: dict[str, str], *, files: dict[str, bytes] | None = None,
    findings: list[dict[str, str]] | None = None, at: datetime,
) -> Submission:  # fmt: skip
    """Send a form from a phone of this person's, and return what the house keeps of it."""
    intake.forget()
    _device, token = devices.add(person, label="演示手机", by=person, at=at)
    xml = filled(checklist, USUAL | values, findings=findings)
    receipt = intake.receive(intake.admit(token, at=at), xml=xml, files=incoming(files or {}), at=at)
    intake.forget()
    return Submission.objects.get(instance_id=receipt.instance)


def incoming(files: dict[str, bytes]) -> list[Incoming]:
    """Return files on their way in."""
    found = []
    for name, content in files.items():
        file = Incoming(name)
        file.write(content)
        found.append(file)
    return found


def workbook(form_id: str, *, version: str = "1", site_type: str = "", **more: Any) -> bytes:
    """Return a workbook with all conventions."""
    given = {"title": f"演示表 {form_id}", "questions": QUESTIONS} | more
    return workbooks.workbook(form_id=form_id, version=version, site_type=site_type, **given)


def general(form_id: str, *, keeper: Body, by: Person, at: datetime) -> Checklist:
    """Publish a form for any site."""
    return checklists.publish(workbook(form_id), keeper=keeper, by=by, at=at)
