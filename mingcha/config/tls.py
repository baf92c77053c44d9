"""
Serving https ourselves: an office's certificate and its key, tried before anybody connects.

1. Read both files, and say which one is at fault.
2. Shake hands with ourselves, in memory, trusting this very certificate: what is expired, not yet valid, not meant for
   a server or too weak fails here, with the reason, and not on the first phone.
3. Say what would fail later: no names in it, not the names served under, about to expire, a key that others can read.
4. For every connection look whether the files have been replaced: a renewed certificate needs no restart.
"""

import logging
import os
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from mingcha.kernel.refusals import Refusal

log = logging.getLogger(__name__)

DAY = 24 * 3600
SOON = 30 * DAY
EXPIRED, NOT_YET = 10, 9  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and …_NOT_YET_VALID


class CertificateUnreadable(Refusal):
    """There is no such file, or no certificate in it."""

    message = "读不出证书文件 %(file)s（%(reason)s），请核对 --tls 的第一个文件：PEM 格式的服务器证书。"


class KeyUnreadable(Refusal):
    """There is no such file, no private key in it, or one under a password."""

    message = "读不出私钥文件 %(file)s（%(reason)s），请核对 --tls 的第二个文件：PEM 格式、不设密码的私钥。"


class KeyOfAnother(Refusal):
    """The key belongs to another certificate."""

    message = "私钥 %(key)s 与证书 %(certificate)s 不是一对，请换成签发这张证书时用的私钥。"


class CertificateExpired(Refusal):
    """Its last day is over."""

    message = "证书 %(file)s 已经过期，请续签后再启动（见 docs/https.zh-CN.md）。"


class CertificateNotYetValid(Refusal):
    """Its first day is still to come; more often the clock of this machine is wrong."""

    message = "证书 %(file)s 还没有到生效时间，请核对本机时钟，或等生效后再启动。"


class CertificateUnfit(Refusal):
    """Anything else that a phone would refuse it for."""

    message = "证书 %(file)s 不能用于服务器（%(reason)s），请按 docs/https.zh-CN.md 重新签发。"


@dataclass(frozen=True)
class Doubt:
    """What works today and may not work for a phone: a Chinese template and what it is about."""

    template: str
    facts: dict[str, object]


@dataclass
class Pair:
    """A certificate (its chain may follow in the same file) and its private key, both PEM files."""

    certificate: Path
    key: Path
    _stamp: tuple[int, ...] = ()
    _context: ssl.SSLContext | None = field(default=None, repr=False)

    def examine(self, names: Iterable[str] = ()) -> list[Doubt]:
        """
        Return what is doubtful about them for a server reached under `names`.

        Raises CertificateUnreadable, KeyUnreadable, KeyOfAnother, CertificateExpired, CertificateNotYetValid and
        CertificateUnfit.
        """
        self._require_certificate()
        self._require_key()
        self._stamp = self._stamps()
        self._context = self._loaded()
        held = self._shaken(self._context)
        return [*self._doubts_of_certificate(held, names), *self._doubts_of_key()]

    def context(self) -> ssl.SSLContext:
        """Return what to wrap the next connection with; replaced files count from now on, unless they do not fit."""
        try:
            stamp = self._stamps()
        except OSError:
            stamp = self._stamp  # just being replaced
        if self._context is None or stamp != self._stamp:
            self._stamp = stamp
            try:
                self._context = self._loaded()
            except Refusal as refusal:
                if self._context is None:
                    raise
                # Of two files one may have been replaced before the other; the old pair serves until both fit.
                log.warning("%s", refusal)
        return self._context

    def _stamps(self) -> tuple[int, ...]:
        found = [os.stat(path) for path in (self.certificate, self.key)]
        return tuple(number for one in found for number in (one.st_mtime_ns, one.st_ino, one.st_size))

    def _require_certificate(self) -> None:
        try:
            self.certificate.read_bytes()
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=self.certificate)
        except (OSError, ValueError) as error:
            raise CertificateUnreadable(file=self.certificate, reason=_reason(error)) from error

    def _require_key(self) -> None:
        try:
            self.key.read_bytes()
        except OSError as error:
            raise KeyUnreadable(file=self.key, reason=_reason(error)) from error

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            # Without a password given here, OpenSSL would ask the terminal for one and wait.
            context.load_cert_chain(self.certificate, self.key, password=lambda: "")
        except (OSError, ValueError) as error:
            if getattr(error, "reason", None) == "KEY_VALUES_MISMATCH":
                raise KeyOfAnother(key=self.key, certificate=self.certificate) from error
            raise KeyUnreadable(file=self.key, reason=_reason(error)) from error
        return context

    def _shaken(self, server: ssl.SSLContext) -> dict[str, Any]:
        """Return what a client reads of the certificate that it has verified."""
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname = False  # names are looked at afterwards, and only doubted
        trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        trusting.load_verify_locations(cafile=self.certificate)
        to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = trusting.wrap_bio(to_client, to_server)
        ends = (client, server.wrap_bio(to_server, to_client, server_side=True))
        try:
            waiting = set(ends)
            while waiting:
                waiting = {end for end in waiting if not _step(end)}
        except ssl.SSLError as error:
            code = getattr(error, "verify_code", None)
            known = {EXPIRED: CertificateExpired, NOT_YET: CertificateNotYetValid}.get(code or 0)
            if known:
                raise known(file=self.certificate) from error
            reason = getattr(error, "verify_message", "") or _reason(error)
            raise CertificateUnfit(file=self.certificate, reason=reason) from error
        return dict(client.getpeercert() or {})

    def _doubts_of_certificate(self, held: dict[str, Any], names: Iterable[str]) -> Iterable[Doubt]:
        left = ssl.cert_time_to_seconds(held["notAfter"]) - time.time()  # noqa: TID251 - config may read the time
        if left < SOON:
            yield Doubt("证书 %(file)s 还有 %(days)d 天过期，请尽快续签。", self._facts(days=int(left // DAY)))
        covered = [name for _kind, name in held.get("subjectAltName", ())]
        if not covered:
            yield Doubt("证书 %(file)s 里没有写明域名或地址（subjectAltName），手机不会接受。", self._facts())
            return
        for name in names:
            if not any(_covers(one, name.strip("[]")) for one in covered):
                yield Doubt("证书 %(file)s 里没有 %(name)s，手机用这个名称访问会报错。", self._facts(name=name))

    def _doubts_of_key(self) -> Iterable[Doubt]:
        if self.key.stat().st_mode & 0o007:
            yield Doubt("本机的其他用户也能读到私钥 %(file)s，请执行 chmod o= %(file)s。", {"file": self.key})

    def _facts(self, **more: object) -> dict[str, object]:
        return {"file": self.certificate, **more}


def _step(end: ssl.SSLObject) -> bool:
    """Go on with a handshake as far as it will; return whether it is done."""
    try:
        end.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _covers(written: str, name: str) -> bool:
    """Whether a name or address in a certificate stands for `name`; a star stands for one part."""
    with suppress(ValueError):
        return ip_address(written) == ip_address(name)
    if written.startswith("*.") and "." in name:
        return written[2:].casefold() == name.split(".", 1)[1].casefold()
    return written.casefold() == name.casefold()


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        # "[SSL] PEM lib (_ssl.c:3905)" says nothing to anybody, and a line of a source file even less.
        return (error.reason or "not PEM").replace("_", " ").lower()
    return getattr(error, "strerror", None) or str(error)
