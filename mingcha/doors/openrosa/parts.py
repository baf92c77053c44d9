"""A submission as it comes in: the form's words into memory, up to a limit; every file straight to the evidence."""

from typing import Any, ClassVar

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError

from mingcha.ground.evidence.actions import FileTooLarge, Incoming
from mingcha.kernel.refusals import Refusal

XML = "xml_submission_file"
LARGEST_XML = 5 * 1024 * 1024
LARGEST_FILE = 60 * 1024 * 1024  # a voice note, a short film


class NotASubmission(Refusal):
    message: ClassVar[str] = "这不是一份完整的表单提交，可能中途断开。请重发，填好的内容仍在手机里。"
    status: ClassVar[int] = 400


class TooMuch(Refusal):
    message: ClassVar[str] = "一次提交的内容太多。请分几次发送，填好的内容仍在手机里。"
    status: ClassVar[int] = 413


class FileTooMuch(Refusal):
    message: ClassVar[str] = "附件“%(name)s”超过 60 MB，收不下。请另存成小一些的文件再发送，原件留在手机里。"
    status: ClassVar[int] = 413


class Parts(FileUploadHandler):
    """
    Takes the parts of a multipart body; whoever reads them must settle or discard `files`.

    `torn` says that the body ended within a file: a phone lost its signal, and nobody is told but the handler.
    """

    chunk_size = 64 * 1024

    def __init__(self) -> None:
        super().__init__()
        self.xml = bytearray()
        self.files: list[Incoming] = []
        self.torn = False
        self._is_xml = False

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a part."""
        super().new_file(field_name, *args, **kwargs)
        self._is_xml = field_name == XML
        if self._is_xml:
            return
        self.files.append(Incoming(self.file_name or field_name, largest=LARGEST_FILE))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next bytes of the part."""
        if not self._is_xml:
            try:
                self.files[-1].write(raw_data)
            except FileTooLarge as error:
                raise FileTooMuch(name=self.files[-1].name) from error
            return
        if len(self.xml) + len(raw_data) > LARGEST_XML:
            raise TooMuch
        self.xml += raw_data

    def file_complete(self, file_size: int) -> None:
        """Say that the part has been taken care of."""

    def upload_interrupted(self) -> None:
        """Note that the last file is not whole. Kept under its name, it would stand there in place of the whole one."""
        self.torn = True

    def discard(self) -> None:
        """Throw away every file that was not settled."""
        for file in self.files:
            file.discard()


def read(request: HttpRequest, parts: Parts) -> bytes:
    """Read the body into `parts` and return the form's words. Raises NotASubmission, TooMuch, FileTooMuch."""
    request.upload_handlers = [parts]
    try:
        typed = request.POST.get(XML, "")
    except (MultiPartParserError, OSError, ValueError) as error:
        raise NotASubmission from error
    except SuspiciousOperation as error:  # more files or fields than anybody fills in
        raise TooMuch from error
    xml = bytes(parts.xml) or typed.encode()
    if parts.torn or not xml:
        raise NotASubmission
    return xml
