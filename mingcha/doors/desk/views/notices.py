"""One's own messages."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mingcha.doors.hall.access import Request, door
from mingcha.ground.accounts.permissions import Permission as P
from mingcha.ground.notices import actions, queries


@require_http_methods(["GET", "HEAD", "POST"])
@door()
def index(request: Request) -> HttpResponse:
    """Show the messages, newest first; a POST marks all of them as read."""
    if request.method == "POST":
        actions.mark_seen(by=request.user, at=request.now)
        messages.success(request, _("全部标为已读。"))
        return redirect("desk:notices")
    page = Paginator(queries.inbox(request.user), 30).get_page(request.GET.get("page"))
    return render(request, "desk/notices.html", {
        "page": page, "unseen": queries.unseen_count(request.user), "keeps_channels": request.standing.can(P.CHANNEL_KEEP),
    })  # fmt: skip
