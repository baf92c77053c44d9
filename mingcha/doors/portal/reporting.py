"""
What the pages of a report have in common.

1. No cookie but the one that holds a receipt for ten minutes, and that one is asked for under /report/ alone.
2. A form is taken from this house's own pages only, told by the Origin header: a stranger's page could otherwise send
   somebody to write under a code that the stranger knows.
3. Files are sealed while they arrive; nothing may have read the body before the view does.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from mingcha.doors.hall.access import Request
from mingcha.doors.portal.frame import READ_ONLY, framed
from mingcha.kernel.legible import legible
from mingcha.kernel.refusals import Refusal
from mingcha.tips import public, vault

ALL = (vault.MOST + 1) * vault.LARGEST  # bytes of one post; of more, nothing after the first large file is read
View = Callable[..., HttpResponseBase]
POLICY = READ_ONLY.replace("form-action 'none'", "form-action 'self'") + (
    "; script-src 'self'; worker-src 'self'; connect-src 'self'"
)


def reporting(view: View) -> View:
    """Let a page of a report run this house's scripts and send its forms; take what is typed, as it was meant."""
    inside = framed(sensitive_post_parameters()(view))

    @csrf_exempt
    @wraps(view)
    def shown(request: Request, *args: object, **kwargs: object) -> HttpResponseBase:
        answer = _strange(request) if is_foreign(request) else inside(request, *args, **kwargs)
        answer["Content-Security-Policy"] = POLICY
        answer["X-Robots-Tag"] = "noindex"
        answer["Cache-Control"] = "no-store"
        return answer

    shown.streams = True  # type: ignore[attr-defined]
    return shown


def is_foreign(request: Request) -> bool:
    """Whether a form was sent by another house's page. Every browser says where a form comes from, programs need not."""
    origin = request.headers.get("Origin", "")
    if request.method != "POST" or not origin or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    return urlsplit(origin).netloc != request.get_host()


def _strange(request: Request) -> HttpResponse:
    return render(request, "portal/tip_strange.html", status=403)


class SealedUpload(FileUploadHandler):
    """Takes each file straight into a sealed one. `taken` are those that came whole; `refusal` says why others did not."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.taken: list[public.Uploaded] = []
        self.refusal: Refusal | None = None
        self._length = 0
        self._sealing: public.Sealing | None = None

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *rest: Any) -> None:
        """Learn how much is coming."""
        self._length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; one too many is passed over."""
        super().new_file(*args, **kwargs)
        if len(self.taken) >= vault.MOST:
            self.refusal = self.refusal or public.TooManyFiles()
            raise SkipFile
        try:
            self._sealing = public.Sealing(name=self.file_name or "", type=self.content_type or "")
        except Refusal as refusal:
            self.refusal = refusal
            raise SkipFile from None

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal a piece."""
        assert self._sealing is not None
        try:
            self._sealing.push(raw_data)
        except Refusal as refusal:
            self.refusal = refusal
            self._drop()
            if self._length > ALL:
                raise StopUpload(connection_reset=True) from None
            raise SkipFile from None

    def file_complete(self, file_size: int) -> None:
        """Keep a file that came whole; one without a byte is nothing."""
        if self._sealing is None:
            return
        if file_size:
            self.taken.append(self._sealing.finish())
            self._sealing = None
        else:
            self._drop()

    def upload_interrupted(self) -> None:
        """Leave nothing of a connection that broke off."""
        self._drop()

    def _drop(self) -> None:
        if self._sealing is not None:
            self._sealing.drop()
            self._sealing = None


class Posted:
    """What a form says, without characters that nobody sees, and its files, sealed."""

    def __init__(self, request: Request) -> None:
        upload = SealedUpload(request)
        request.upload_handlers = [upload]
        self.every = {name: [legible(str(each)) for each in values] for name, values in request.POST.lists()}
        self.fields = {name: values[-1] for name, values in self.every.items() if values}
        self.files, self.refusal = upload.taken, upload.refusal

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


def told(page: HttpResponse) -> HttpResponse:
    """Keep a page that anybody may read out of every cache: a shared telephone does not tell who read it."""
    page["Cache-Control"] = "no-store"
    return page
