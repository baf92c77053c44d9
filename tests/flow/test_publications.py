"""What the public reads: nothing before another hand has approved it, no name unless allowed, and gone when taken down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mingcha.flow.reports import published
from mingcha.flow.reports.actions import naming, publications
from mingcha.flow.reports.actions.publications import Official, Text
from mingcha.flow.reports.models import Named, Publication
from mingcha.flow.reports.queries import publications as queries
from mingcha.flow.reports.states import State
from mingcha.ground.accounts import queries as accounts
from mingcha.ground.audit.models import Event
from mingcha.ground.notices.models import Notice

WRITTEN = (
    "现将1起典型问题通报如下。\n1.演示镇党委书记张伟强防控责任落实不到位问题。\n张伟强对值守空缺失察。村民李小明在场。"
)


def text_of(world, **more):
    given = {
        "title": "关于1起典型问题的通报", "text": WRITTEN, "officials": [Official("张伟强", "演示镇党委书记")],
        "others": ["李小明"], "expires_on": world.at.date() + timedelta(days=30),
    }  # fmt: skip
    return Text(**(given | more))


@pytest.fixture
def drafted(world):
    return publications.draft(
        world.minxian.office.body, kind="circular", text=text_of(world), by=world.county, at=world.at
    )


@pytest.fixture
def proposed(world, drafted):
    publications.propose(drafted, by=world.county, at=world.at)
    return drafted


@pytest.fixture
def out(world, proposed):
    publications.publish(proposed, revision=proposed.revision, by=world.second, at=world.at)
    return proposed


def public(publication, at):
    told = published.one(publication.slug, at=at)
    return told.title + "".join(line.text for line in told.lines)


def test_nobody_outside_sees_a_draft_or_a_proposal(world, drafted):
    for _ in range(2):
        with pytest.raises(accounts.NotFound):
            published.one(drafted.slug, at=world.at)
        assert not published.Headlines(at=world.at)[:10]
        if drafted.state == State.DRAFT:
            publications.propose(drafted, by=world.county, at=world.at)


def test_who_is_merely_mentioned_is_kept_nowhere(world, drafted):
    kept = Publication.objects.values().get(pk=drafted.pk)
    assert "李小明" not in str(kept) and "李某某" in str(kept)
    assert "张伟强" not in str(kept)  # an official's name stands apart
    assert queries.typed(drafted)[1].count("张伟强") == 2


def test_what_is_published_is_numbered_without_a_gap(world, out):
    assert str(out) == "典型案例通报〔2021〕1号"
    for title in ("甲", "乙"):
        more = publications.draft(
            world.minxian.office.body, kind="circular", text=text_of(world, title=title), by=world.county, at=world.at
        )
        assert str(more) == "典型案例通报（未编号）"
        publications.propose(more, by=world.county, at=world.at)
        with pytest.raises(publications.AnotherHandNeeded):
            publications.publish(more, revision=1, by=world.county, at=world.at)
        publications.publish(more, revision=1, by=world.second, at=world.at)
    assert str(more) == "典型案例通报〔2021〕3号"


def test_another_hand_approves(world, proposed):
    assert Notice.objects.filter(to=world.second, link=f"/publications/{proposed.pk}/").exists()
    assert not Notice.objects.filter(to=world.county, link=f"/publications/{proposed.pk}/").exists()
    with pytest.raises(publications.AnotherHandNeeded):
        publications.publish(proposed, revision=proposed.revision, by=world.county, at=world.at)
    publications.publish(proposed, revision=proposed.revision, by=world.second, at=world.at)
    assert proposed.state == State.PUBLISHED and proposed.approved_by == world.second


def test_who_wrote_it_does_not_approve_it_though_another_proposed(world, drafted):
    publications.propose(drafted, by=world.second, at=world.at)
    for hand in (world.county, world.second):
        with pytest.raises(publications.AnotherHandNeeded):
            publications.publish(drafted, revision=drafted.revision, by=hand, at=world.at)
    publications.publish(drafted, revision=drafted.revision, by=world.lead, at=world.at)


def test_nobody_approves_what_they_have_not_read(world, proposed):
    read = proposed.revision
    publications.send_back(proposed, reason="演示", by=world.second, at=world.at)
    publications.rewrite(
        proposed, text=text_of(world, title="另一个标题"), revision=proposed.revision, by=world.county, at=world.at
    )
    publications.propose(proposed, by=world.county, at=world.at)
    with pytest.raises(publications.WrittenAnew):
        publications.publish(proposed, revision=read, by=world.second, at=world.at)


def test_two_who_write_at_once_do_not_write_over_each_other(world, drafted):
    publications.rewrite(drafted, text=text_of(world), revision=1, by=world.county, at=world.at)
    with pytest.raises(publications.WrittenAnew):
        publications.rewrite(drafted, text=text_of(world), revision=1, by=world.second, at=world.at)


@pytest.mark.parametrize("act", ["rewrite", "propose", "send_back", "publish"])
def test_what_is_published_does_not_change(world, out, act):
    more = {
        "rewrite": {"text": text_of(world), "revision": out.revision}, "propose": {}, "send_back": {"reason": "演示"},
        "publish": {"revision": out.revision},
    }[act]  # fmt: skip
    with pytest.raises(publications.AlreadyMoved):
        getattr(publications, act)(out, **more, by=world.lead, at=world.at)


def test_the_public_reads_it_masked(world, out):
    said = public(out, world.at)
    assert "张某某" in said and "张伟强" not in said and "李小明" not in said
    headline = published.Headlines(at=world.at)[:10][0]
    assert (headline.slug, headline.expired) == (out.slug, False)


def test_a_name_shows_by_another_hands_grant_and_goes_with_the_last_day(world, out):
    asked = naming.ask(Named.objects.get(), reason="演示：经常委会同意", by=world.county, at=world.at)
    assert "张伟强" not in public(out, world.at)
    with pytest.raises(naming.AnotherHandNeeded):
        naming.rule(asked, granted=True, ruling="", by=world.county, at=world.at)
    naming.rule(asked, granted=True, ruling="", by=world.second, at=world.at)
    assert "张伟强" in public(out, world.at) and "李小明" not in public(out, world.at)
    last = world.at + timedelta(days=30)
    assert "张伟强" in public(out, last.replace(hour=23, minute=59))
    after = last.replace(hour=0, minute=0) + timedelta(days=1)
    assert "张伟强" not in public(out, after) and "张某某" in public(out, after)
    assert published.one(out.slug, at=after).expired
    with pytest.raises(naming.OverAlready):
        naming.rule(asked, granted=True, ruling="", by=world.lead, at=after)
    assert "张伟强" not in str(list(Event.objects.filter(kind="publication").values()))


def test_a_name_declined_stays_masked_and_may_be_asked_for_again(world, drafted):
    named = Named.objects.get()
    asked = naming.ask(named, reason="演示", by=world.county, at=world.at)
    with pytest.raises(naming.AlreadyAsked):
        naming.ask(named, reason="演示", by=world.second, at=world.at)
    with pytest.raises(naming.ReasonMissing):
        naming.rule(asked, granted=False, ruling=" ", by=world.second, at=world.at)
    naming.rule(asked, granted=False, ruling="演示：决定尚未生效", by=world.second, at=world.at)
    with pytest.raises(naming.AlreadyRuled):
        naming.rule(asked, granted=True, ruling="", by=world.second, at=world.at)
    naming.ask(named, reason="演示：再次申请", by=world.county, at=world.at)


def test_the_last_day_is_moved_by_another_hand_while_it_has_not_passed(world, out):
    until = world.at.date() + timedelta(days=60)
    with pytest.raises(publications.AnotherHandNeeded):
        publications.extend(out, until=until, reason="演示", by=world.county, at=world.at)
    with pytest.raises(publications.DateOver):
        publications.extend(out, until=out.expires_on, reason="演示", by=world.second, at=world.at)
    publications.extend(out, until=until, reason="演示", by=world.second, at=world.at)
    assert not published.one(out.slug, at=world.at + timedelta(days=45)).expired
    with pytest.raises(publications.DateOver):
        late = world.at + timedelta(days=61)
        publications.extend(out, until=until + timedelta(days=60), reason="演示", by=world.second, at=late)


def test_taken_down_it_says_only_that(world, out):
    with pytest.raises(publications.ReasonMissing):
        publications.take_down(out, reason="", by=world.county, at=world.at)
    publications.take_down(out, reason="演示：复核改变决定", by=world.county, at=world.at)
    told = published.one(out.slug, at=world.at)
    assert told == published.Told(out.slug, withdrawn_on=world.at.date())
    assert not published.Headlines(at=world.at)[:10]
    event = Event.objects.get(verb="publication.take_down")
    assert event.detail == {"reason": "演示：复核改变决定"}


def test_a_date_is_asked_for_before_anybody_approves(world, drafted):
    publications.rewrite(drafted, text=text_of(world, expires_on=None), revision=1, by=world.county, at=world.at)
    with pytest.raises(publications.DateMissing):
        publications.propose(drafted, by=world.county, at=world.at)
    past = text_of(world, expires_on=world.at.date() - timedelta(days=1))
    publications.rewrite(drafted, text=past, revision=2, by=world.county, at=world.at)
    with pytest.raises(publications.DateOver):
        publications.propose(drafted, by=world.county, at=world.at)


def test_who_is_no_longer_spoken_of_is_masked_for_good(world, drafted):
    """Taken off the list while the text still names them: what was typed is masked, the name goes."""
    publications.rewrite(drafted, text=text_of(world, officials=[]), revision=1, by=world.county, at=world.at)
    assert not Named.objects.exists() and "张伟强" not in str(Publication.objects.values().get())
    assert "张某某" in queries.typed(drafted)[1]


@pytest.mark.parametrize("name", ["张", ""])
def test_half_a_name_is_not_taken(world, name):
    text = text_of(world, officials=[Official(name)])
    with pytest.raises(publications.NameTooShort):
        publications.draft(world.minxian.office.body, kind="notice", text=text, by=world.county, at=world.at)


def test_another_county_neither_reads_nor_writes_nor_rules(world, proposed):
    to = accounts.standing(world.neighbour, at=world.at)
    with pytest.raises(accounts.NotFound):
        queries.publication(proposed.pk, to=to)
    with pytest.raises(accounts.NotFound):
        publications.publish(proposed, revision=1, by=world.neighbour, at=world.at)
    with pytest.raises(accounts.NotFound):
        publications.draft(
            world.minxian.office.body, kind="notice", text=text_of(world), by=world.neighbour, at=world.at
        )
    with pytest.raises(accounts.NotFound):
        naming.ask(Named.objects.get(), reason="演示", by=world.neighbour, at=world.at)
    with pytest.raises(accounts.NotAllowed):
        publications.take_down(proposed, reason="演示", by=world.inspector, at=world.at)
    lead = accounts.standing(world.lead, at=world.at)
    assert queries.publication(proposed.pk, to=lead) == proposed


def test_a_long_list_asks_the_database_no_more_often(world, out):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as found:
            list(published.Headlines(at=world.at)[:20])
        return len(found)

    once = asked()
    for _ in range(3):
        more = publications.draft(
            world.minxian.office.body, kind="circular", text=text_of(world), by=world.county, at=world.at
        )
        publications.propose(more, by=world.county, at=world.at)
        publications.publish(more, revision=more.revision, by=world.second, at=world.at)
    assert asked() == once
