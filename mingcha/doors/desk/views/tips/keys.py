"""The keys of an office: who holds them, given and taken back face to face, replaced by a new epoch that the root signs."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mingcha.doors.desk import acts, strongbox, tipped
from mingcha.doors.desk.forms.tips import Handing
from mingcha.doors.desk.unlocking import room
from mingcha.doors.hall.access import Request
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.accounts.queries import NotFound
from mingcha.ground.territory import queries as territory
from mingcha.kernel import custody
from mingcha.kernel.refusals import Refusal
from mingcha.tips.actions import keys as actions
from mingcha.tips.actions import rewrapping
from mingcha.tips.queries import keys
from mingcha.tips.states import Epoch, Purpose

if TYPE_CHECKING:
    from mingcha.ground.accounts.models import Person
    from mingcha.ground.territory.models import Body

REQUEST = "mingcha tips request"  # what `mingcha tips sign` takes
BATCH = 2000  # tips moved to a new key in one press: a second at most


@require_safe
@room(P.TIP_HANDLE)
def index(request: Request) -> HttpResponse:
    """Show the office's keys, who holds which, and one's own fingerprint, computed from one's own unlocked key."""
    office, key = own_office(request), strongbox.opened(request)
    rows = keys.of_office(office.pk)
    former = sum(row.behind for row in rows if row.key.state == Epoch.FORMER)
    words = {
        "office": office, "rows": rows, "mine": keys.fingerprint(key.public), "behind": former,
        "waiting": any(row.key.state == Epoch.WAITING for row in rows), "former": former,
        "none": not rows, "intake": request.standing.can(P.TIP_INTAKE), "vouched": keys.vouched(office.pk),
        "movable": keys.to_rewrap(office.pk, key=key).count(), **tipped.lock(request),
    }  # fmt: skip
    return render(request, "desk/tip_keys.html", words)


def own_office(request: Request) -> "Body":
    """Return the office whose keys one may see."""
    served = request.standing.serves(P.TIP_INTAKE) or request.standing.serves(P.TIP_HANDLE)
    office = territory.body(served[0]) if served else None
    if office is None:
        raise NotFound
    return office


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def grant(request: Request) -> HttpResponse:
    """Give keys to a colleague who stands here, or vouch for them."""
    office, key = own_office(request), strongbox.opened(request)
    people = _people(request, office)
    form = Handing(request.POST or None, people=[(name, each.name) for name, each in people.items()])

    def do(given: dict[str, Any]) -> None:
        to, wanted = people[given["person"]], given["purposes"]
        if wanted == ["vouch"]:
            return actions.vouch_for(office, of=to, seen=given["seen"], key=key, by=request.user, at=request.now)
        actions.grant(
            office, to=to, purposes=wanted, seen=given["seen"], key=key, by=request.user, at=request.now
        )  # fmt: skip
        return None

    page = acts.Page(
        _("授予密钥"), _("只在当面核对以后授予：对方的公钥如果被人换过，指纹就对不上。"), _("授予"), above()
    )
    return acts.answer(request, page, form, do, _("已授予。"))


def above() -> list[tuple[str, str]]:
    """Return the pages above an act on keys."""
    return [(reverse("desk:tips"), _("举报")), (reverse("desk:tip_keys"), _("密钥"))]


def _people(request: Request, office: "Body") -> dict[str, "Person"]:
    found: dict[str, Person] = {}
    for purpose in Purpose:
        found |= {each.username: each for each in keys.can_be_granted(office, purpose, at=request.now)}
    found |= {each.username: each for each in keys.can_be_vouched(office, at=request.now)}
    found.pop(request.user.username, None)
    return found


@require_POST
@room(P.TIP_HANDLE)
def withdraw(request: Request) -> HttpResponse:
    """Take keys back from a holder."""
    office = own_office(request)
    strongbox.opened(request)
    row = next((each for each in keys.of_office(office.pk) if str(each.key.pk) == request.POST.get("key")), None)
    of = next((each for each in row.holders if each.username == request.POST.get("person")), None) if row else None
    if row is None or of is None:
        raise NotFound
    actions.withdraw(office, of=of, purposes=[row.key.purpose], by=request.user, at=request.now)
    messages.success(request, _("已收回。看过的内容收不回来；人离开的，请接着更换密钥。"))
    return redirect("desk:tip_keys")


@require_http_methods(["GET", "HEAD", "POST"])
@room(P.TIP_HANDLE)
def rotate(request: Request) -> HttpResponse:
    """Make the next epoch; it waits until the root has signed it."""
    office, key = own_office(request), strongbox.opened(request)
    refusal = None
    if request.method == "POST":
        try:
            actions.make_epoch(
                office, key=key, by=request.user, at=request.now,
                without_recovery=request.POST.get("without_recovery") == "1",
            )  # fmt: skip
        except Refusal as failure:
            refusal = failure
        else:
            messages.success(request, _("新一期密钥已建立。请下载申请文件，送离线签署后安装。"))
            return redirect("desk:tip_keys")
    words = {"office": office, "refusal": refusal, "first": not keys.of_office(office.pk), **tipped.lock(request)}
    return render(request, "desk/tip_rotate.html", words, status=refusal.status if refusal else 200)


@require_POST
@room(P.TIP_HANDLE)
def discard(request: Request) -> HttpResponse:
    """Throw away an epoch that waits and was not signed."""
    actions.discard_epoch(own_office(request), key=strongbox.opened(request), by=request.user, at=request.now)
    messages.success(request, _("已作废。"))
    return redirect("desk:tip_keys")


@require_safe
@room(P.TIP_HANDLE)
def ask_to_sign(request: Request) -> HttpResponse:
    """Hand out the request that the root signs offline: public halves only."""
    office = own_office(request)
    waiting = keys.waiting(office.pk, key=strongbox.opened(request))
    today = timezone.localdate(request.now)
    entries = [
        custody.said(custody.Entry(row.office_id, row.purpose, row.epoch, bytes(row.public), today)) for row in waiting
    ]  # fmt: skip
    text = json.dumps({"what": REQUEST, "entries": entries}, ensure_ascii=False, indent=1)
    answer = HttpResponse(text + "\n", content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="tip-keys-{office.pk}.json"'
    return answer


@require_POST
@room(P.TIP_HANDLE)
def begin(request: Request) -> HttpResponse:
    """Take into use what the installed directory has signed."""
    strongbox.opened(request)
    begun = actions.begin_epochs(own_office(request), by=request.user, at=request.now)
    if begun:
        messages.success(request, _("新一期密钥已启用，新的举报用它密封。请把以前的举报换到新密钥下。"))
    else:
        messages.info(request, _("安装的密钥目录里还没有这一期，请先签署并安装。"))
    return redirect("desk:tip_keys")


@require_POST
@room(P.TIP_HANDLE)
def rewrap(request: Request) -> HttpResponse:
    """Move the next batch of tips to the key in use; pressed again until none is left."""
    office = own_office(request)
    moved = rewrapping.rewrap(
        office, key=strongbox.opened(request), by=request.user, at=request.now, most=BATCH
    )  # fmt: skip
    messages.success(request, ngettext("已换 %(n)d 份。", "已换 %(n)d 份。", moved) % {"n": moved})
    return redirect("desk:tip_keys")
