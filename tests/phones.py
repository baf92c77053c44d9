"""
A phone of the tests: it fills in a published form as a person would, and speaks OpenRosa without our own app.

    phone = Phone.of(client, person)            a token of its own
    xml = filled(checklist, {"q1": "pass"}, findings=[{"description": "…"}])
    phone.send(xml, {"p-1.jpg": JPEG})
"""

import copy
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from mingcha.ground.accounts.actions import devices
from mingcha.ground.accounts.models import Device, Person
from mingcha.ground.rulebook.models import Checklist

XFORMS = "{http://www.w3.org/2002/xforms}"
TEMPLATE = "{http://openrosa.org/javarosa}template"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\x00" * 40 + bytes.fromhex("ffd9")


def filled(
    checklist: Checklist, values: dict[str, str], *, findings: list[dict[str, str]] | None = None, instance: str = ""
) -> bytes:
    """
    Return an instance of the form with these values by node name, and one `findings` element for each dict.

    What is not named stays as the form has it. `instance` is the instance ID, else a new one.
    """
    model = etree.fromstring(checklist.xform.encode()).find(f".//{XFORMS}instance")
    data = copy.deepcopy(model[0])
    for repeat in [node for node in data.iter() if local(node) == "findings" and len(node)]:
        parent, place = repeat.getparent(), repeat.getparent().index(repeat)
        parent.remove(repeat)
        if TEMPLATE in repeat.attrib or (findings and not any(local(n) == "findings" for n in parent)):
            for offset, found in enumerate(findings or []):
                one = copy.deepcopy(repeat)
                one.attrib.pop(TEMPLATE, None)
                write(one, found)
                parent.insert(place + offset, one)
    write(data, values)
    next(node for node in data.iter() if local(node) == "instanceID").text = instance or f"uuid:{uuid.uuid4()}"
    etree.cleanup_namespaces(data)
    return etree.tostring(data)


def write(within: Any, values: dict[str, str]) -> None:
    """Set the text of the nodes that carry these names; a name the form lacks is a mistake of the test."""
    for name, value in values.items():
        nodes = [node for node in within.iter() if local(node) == name]
        assert nodes, name
        nodes[0].text = value


def local(node: Any) -> str:
    """Return an element's name without its namespace."""
    return etree.QName(node).localname


@dataclass
class Phone:
    """A phone with a token: `send` posts a submission."""

    client: Any
    device: Device
    token: str

    @classmethod
    def of(cls, client: Any, person: Person, *, at: datetime) -> "Phone":
        """Give a person a phone."""
        device, token = devices.add(person, label="演示手机", by=person, at=at)
        return cls(client, device, token)

    def send(self, xml: bytes, files: dict[str, bytes] | None = None, **headers: str) -> Any:
        """Post a submission with its files and return the answer."""
        parts = {"xml_submission_file": SimpleUploadedFile("s.xml", xml, "text/xml")}
        parts |= {name: SimpleUploadedFile(name, content, "image/jpeg") for name, content in (files or {}).items()}
        shown = {"HTTP_AUTHORIZATION": f"Bearer {self.token}", "HTTP_X_OPENROSA_VERSION": "1.0", **headers}
        return self.client.post("/submission", parts, **shown)

    def get(self, address: str) -> Any:
        """Fetch something with the token."""
        return self.client.get(address, HTTP_AUTHORIZATION=f"Bearer {self.token}", HTTP_X_OPENROSA_VERSION="1.0")
