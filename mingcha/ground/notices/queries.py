"""Reading one's own messages, and how those of an office leave the house."""

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from mingcha.ground.accounts.models import Person
from mingcha.ground.accounts.permissions import Permission
from mingcha.ground.accounts.queries import NotFound, Standing
from mingcha.ground.notices.models import Channel, Delivery, Notice, Preference, Raising
from mingcha.ground.notices.states import WAITING, State
from mingcha.ground.territory.models import Body, BodyKind

# Those who have channels of their own; a unit's people hear by the mail of the office over them.
KEEPERS = (BodyKind.OFFICE, BodyKind.RESIDENT_GROUP, BodyKind.SPECIAL_GROUP, BodyKind.TOWNSHIP_OFFICE)
# Unread messages of bodies that set nothing: urgent ones go on after two hours, others stay where they are.
URGENT_HOURS = 2


def inbox(person: Person) -> QuerySet[Notice]:
    return Notice.objects.filter(to=person).order_by("-pk")


def unseen_count(person: Person) -> int:
    return Notice.objects.filter(to=person, seen_at=None).count()


def preference(person: Person) -> Preference | None:
    """Return how a person wants to hear of messages; None where they never said."""
    return Preference.objects.filter(person=person).first()


def ways(*, to: Standing) -> QuerySet[Channel]:
    """Return the groups of one's own bodies, and what mail would go by, as far as it is set up: nothing of what opens it."""
    own = {code for holding in to.holdings for code in holding.family}
    over = Q(pk__in=[])
    for holding in to.holdings:
        codes = [holding.division[:length] for length in range(2, len(holding.division) + 1)]
        over |= Q(kind="mail", body__kind=BodyKind.OFFICE, body__division__in=codes)
    found = Channel.objects.filter(Q(body__in=own) | over, stopped_at=None).defer("box")
    return found.select_related("body").order_by("kind", "pk")


def bodies(*, to: Standing) -> QuerySet[Body]:
    """Return the bodies whose channels one keeps: those one serves, and offices and groups of one's area."""
    return _kept(to).filter(merged_into=None).select_related("division").order_by("division", "code")


def _kept(to: Standing) -> QuerySet[Body]:
    """Return the bodies one keeps, also those merged into others: what they had set up must be stopped by somebody."""
    return Body.objects.filter(to.reach(Permission.CHANNEL_KEEP), kind__in=KEEPERS)


def keeps(body: Body, *, to: Standing) -> bool:
    return _kept(to).filter(pk=body.pk).exists()


def channels(*, to: Standing) -> QuerySet[Channel]:
    """Return the channels in use of the bodies one keeps, each with `waiting`, `given_up` and `failing`."""
    counted = {
        "waiting": Count("deliveries", filter=Q(deliveries__state__in=WAITING)),
        "given_up": Count("deliveries", filter=Q(deliveries__state=State.GIVEN_UP)),
    }
    failing = Exists(Delivery.objects.filter(channel=OuterRef("pk"), state=State.FAILED))
    found = Channel.objects.filter(body__in=_kept(to), stopped_at=None).defer("box")
    return found.select_related("body", "set_by").annotate(**counted, failing=failing).order_by("body", "kind")


def channel(pk: int, *, to: Standing) -> Channel:
    """Return a channel of a body one keeps, also a stopped one. Raises NotFound."""
    found = Channel.objects.filter(pk=pk, body__in=_kept(to)).defer("box").select_related("body", "set_by").first()
    if found is None:
        raise NotFound
    return found


def deliveries(channel: Channel) -> QuerySet[Delivery]:
    """Return what went or waits by a channel, the newest first; whoever reads it reads no subject."""
    return Delivery.objects.filter(channel=channel).select_related("person").order_by("-pk")


def given_up(channel: Channel) -> int:
    return Delivery.objects.filter(channel=channel, state=State.GIVEN_UP).count()


def raising(body: Body) -> tuple[int | None, int | None]:
    """Return the hours after which urgent and other unread messages of a body's people go on; None: never."""
    found = Raising.objects.filter(body=body).first()
    return (found.urgent_hours, found.other_hours) if found else (URGENT_HOURS, None)


def about(body_code: str, kind: str) -> str:
    """Return what the envelope of a channel's settings is bound to: nobody can move it to another body's row."""
    return f"channel/{body_code}/{kind}"
