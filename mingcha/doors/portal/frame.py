"""What pages for people without an account have in common: no script, no cookie of their own, a language in the address."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpResponseBase
from django.utils import translation

from mingcha.doors.hall.access import Request

View = Callable[..., HttpResponseBase]
# Stricter than the hall's: these pages run nothing at all.
READ_ONLY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; "
    "base-uri 'none'"
)


# The pages of a one-time link have forms; pictures come from this house, and nothing runs here either.
WORKING = READ_ONLY.replace("form-action 'none'", "form-action 'self'")


def working(view: View) -> View:
    """Let a page send its forms, and run nothing; ?language=en holds for the one page that is opened by its token."""

    inside = framed(view)

    @wraps(view)
    def shown(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        answer = inside(request, *args, **kwargs)
        answer["Content-Security-Policy"] = WORKING
        answer["X-Robots-Tag"] = "noindex"
        return answer

    return shown


def framed(view: View) -> View:
    """Show a page in the language that its address asks for (?language=en), and let it run nothing and send nothing."""

    @wraps(view)
    def shown(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        asked = request.GET.get("language", "")
        code = asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(code):
            answer = view(request, *args, **kwargs)
        answer.setdefault("Content-Language", code)
        answer.setdefault("Content-Security-Policy", READ_ONLY)
        return answer

    return shown
