"""By which ways messages leave the house: an office's channels, what became of what they were to send, a person's wishes."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk.forms.notices import FORMS, KINDS, OfBody, Prefer, RaiseAfter
from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.notices import actions, queries
from mingcha.ground.notices.states import KEYWORD
from mingcha.kernel.refusals import Refusal

if TYPE_CHECKING:
    from mingcha.ground.notices.models import Channel
    from mingcha.ground.territory.models import Body

PAGE = 25
SHORT = ("port", "quiet_from", "quiet_to", "digest_at")


@require_http_methods(["GET", "HEAD", "POST"])
@door()
def settings(request: Request) -> HttpResponse:
    """One's own ways of hearing of messages; nobody sets them for another."""
    found = queries.preference(request.user)
    names = ("mail", "by_mail", "in_group", "quiet_from", "quiet_to", "digest_at")
    initial = {name: getattr(found, name) for name in names} if found else {"in_group": True}
    form = Prefer(request.POST if request.method == "POST" else None, initial=initial)
    refusal = None
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.prefer(
                mail=given["mail"], by_mail=given["by_mail"], in_group=given["in_group"], hours=form.hours(),
                by=request.user, at=request.now,
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已保存。从下一条消息起照此提醒。"))
            return redirect("desk:notice_settings")
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {"form": form, "refusal": refusal, "ways": list(queries.ways(to=request.standing))}
    return render(request, "desk/notice_settings.html", words, status=status)


@require_safe
@door(P.CHANNEL_KEEP)
def index(request: Request) -> HttpResponse:
    """The channels of the bodies one keeps, and after which time unread messages go on."""
    own = _own(request)
    page = Paginator(queries.channels(to=request.standing), PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/channels.html", {
        "page": page, "kinds": KINDS, "own": own, "raising": queries.raising(own) if own else None,
    })  # fmt: skip


def _own(request: Request) -> "Body | None":
    """Return the body one serves first among those whose channels one keeps."""
    serves = request.standing.serves(P.CHANNEL_KEEP)
    return queries.bodies(to=request.standing).filter(pk__in=serves).first()


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CHANNEL_KEEP)
def new(request: Request) -> HttpResponse:
    """Set up a channel of the kind that ?kind= names; one of that kind in use is replaced."""
    kind = request.GET.get("kind", "")
    if kind not in FORMS:
        return render(request, "desk/channel_new.html", {"kinds": KINDS}, status=422 if request.POST else 200)
    bodies = {body.pk: body for body in queries.bodies(to=request.standing)}
    own = _own(request)
    form = FORMS[kind](
        request.POST if request.method == "POST" else None, bodies=[(code, body.name) for code, body in bodies.items()],
        initial={"body": request.GET.get("body") or (own.pk if own else None)},
    )  # fmt: skip
    refusal = None
    if form.is_valid():
        try:
            made = _set(request, form, bodies[form.cleaned_data["body"]], kind)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已保存，设置不再显示。请试发一条，确认能收到。"))
            return redirect("desk:channel", made.pk)
    status = refusal.status if refusal else 422 if form.is_bound else 200
    words = {
        "form": form,
        "refusal": refusal,
        "kind": kind,
        "label": dict(KINDS)[kind],
        "keyword": KEYWORD,
        "short": SHORT,
    }
    return render(request, "desk/channel_new.html", words, status=status)


def _set(request: Request, form: OfBody, body: "Body", kind: str) -> "Channel":
    return actions.set_channel(
        body, kind=kind, given=form.cleaned_data, hours=form.hours(), by=request.user, at=request.now
    )


@require_safe
@door(P.CHANNEL_KEEP)
def show(request: Request, *, pk: int) -> HttpResponse:
    """A channel and what became of what it was to send."""
    return _show(request, queries.channel(pk, to=request.standing))


def _show(request: Request, channel: "Channel", *, refusal: Refusal | None = None) -> HttpResponse:
    page = Paginator(queries.deliveries(channel), PAGE).get_page(request.GET.get("page"))
    words: dict[str, Any] = {
        "channel": channel, "page": page, "given_up": queries.given_up(channel), "refusal": refusal,
        "mail_wanted": bool((wish := queries.preference(request.user)) and wish.by_mail),
    }  # fmt: skip
    return render(request, "desk/channel.html", words, status=refusal.status if refusal else 200)


@require_POST
@door(P.CHANNEL_KEEP)
def try_out(request: Request, *, pk: int) -> HttpResponse:
    """Send oneself, or the group, a message."""
    channel = queries.channel(pk, to=request.standing)
    try:
        actions.try_out(channel, by=request.user, at=request.now)
    except Refusal as refusal:
        return _show(request, channel, refusal=refusal)
    messages.success(request, _("已放入发送队列，几秒后刷新本页看结果。"))
    return redirect("desk:channel", pk)


@require_POST
@door(P.CHANNEL_KEEP)
def retry(request: Request, *, pk: int) -> HttpResponse:
    """Send again what was given up."""
    channel = queries.channel(pk, to=request.standing)
    try:
        many = actions.retry(channel, by=request.user, at=request.now)
    except Refusal as refusal:
        return _show(request, channel, refusal=refusal)
    messages.success(request, _("%(n)s 条重新排队发送。") % {"n": many})
    return redirect("desk:channel", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CHANNEL_KEEP)
def stop(request: Request, *, pk: int) -> HttpResponse:
    """Stop a channel, once that was asked."""
    channel = queries.channel(pk, to=request.standing)
    refusal = None
    if request.method == "POST":
        try:
            actions.stop(channel, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已停用。消息照常在系统里看。"))
            return redirect("desk:channels")
    words = {"channel": channel, "refusal": refusal}
    return render(request, "desk/channel_stop.html", words, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@door(P.CHANNEL_KEEP)
def raising(request: Request) -> HttpResponse:
    """Say after how many hours unread messages of one's own office go to the next person."""
    own = _own(request)
    if own is None:
        raise NotFound
    urgent, other = queries.raising(own)
    initial = {"urgent_hours": urgent, "other_hours": other}
    form = RaiseAfter(request.POST if request.method == "POST" else None, initial=initial)
    refusal = None
    if form.is_valid():
        try:
            actions.raise_after(own, **form.cleaned_data, by=request.user, at=request.now)
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("已保存，从下一条消息起算。"))
            return redirect("desk:channels")
    status = refusal.status if refusal else 422 if form.is_bound else 200
    return render(request, "desk/raising.html", {"form": form, "refusal": refusal, "own": own}, status=status)
