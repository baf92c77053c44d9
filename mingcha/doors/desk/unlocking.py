"""The door into the sealed room: what is locked answers with the form that unlocks it, and leads back."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from mingcha.doors.desk.forms.tips import Begin, Unlock
from mingcha.doors.hall import errors
from mingcha.doors.hall.access import Request, door, inside, way_back
from mingcha.ground.accounts.permissions import Permission
from mingcha.kernel.refusals import Refusal
from mingcha.tips.queries import keys
from mingcha.tips.unlocked import Locked

View = Callable[..., HttpResponseBase]


def room(permission: Permission) -> Callable[[View], View]:
    """
    Let in whoever holds the permission (`hall.access.door`); whoever comes upon a lock is asked for the passphrase.

    Nothing that was sent here is shown in a report of an error.
    """

    def hang(view: View) -> View:
        @wraps(view)
        def entered(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except Locked as refusal:
                typed = errors.written(request) if request.method == "POST" else []
                return asked(request, onward=_onward(request), refusal=refusal, typed=typed)

        return sensitive_post_parameters()(door(permission)(entered))

    return hang


def asked(
    request: Request, *, onward: str, form: Form | None = None, refusal: Refusal | None = None,
    typed: list[str] | None = None, status: int = 423,
) -> HttpResponse:  # fmt: skip
    """Answer with the form: to unlock, or to set the first passphrase. `typed` was not sent and is handed back."""
    first = not keys.has_pair(request.user)
    form = form or (Begin() if first else Unlock())
    words = {"form": form, "first": first, "next": onward, "refusal": refusal, "typed": typed or ()}
    return render(request, "desk/tip_unlock.html", words, status=refusal.status if refusal else status)


def _onward(request: Request) -> str:
    """Return where one goes on once it is unlocked: here, or to the page a form was sent from."""
    back = request.get_full_path() if request.method in ("GET", "HEAD") else way_back(request)
    return inside(request, back) or reverse("desk:tips")
