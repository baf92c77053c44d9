"""Pages for what went wrong. Each says in one sentence what to do, and offers a way back."""

import re
from collections.abc import Sequence

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingcha.kernel.refusals import Refusal

from . import access

HEADINGS = {
    400: gettext_lazy("这个请求无法识别"),
    403: gettext_lazy("没有这项权限"),
    404: gettext_lazy("没有找到"),
    413: gettext_lazy("文件太大"),
    422: gettext_lazy("有内容需要修改"),
    423: gettext_lazy("已上锁"),
    429: gettext_lazy("请稍后再试"),
    503: gettext_lazy("暂时无法使用"),
}
# What a person has written, told from codes, numbers and choices, which are quickly given again.
WRITTEN = re.compile(r"[^\x00-\x7f]|\S\s\S")
PICTURES = {403: "lock", 404: "search", 409: "warn", 422: "warn", 423: "lock", 429: "clock"}
LAST_RESORT = (
    '<!doctype html><html lang="zh-hans"><meta charset="utf-8"><title>明察</title>'
    "<h1>系统出了问题</h1><p>刚才这一步没有完成，请稍后重试。</p><p><a href='/'>回到首页</a></p></html>"
)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer with the refusal's sentence: a whole page, or only a notice where htmx asked for part of one."""
    sentence = refusal.sentence(_(refusal.message))
    if request.headers.get("HX-Request"):
        answer = render(request, "hall/parts/refusal.html", {"sentence": sentence}, status=refusal.status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#notices", "innerHTML show:window:top"
        return answer
    return _page(request, refusal.status, sentence)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400, for addresses and forms no page of ours has made."""
    return _page(request, 400, _("请求的内容不完整或已被改动，请返回后重新操作。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: the person's posts do not include this."""
    return _page(request, 403, _("您的岗位没有这项权限。需要办理请联系本单位负责人。"))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404, the same whether a thing does not exist or lies outside the person's scope."""
    return _page(request, 404, _("这一页不存在，或不在您的工作范围内。请从首页或列表重新进入。"))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 where a form's token is missing or old; most often the page stood open overnight."""
    sentence = _("页面打开太久，已经失效。请返回上一页，刷新后重新提交。")
    return _page(request, 403, sentence, _("页面已失效"), "clock", written(request))


def signed_out(request: HttpRequest, texts: list[str]) -> HttpResponse:
    """Answer 403 where the sign-in ran out while someone was writing: the texts are shown, or they would be lost."""
    sentence = _("登录已过期，刚才这一步没有提交。请先复制下面的内容，再返回上一页登录。")
    return _page(request, 403, sentence, _("登录已过期"), "clock", texts)


def written(request: HttpRequest) -> list[str]:
    """Return what was written in a form of this house; a form sent from elsewhere, or one to sign in, gives nothing."""
    if not access.inside(request, request.headers.get("Referer")) or "password" in request.POST:
        return []
    return [text for _name, texts in request.POST.lists() for text in texts if WRITTEN.search(text)]


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching request, session or database: any of them may be what broke."""
    try:
        words = {
            "heading": _("系统出了问题"),
            "sentence": _("刚才这一步没有完成，请稍后重试。仍然不行，请告诉系统管理员出错的时间。"),
            "picture": "error",
        }
        return HttpResponse(render_to_string("hall/error.html", words), status=500)
    except Exception:  # noqa: BLE001 - even the template may be what broke, and this page must still come
        return HttpResponse(LAST_RESORT, status=500)


def _page(
    request: HttpRequest, status: int, sentence: str, heading: str = "", picture: str = "", typed: Sequence[str] = ()
) -> HttpResponse:
    try:
        back = access.way_back(request)
    except SuspiciousOperation:  # a forged Host header; such a request has no way back
        back = ""
    words = {
        "heading": heading or HEADINGS.get(status, _("这一步没有办成")),
        "sentence": sentence,
        "picture": picture or PICTURES.get(status, "info"),
        "back": back,
        "typed": typed,
    }
    return render(request, "hall/error.html", words, status=status)
