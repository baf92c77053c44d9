"""
What the demo's rows say of the ranks, printed as JSON: run in a process of its own on the demo's data folder.

Read as `demo_facts.py` reads: with the standing of one of the cast where it is about what somebody sees.
"""

import json
import sys
from collections import Counter
from itertools import pairwise

from demo_facts import standing  # lies beside this script

from mingcha.config import house


def facts():
    """Return all facts the tests look at."""
    from mingcha.flow.campaigns import queries as campaigns

    campaign = campaigns.by_slug("demo")
    return {
        "mechanism": mechanism(), "people": people(), "calls": calls(campaign), "teams": teams(campaign),
        "relieved": relieved(), "joint": joint(campaign), "left": left(), "recusals": recusals(), "tied": tied(),
        "links": links(), "notes": notes(), "embedded": embedded(), "merged": merged(), "waiting": waiting(campaign),
        "unmarked": unmarked(), "personal": personal(),
    }  # fmt: skip


def clock(moment):
    from mingcha.config.demo.agenda import OFFICE_TIME

    return moment.astimezone(OFFICE_TIME).strftime("%d %H:%M") if moment else None


def mechanism():
    from mingcha.ground.territory import queries as territory

    found = territory.mechanism("6211")
    return {
        "name": found.name,
        "formula": territory.formula(found),
        "tiers": {tier.kind: tier.size for tier in territory.tiers(found)},
        "hosts": sorted(
            b.host.name for tier in found.tiers.filter(kind="group") for b in territory.in_tier(tier) if b.host
        ),
    }


def people():
    """Townships nobody serves; people with several current posts; acting posts with an end; who has a password."""
    from mingcha.config.demo.story import NOW
    from mingcha.flow.campaigns.models import Member
    from mingcha.ground.accounts.models import Person, Post
    from mingcha.ground.accounts.queries import current_posts
    from mingcha.ground.territory.models import Body

    today = NOW.date()
    served = set(current_posts(today).values_list("body", flat=True))
    offices = Body.objects.filter(kind="township_office")
    several = Counter(current_posts(today).values_list("person__username", flat=True))
    led = Post.objects.filter(role="leader", until=None)
    return {
        "ready_to_lead": sorted(
            led.exclude(person__in=Member.objects.filter(until=None).values("person"))
            .values_list("body", flat=True)
            .distinct()
        ),
        "unserved": sorted(set(offices.values_list("code", flat=True)) - served),
        "several": sorted(name for name, count in several.items() if count > 1),
        "acting": sorted(Post.objects.filter(capacity="acting").values_list("person__username", flat=True)),
        "sign_in": sorted(p.username for p in Person.objects.all() if p.has_usable_password()),
        "villages": sorted(set(Body.objects.filter(kind="village_supervisors").values_list("division", flat=True))),
    }


def calls(campaign):
    """Each call from the first: when, what was needed, who answered how and when, who was sent where."""
    from mingcha.flow.campaigns import queries
    from mingcha.flow.campaigns.models import Member

    told = []
    for call in queries.calls(to=standing("lead"), campaign=campaign).order_by("number"):
        called = list(call.called.select_related("body"))
        sent = [o for o in call.offers.select_related("person", "need") if o.state == "assigned"]
        told.append({
            "made": clock(call.made_at), "state": call.state, "issuer": call.issuer.name,
            "needs": [[n.division_id, n.skill, n.people, n.assigned] for n in queries.needs(call)],
            "kinds": sorted({c.body.kind for c in called}),
            "unanswered": sorted(c.body_id for c in called if c.answered_at is None),
            "nobody": sorted(c.body_id for c in called if c.answered_at and not call.offers.filter(body=c.body).exists()),
            "late": sorted(c.body_id for c in called if c.answered_at and c.answered_at > call.reply_by),
            "last_in_time": clock(max(c.answered_at for c in called if c.answered_at and c.answered_at <= call.reply_by)),
            "sent": len(sent), "free": call.offers.filter(state="offered").count(),
            "in_teams": sum(
                Member.objects.filter(
                    person=o.person, body=o.body, team__office__division=o.need.division, team__campaign=campaign
                ).exists()
                for o in sent
            ),
        })  # fmt: skip
    return told


def teams(campaign):
    """Duties and equipment of the counties' teams, and whether anybody was ever in two places at once."""
    from mingcha.flow.campaigns.models import Member, Team

    rows = []
    for team in Team.objects.filter(campaign=campaign).exclude(office__code__startswith="6211-"):
        duties = Counter(m.duty for m in team.present)
        own = [s.township_id for s in team.stretch.all()]
        at_home = any(m.body.division_id in own for m in team.present if m.body.kind == "township_office")
        rows.append([team.office_id, duties["leader"], duties["liaison"], bool(team.base and team.vehicle), at_home])
    spans = {}
    for member in Member.objects.order_by("person", "since"):
        spans.setdefault(member.person_id, []).append(member)
    overlaps = [
        a.pk for held in spans.values() for a, b in pairwise(held) if a.until is None or a.until > b.since
    ]  # fmt: skip
    senders = Member.objects.filter(team__office="621123-jw").values_list("body__kind", flat=True)
    return {"rows": rows, "overlaps": overlaps, "weiyuan": sorted(set(senders))}


def relieved():
    """The member replaced in the field: when, in which outing, and who made its visits before and after."""
    from mingcha.flow.campaigns.models import Member
    from mingcha.flow.fieldwork.models import Inspection

    gone = Member.objects.get(team__office="621102-jw", until__isnull=False)
    outing = Inspection.objects.get(team=gone.team, departed_at__lt=gone.until, returned_at__gt=gone.until)
    visits = list(outing.visits.order_by("begun_at"))
    come = Member.objects.get(team=gone.team, since=gone.until, until=None)
    return {
        "at": clock(gone.until), "reason": gone.left_reason, "came": come.person.username, "left": gone.person.username,
        "before": sorted({v.begun_by.username for v in visits if v.begun_at < gone.until}),
        "after": sorted({v.begun_by.username for v in visits if v.begun_at > gone.until}),
    }  # fmt: skip


def joint(campaign):
    """The joint team: who takes part, and how many of its visits each of them sees."""
    from mingcha.flow.campaigns.models import TeamBody
    from mingcha.flow.fieldwork import queries as fieldwork

    (team,) = {row.team for row in TeamBody.objects.select_related("team")}
    seers = ("lead", "demo-jtj-officer01", "demo-lintao-officer", "group", "neighbour", "county")
    return {
        "office": team.office.name, "bodies": sorted(row.body_id for row in team.joint.all()),
        "senders": sorted({m.body_id for m in team.present}),
        "visits": fieldwork.visits(to=standing("lead"), campaign=campaign).filter(inspection__team=team).count(),
        "seen": {who: fieldwork.visits(to=standing(who)).filter(inspection__team=team).count() for who in seers},
    }  # fmt: skip


def left():
    """The hand-over: what the leaver owed, whether any post or place is left to them, and what the successor has now."""
    from mingcha.config.demo.story import NOW
    from mingcha.flow.campaigns.models import Member
    from mingcha.flow.successions.models import Succession
    from mingcha.ground.accounts.models import Link
    from mingcha.ground.accounts.queries import current_posts

    (made,) = Succession.objects.all()
    today, new, old = NOW.date(), made.successor, made.person
    return {
        "at": clock(made.at), "kinds": sorted({h.kind for h in made.handed.all()}),
        "to_nobody": [h.name for h in made.handed.all() if h.to is None],
        "posts": [current_posts(today).filter(person=p).count() for p in (old, new)],
        "acting": sorted({p.capacity for p in current_posts(today).filter(person=new)}),
        "leads": [Member.objects.filter(person=p, duty="leader", until=None).count() for p in (old, new)],
        "links": [Link.objects.filter(person=p, until=None).count() for p in (old, new)],
    }  # fmt: skip


def recusals():
    """Every recusal: how it came about, where it stands, by whom it was or will be ruled."""
    from mingcha.ground.accounts.models import Recusal

    return [
        [r.state, r.person.username, r.asked_by_id or "", r.ruled_in_id or "", r.ruled_by.username if r.ruled_by else ""]
        for r in Recusal.objects.order_by("pk")
    ]  # fmt: skip


def tied():
    """Who opened a list, went to a site or judged an order that they must stay away from; and how often it bit."""
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.draws.models import SealedList
    from mingcha.flow.fieldwork.models import Inspection
    from mingcha.flow.rectifications import queries as rectifications
    from mingcha.flow.rectifications.models import Review
    from mingcha.ground.accounts import ties

    reached = []
    for outing in Inspection.objects.exclude(list=None):
        people = {m.person_id for m in campaigns.members_at(outing.team, outing.departed_at)}
        found = ties.ties(people, at=outing.departed_at)
        for stop in outing.stops.select_related("site"):
            if found.any_between(people, ties.subject_of(stop.site)):
                reached.append(stop.site.code)
    judged = [r.pk for r in Review.objects.all() if rectifications.tie(r.rectification, r.by, at=r.at)]
    return {"reached": reached, "judged": judged, "barred": sum(bool(s.barred) for s in SealedList.objects.all())}


def links():
    """How many links by kind of holder, and leaders linked to a township of their own team's stretch."""
    from mingcha.flow.campaigns.models import Member
    from mingcha.ground.accounts.models import Link

    held = Link.objects.filter(until=None).select_related("holder", "division")
    inside = [
        link.pk for link in held.exclude(person=None)
        if Member.objects.filter(person=link.person, team__stretch__township=link.division).exists()
    ]  # fmt: skip
    targets = Counter("body" if x.body_id else "site" if x.site_id else x.division.level for x in held)
    return {"holders": Counter(x.holder.kind for x in held), "targets": targets, "inside": inside}


def notes():
    """Each note: number, whether by link, who is late, who has not opened it, questions answered and open."""
    from mingcha.config.demo.story import NOW
    from mingcha.flow.guidance import queries
    from mingcha.flow.guidance.models import Note

    told = []
    for note in Note.objects.select_related("about").order_by("sent_at"):
        recipients = list(queries.recipients(note))
        opened = {r.body.pk for r in queries.readers(note, at=NOW) if r.read}
        told.append({
            "number": str(note), "issuer": note.issuer_id, "kind": note.kind, "reply": note.reply_by is not None,
            "about": str(note.about) if note.about else "", "via": {r.body_id: r.via for r in recipients if r.via},
            "late": [r.body_id for r in recipients if note.reply_by and r.replied_at and r.replied_at > note.reply_by],
            "unread": [r.body_id for r in recipients if r.body_id not in opened],
            "answered": note.questions.exclude(answered_at=None).count(),
            "open": note.questions.filter(answered_at=None).count(),
        })  # fmt: skip
    return told


def embedded():
    """The groups' records, and what came of the one that ended in a check."""
    from mingcha.flow.fieldwork import queries
    from mingcha.flow.rectifications.models import Rectification

    rows = list(queries.embedded(to=standing("lead")))
    (checked,) = (row for row in rows if row.visit)
    order = Rectification.objects.get(finding__visit=checked.visit)
    return {
        "kinds": sorted({row.kind for row in rows}), "hosts": sorted({row.host_id for row in rows}),
        "drawn": checked.visit.drawn, "office": order.finding.office_id, "body": order.body_id, "state": order.state,
        "own": queries.embedded(to=standing("group")).count(), "of": len(rows),
        "neighbour": queries.embedded(to=standing("neighbour")).count(),
    }  # fmt: skip


def merged():
    """What was merged with what, and that the register has moved."""
    from mingcha.ground.territory.models import Body, Site

    (body,) = Body.objects.exclude(merged_into=None)
    (site,) = Site.objects.exclude(merged_into=None)
    return {
        "body": [body.name, body.merged_into.name], "site": [site.code, site.merged_into.code], "active": site.active,
        "answers": site.body_id == body.merged_into_id,
    }  # fmt: skip


def waiting(campaign):
    """What waits for each of the cast at the demo's hour."""
    from mingcha.config.demo.story import NOW
    from mingcha.flow.campaigns import queries as campaigns
    from mingcha.flow.guidance import queries as guidance
    from mingcha.flow.rectifications import queries as rectifications
    from mingcha.ground.accounts import queries as accounts

    found = {}
    for who in ("lead", "county", "group", "township", "village"):
        to = standing(who)
        tonight = guidance.inbox(to=to, at=NOW).filter(unread=True, note__reply_by__gt=NOW)
        found[who] = {
            "calls": campaigns.unanswered(to=to).count(), "short": sum(count for _, count in campaigns.short(to=to)),
            "notes": tonight.count(), "questions": guidance.open_questions(to=to).count(),
            "rulings": accounts.to_rule(to=to, at=NOW).count(), "orders": rectifications.orders(to=to).count(),
            "campaigns": campaigns.visible(to).filter(pk=campaign.pk).count(),
        }  # fmt: skip
    return found


def texts():
    """Every text of the ranks that somebody is said to have typed, or that names something made up."""
    from mingcha.flow.campaigns.models import Call, CalledOffice, Offer, Team
    from mingcha.flow.fieldwork.models import EmbeddedRecord
    from mingcha.flow.guidance.models import Note, Question, Recipient
    from mingcha.flow.successions.models import Succession
    from mingcha.ground.accounts.models import Recusal

    columns = [
        (Call, "reason"), (CalledOffice, "note"), (Offer, "note"), (Team, "base"), (Team, "vehicle"),
        (EmbeddedRecord, "subject"), (EmbeddedRecord, "text"), (Note, "title"), (Note, "text"), (Recipient, "reply"),
        (Question, "text"), (Question, "answer"), (Succession, "reason"), (Recusal, "reason"), (Recusal, "ruling"),
    ]  # fmt: skip
    for model, column in columns:
        for text in model.objects.exclude(**{column: ""}).values_list(column, flat=True):
            yield f"{model.__name__}: {text}"


def unmarked():
    return sorted({text for text in texts() if "（演示）" not in text})


def personal():
    from mingcha.kernel import privacy

    return sorted({text for text in texts() if privacy.detect(text)})


if __name__ == "__main__":
    with house.opened(sys.argv[1]):
        print(json.dumps(facts(), ensure_ascii=False))
