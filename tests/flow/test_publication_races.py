"""Two offices at once on one publication: one act happens, the other is told; numbers neither clash nor leave a gap."""

from mingcha.flow.rectifications import actions as rectifications
from mingcha.flow.rectifications import by_link
from mingcha.flow.rectifications.models import UnitLink
from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.reports.actions.publications import Official, Text
from mingcha.flow.reports.models import NamingRequest, Publication
from tests.at_once import at_once, refusals


def proposed(world):
    text = Text("演示通告", "演示甲履职不力。", officials=[Official("演示甲")], expires_on=world.at.date())
    made = publications.draft(world.minxian.office.body, kind="notice", text=text, by=world.county, at=world.at)
    publications.propose(made, by=world.county, at=world.at)
    return made


def again(row):
    """Return the row as another browser has just loaded it."""
    return type(row).objects.get(pk=row.pk)


def test_approved_by_two_it_is_published_once(live_world):
    w, made = live_world, proposed(live_world)
    outcomes = at_once(*[
        lambda by=by: publications.publish(again(made), revision=1, by=by, at=w.at) for by in (w.second, w.lead)
    ])  # fmt: skip
    assert refusals(outcomes) == [publications.AlreadyMoved]
    assert again(made).state == "published" and again(made).number == 1


def test_what_is_sent_back_is_not_published(live_world):
    w, made = live_world, proposed(live_world)
    outcomes = at_once(
        lambda: publications.publish(again(made), revision=1, by=w.second, at=w.at),
        lambda: publications.send_back(again(made), reason="演示", by=w.lead, at=w.at),
    )
    assert refusals(outcomes) == [publications.AlreadyMoved]
    assert again(made).state in ("published", "draft")


def test_two_published_at_once_are_numbered_one_and_two(live_world):
    w, both = live_world, [proposed(live_world), proposed(live_world)]
    outcomes = at_once(*[
        lambda made=made: publications.publish(again(made), revision=1, by=w.second, at=w.at) for made in both
    ])  # fmt: skip
    assert refusals(outcomes) == []
    assert sorted(Publication.objects.values_list("number", flat=True)) == [1, 2]


def test_a_name_is_asked_for_once(live_world):
    w, made = live_world, proposed(live_world)
    outcomes = at_once(*[
        lambda by=by: naming.ask(again(made).named.get(), reason="演示", by=by, at=w.at) for by in (w.county, w.second)
    ])  # fmt: skip
    assert refusals(outcomes) == [naming.AlreadyAsked]
    assert NamingRequest.objects.count() == 1


def test_two_phones_press_the_button_at_once_and_one_has_the_link(live_world):
    w = live_world
    token = rectifications.make_link(w.minxian.order, by=w.county, at=w.at)
    outcomes = at_once(*[lambda n=n: by_link.redeem(token, signed_as=f"演示{n}", at=w.at) for n in "甲乙"])
    assert len(refusals(outcomes)) == 1
    assert UnitLink.objects.get().signed_as in ("演示甲", "演示乙")
