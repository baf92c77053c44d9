"""The shipped catalogues and checklists, published for the demo by the lead office."""

from datetime import datetime

from mingcha.config.demo.counties import MINXIAN
from mingcha.config.demo.stage import LEAD, Stage
from mingcha.ground.rulebook import queries as shipping
from mingcha.ground.rulebook.actions import catalogues as rulebook
from mingcha.ground.rulebook.actions.catalogues import NewItem
from mingcha.ground.rulebook.models import Edition

# A county's own catalogue is kept by the county; the others by the lead office.
KEPT_BY = {"minxian-wenti-leixing": MINXIAN}


def publish_rulebooks(stage: Stage, at: datetime) -> list[Edition]:
    """Publish the first edition of each shipped catalogue and return them."""
    editions = []
    for book in shipping.shipped("rulebooks")["rulebook"]:
        county = KEPT_BY.get(book["code"])
        by = stage.people[county.officer if county else "lead"]
        kept = rulebook.register(
            code=book["code"], name=book["name"], issuer=book["issuer"],
            keeper=stage.office(county.office if county else LEAD), by=by, at=at,
        )  # fmt: skip
        marked = book.get("removal_first", False)
        items = [NewItem(i.get("number", ""), i.get("category", ""), i.get("text", ""), marked) for i in book["items"]]
        edition = rulebook.publish(
            kept, items=items, issued_on=book["issued_on"], source=book["source"], declared=book["declared"],
            note=book["note"], by=by, at=at,
        )  # fmt: skip
        editions.append(edition)
    return editions
