"""A submission as it comes in: the form's words into memory, up to a limit; every file straight to the evidence."""

from typing import Any, ClassVar

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from mingcha.ground.evidence.actions import Incoming
from mingcha.kernel.refusals import Refusal

XML = "xml_submission_file"
LARGEST_XML = 5 * 1024 * 1024
LARGEST_FILE = 60 * 1024 * 1024  # a voice note, a short film
MOST_FILES = 100


class NotASubmission(Refusal):
    message: ClassVar[str] = "这不是一份完整的表单提交，可能中途断开。请重发，填好的内容仍在手机里。"
    status: ClassVar[int] = 400


class TooMuch(Refusal):
    message: ClassVar[str] = "一次提交的内容太多。请分几次发送，填好的内容仍在手机里。"
    status: ClassVar[int] = 413


class Parts(FileUploadHandler):
    """Takes the parts of a multipart body; whoever reads them must settle or discard `files`."""

    chunk_size = 64 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.xml = bytearray()
        self.files: list[Incoming] = []
        self._is_xml = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a part."""
        super().new_file(field_name, *args, **kwargs)
        self._is_xml = field_name == XML
        if self._is_xml:
            return
        if len(self.files) >= MOST_FILES:
            raise TooMuch
        self.files.append(Incoming(self.file_name or field_name, largest=LARGEST_FILE))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next bytes of the part."""
        if not self._is_xml:
            self.files[-1].write(raw_data)
            return
        if len(self.xml) + len(raw_data) > LARGEST_XML:
            raise TooMuch
        self.xml += raw_data

    def file_complete(self, file_size: int) -> None:
        """Say that the part has been taken care of."""

    def discard(self) -> None:
        """Throw away every file that was not settled."""
        for file in self.files:
            file.discard()


def read(request: HttpRequest, parts: Parts) -> bytes:
    """Read the body into `parts` and return the form's words. Raises NotASubmission, TooMuch, FileTooLarge."""
    request.upload_handlers = [parts]
    try:
        typed = request.POST.get(XML, "")
    except (MultiPartParserError, OSError, ValueError) as error:
        raise NotASubmission from error
    xml = bytes(parts.xml) or typed.encode()
    if not xml:
        raise NotASubmission
    return xml
