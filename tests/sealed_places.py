"""
What lies in the sealed room at every place, for the table of who may do what: a report that each office keeps, one with
a file, one that is offered to it, and its call. Nobody who asks has unlocked: what is theirs answers that it is locked.
"""

from pathlib import Path
from uuid import uuid4

from django.conf import settings

from mingcha.tips.actions import calls, handling, transfers
from tests import sealed
from tests.world import World, person

CALL = {"scope": "演示：受理范围", "ways": "演示：渠道", "promises": "演示：承诺", "until": None}


def stock(world: World, folder: Path) -> dict[str, dict[str, list[object]]]:
    """
    Return what each office has, by the names of tests/places.py; the directory of keys is written to the folder.

    The settings name the folder from then on: whoever calls overrides them first.
    """
    works = {"minxian": world.minxian, "zhangxian": world.zhangxian, "city": world.city, "abroad": world.abroad}
    room = sealed.room(world, settings=settings, folder=folder)
    found = {}
    # receiver → sender, who may look at it too: nobody who asks at this place
    offers = {"minxian": "city", "zhangxian": "city", "city": "abroad"}
    for name, work in works.items():
        office, at = work.office, world.at
        kept, _receipt = room.tip(office.body, county=office.body.division_id[:6])
        # Drafted by none of those who ask: another hand publishes it.
        drafter = person(f"drafter_{name}", "演示公告起草人", office.body, "intake", at=at)
        call = calls.draft(office=office.body, title="演示公告", **CALL, by=drafter, at=at)
        found[name] = {
            "tip": [kept.pk], "tip_writing": [kept.pk, "note"], "tip_file": [kept.pk, uuid4()], "tip_call": [call.pk],
        }  # fmt: skip
    for receiver, sender in offers.items():
        found[receiver]["tip_offer"] = [offered(room, works[sender].office, works[receiver].office).pk]
    # sender → receiver, in the same way
    sent = {"minxian": "abroad", "zhangxian": "abroad", "city": "abroad"}
    for sender, receiver in sent.items():
        found[sender]["tip_sent"] = [offered(room, works[sender].office, works[receiver].office).pk]
    return found


def offered(room, sender, receiver):
    """Offer an accepted tip of an office to another; return the offer."""
    at, by = room.world.at, sender.intake
    tip, _receipt = room.tip(sender.body, county=sender.body.division_id[:6])
    handling.accept(tip, key=room.unlocked(by), by=by, at=at)
    tip.refresh_from_db()
    return transfers.offer(
        tip, receiver=receiver.body, reason="演示：归你们管。", key=room.unlocked(by), by=by, at=at
    )  # fmt: skip
