"""What went wrong, on the public face: one sentence and the way to the first page. It has no other doors to lead to."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mingcha.doors.hall.errors import LAST_RESORT
from mingcha.kernel.refusals import Refusal


class Refusals:
    """Turn a Refusal that no view has caught into its sentence."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        return _page(request, exception.status, exception.sentence(_(exception.message)))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return _page(request, 400, _("请求的内容不完整或已被改动，请返回后重新操作。"))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, and 403: there is nothing here that only some may see."""
    return _page(request, 404, _("这一页不存在。请从首页重新进入。"))


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching request or database: either may be what broke."""
    sentence = _("刚才这一步没有完成，请稍后重试，或者拨打12388。")
    try:
        return HttpResponse(render_to_string("portal/tip_fault.html", {"sentence": sentence}), status=500)
    except Exception:  # noqa: BLE001 - even the template may be what broke, and this page must still come
        return HttpResponse(LAST_RESORT, status=500)


def _page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    return render(request, "portal/tip_fault.html", {"sentence": sentence}, status=status)
