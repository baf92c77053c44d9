"""
What the demo's rows say, printed as JSON: run in a process of its own on the demo's data folder.

Everything is read with the standing of one of the cast, as a page would, unless it is a fact about the house itself.
The newcomer's round is tried in a transaction that is rolled back.
"""

import hashlib
import json
import sys
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

from mingcha.config import house


def facts():
    """Return all facts the tests look at."""
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.ground.audit import queries as audit
    from mingcha.ground.audit.models import Event

    campaign = campaigns.by_slug("demo")
    verdict = audit.verify()
    return {
        "audit": {"sound": verdict.sound, "sealed": verdict.sealed, "tail": verdict.tail, "broken": verdict.broken},
        "events": Event.objects.count(),
        "out_of_order": out_of_order(),
        "tips": tips(),
        "offices": offices(campaign),
        "ledger": ledger(campaign),
        "orders": orders(),
        "lots": lots_replayed(campaign),
        "leaks": leaks(),
        "unmarked": unmarked(campaign),
        "personal": personal(),
        "rulebooks": rulebooks(campaign),
        "neighbour": sees("neighbour", campaign),
        "visits": visits(campaign),
        "newcomer": newcomers_round(campaign),
        "hash": state_hash(),
    }


def standing(username):
    from mingcha.config.demo.story import NOW
    from mingcha.ground.accounts import queries as accounts
    from mingcha.ground.accounts.models import Person

    return accounts.standing(Person.objects.get(username=username), at=NOW)


def offices(campaign):
    """What each office's rows alone would give, whatever it answers for; and who leads its teams."""
    from dataclasses import asdict

    from mingcha.config.demo.story import NOW
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.campaigns.models import Member
    from mingcha.flow.reports.queries import figures

    found = {}
    for office in campaigns.offices(campaign):
        leaders = Member.objects.filter(team__office=office.body, duty="leader", until=None).select_related("person")
        found[office.body.name] = {
            "counted": asdict(figures.counted(office, as_of=NOW)),
            # Of the leadership of the body that sends them; they may hold further posts there.
            "leaders": ["leader" for m in leaders if m.person.posts.filter(body=m.body, role="leader").exists()],
        }
    return found


def ledger(campaign):
    """The totals of 岷县 in the ledger as the lead office sees them, by each dimension."""
    from mingcha.config.demo.story import NOW
    from mingcha.flow.reports.queries import ledger as ledgers

    rows = ledgers.rows(campaign, ledgers.Filter(office="621126-jw"), to=standing("lead"), at=NOW)
    whole = ledgers.total(rows)
    sums = {d: sum(line.total.found for line in ledgers.totals(rows, d)) for d in ledgers.DIMENSIONS}
    cited = Counter(finding.item.edition.rulebook.name for finding in rows)
    return {
        "found": whole.found, "on_spot": whole.on_spot, "by_deadline": whole.by_deadline, "adds_up": whole.adds_up,
        "overdue": sum(row.late for row in rows), "by": sums, "cited": dict(cited),
        "kinds": sorted({f.item.text for f in rows if f.item.edition.rulebook.code == "minxian-wenti-leixing"}),
        "responsibilities": len({f.responsibility for f in rows}),
        "recurrences": [[f.site_id == f.recurrence_of.site_id, f.recurrence_of.number in f.description]
                        for f in rows if f.recurrence_of],
    }  # fmt: skip


def orders():
    """States by way; states of what `unit` owes; and whether any hand judged its own work."""
    from mingcha.flow.rectifications import queries
    from mingcha.flow.rectifications.models import Rectification, Review

    own_hand = [
        review.pk
        for review in Review.objects.select_related("rectification__finding")
        if review.by_id
        in {
            review.rectification.finding.noted_by_id,
            *review.rectification.replies.values_list("by_id", flat=True),
        }
    ]
    return {
        "states": dict(Counter(Rectification.objects.values_list("state", flat=True))),
        "unit": dict(Counter(order.state for order in queries.orders(to=standing("unit")))),
        "verdicts": dict(Counter(Review.objects.values_list("verdict", flat=True))),
        "own_hand": own_hand,
    }


def lots_replayed(campaign):
    """Every finished round, replayed from its published bundle against what was on record before the draw."""
    from mingcha.flow.draws.models import Round
    from mingcha.kernel import lots

    replayed = []
    for round in Round.objects.filter(campaign=campaign, state="revealed"):
        before = {
            "commitments": [party.commitment for party in round.parties.all()], "frame_hash": round.frame_hash,
            "root": round.root, "n": round.n,
        }  # fmt: skip
        lots.verify(round.bundle, published=before)
        replayed.append([round.office.name, round.number, round.unassigned])
    return replayed


def leaks():
    """Acts recorded before a list was opened that name a site of it; and sealed lists that hold readable codes."""
    from mingcha.flow.draws.models import SealedList
    from mingcha.flow.fieldwork.models import Stop
    from mingcha.ground.audit.models import Event

    found = []
    for sealed in SealedList.objects.select_related("round"):
        codes = list(Stop.objects.filter(inspection__list=sealed).values_list("site__code", flat=True))
        between = Event.objects.filter(at__gte=sealed.round.drawn_at, at__lt=sealed.opened_at)
        text = "\n".join(between.values_list("text", flat=True))
        found += [code for code in codes if f'"{code}"' in text or code.encode() in bytes(sealed.box)]
    return found


def out_of_order():
    """How often the record of acts steps back in time by more than the minutes of one visit."""
    from mingcha.ground.audit.models import Event

    # What the public hands in is on record by its day alone.
    times = list(Event.objects.exclude(actor="citizen").order_by("pk").values_list("at", flat=True))
    return sum((before - after).total_seconds() > 1800 for before, after in pairwise(times))


def tips():
    """How far the reports of the tip line have come, and whether the near copy is found in an unlocked session."""
    from django.conf import settings
    from django.db import transaction

    from mingcha.ground.accounts.models import Person
    from mingcha.tips import directory
    from mingcha.tips.actions import unlocking
    from mingcha.tips.models import Offer, RatingGiven, Tip
    from mingcha.tips.queries import likeness

    held = json.loads((Path(sys.argv[1]) / "demo-passphrases.json").read_text("ascii"))["passphrases"]
    intake = Person.objects.get(username="intake")
    with transaction.atomic():
        key = unlocking.unlock(passphrase=held["intake"], by=intake, at=settings.MINGCHA_NOW)
        transaction.set_rollback(True)
    first = Tip.objects.get(office="621126-jw", number=1)
    found = likeness.candidates(first, private=key.tip_key(first), key=key)
    return {
        "states": dict(Counter(Tip.objects.values_list("state", flat=True))),
        "kinds": dict(Counter(Tip.objects.values_list("kind", flat=True))),
        "offered_to": list(Offer.objects.filter(state="offered").values_list("receiver", flat=True)),
        "rated": list(RatingGiven.objects.values_list("value", flat=True)),
        "alike": [round(float(each.share), 2) for each in found],
        "receiving": sorted(directory.offices()),
    }


def texts():
    """Every text of the demo that somebody is said to have typed, or that names something made up."""
    from mingcha.flow.fieldwork.models import Answer, Photo, Visit
    from mingcha.flow.findings.models import Finding
    from mingcha.flow.rectifications.models import Rectification, Reply, Review
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.evidence.models import Evidence
    from mingcha.ground.territory.models import Body, Site

    columns = [
        (Answer, "said"), (Photo, "caption"), (Visit, "reason"), (Visit, "feedback"), (Finding, "description"),
        (Finding, "withdrawn_reason"), (Rectification, "requirement"), (Reply, "measures"), (Review, "reason"),
        (Person, "name"), (Evidence, "name"), (Site, "name"), (Site, "address"),
    ]  # fmt: skip
    for model, column in columns:
        for text in model.objects.exclude(**{column: ""}).values_list(column, flat=True):
            yield model.__name__, text
    for name in Body.objects.exclude(kind="office").values_list("name", flat=True):
        yield "Body", name


def unmarked(campaign):
    """Made-up texts without the mark."""
    return sorted({f"{kind}: {text}" for kind, text in [*texts(), ("Campaign", campaign.name)] if "演示" not in text})


def personal():
    """Texts in which the detector sees a resident's data; questions of the checklists included."""
    from mingcha.ground.rulebook.models import Question
    from mingcha.kernel import privacy

    typed = [text for _, text in texts()] + list(Question.objects.values_list("text", flat=True))
    return sorted({text for text in typed if privacy.detect(text)})


def rulebooks(campaign):
    """Each catalogue in force: declared, listed and recorded items, completeness."""
    from mingcha.flow.campaigns import queries as campaigns

    return {
        edition.rulebook.name: [
            edition.declared, edition.items.count(), edition.recorded, edition.completeness,
            [item.text for item in edition.items.order_by("position") if item.text],
        ]
        for edition in campaigns.editions(campaign)
    }  # fmt: skip


def sees(username, campaign):
    """How many rows of others one of the cast sees."""
    from mingcha.flow.draws import queries as draws
    from mingcha.flow.fieldwork import queries as fieldwork
    from mingcha.flow.findings import queries as findings
    from mingcha.flow.rectifications import queries as rectifications

    to = standing(username)
    return {
        "rounds": draws.rounds(to=to, campaign=campaign).count(),
        "visits": fieldwork.visits(to=to, campaign=campaign).count(),
        "findings": findings.visible(to=to).count(),
        "orders": rectifications.orders(to=to).count(),
    }


def visits(campaign):
    """How visits went, and the pairs of counts that differ."""
    from mingcha.flow.fieldwork.models import Visit
    from mingcha.flow.reports.queries import gaps

    made = Visit.objects.filter(inspection__campaign=campaign)
    return {
        "modes": dict(Counter(made.values_list("mode", flat=True))),
        "outcomes": dict(Counter(made.values_list("outcome", flat=True))),
        "unfinished": made.filter(state="begun").count(),
        "gaps": gaps.largest(campaign, to=standing("lead")).count(),
        "cast": made.filter(inspection__team__members__person__username="inspector").count(),
    }


def newcomers_round(campaign):
    """Draw what is left to the newcomer, look at the list of the cast's team, and take it all back."""
    from django.db import transaction

    from mingcha.config.demo.minxian import SEAT
    from mingcha.config.demo.story import NOW
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.draws import actions as draws
    from mingcha.flow.draws import queries
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.territory.models import Site, SiteType

    county, inspector, lead = (Person.objects.get(username=name) for name in ("county", "inspector", "lead"))
    (round,) = (r for r in queries.rounds(to=standing("county"), campaign=campaign) if r.state == "begun")
    with transaction.atomic():
        kinds = list(SiteType.objects.filter(name__in=[kind for kind, _ in SEAT]).values_list("code", flat=True))
        teams = [team for team in campaigns.teams_of(campaign) if team.office_id == round.office_id]
        plan = draws.Plan(n=3, day=date(2021, 10, 27), departs_at=NOW, teams=teams, site_types=kinds, sharing="lot")
        size = draws.freeze(round, plan=plan, by=county, at=NOW)
        for by in (county, lead):
            draws.deposit(round, by=by, at=NOW)
        draws.announce(round, value="123456123456", by=county, at=NOW)
        draws.agree(round, value="123456123456", by=lead, at=NOW)
        (sealed,) = queries.my_lists(inspector).filter(round=round)
        codes = draws.open_list(sealed, by=inspector, at=NOW)
        answering = set(Site.objects.filter(code__in=codes).values_list("body__name", flat=True))
        transaction.set_rollback(True)
    return {"number": round.number, "size": size, "drawn": len(codes), "answering": sorted(answering)}


def state_hash():
    """One hash over all events' texts: any act changes it."""
    from mingcha.ground.audit.models import Event

    return hashlib.sha256("\n".join(Event.objects.order_by("pk").values_list("text", flat=True)).encode()).hexdigest()


if __name__ == "__main__":
    with house.opened(sys.argv[1]):
        print(json.dumps(facts(), ensure_ascii=False))
