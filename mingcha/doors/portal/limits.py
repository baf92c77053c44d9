"""
A brake for who sends much, which keeps no address.

Counted is a keyed digest of the network an address lies in, in this process's memory alone; the key is drawn anew every
hour and the counts go with it, so nothing can be asked afterwards about who was here.
"""

import hashlib
import ipaddress
import secrets
from collections import Counter
from threading import Lock
from typing import ClassVar

from django.utils.translation import gettext_noop

from mingcha.kernel.refusals import Refusal

# A village behind one mobile gateway must get through; a machine must not. For each act, an hour.
MOST = {"send": 60, "send-idle": 12, "enter": 60}
# Browsers without script do no work; all of them together may send so much in an hour to one process.
MOST_IDLE = 240
HOUR = 3600


class TooMuch(Refusal):
    message: ClassVar[str] = gettext_noop("这一带的网络刚才提交得太多。您填的内容都还在这一页，请过一会儿再按一次。")
    status: ClassVar[int] = 429


class _Counts:
    """One hour's counts under one hour's key."""

    def __init__(self) -> None:
        self.lock, self.hour, self.key, self.seen = Lock(), -1, b"", Counter[bytes]()

    def one_more(self, act: str, network: str, *, hour: int) -> int:
        with self.lock:
            if hour != self.hour:
                self.hour, self.key, self.seen = hour, secrets.token_bytes(16), Counter()
            place = hashlib.blake2b(f"{act} {network}".encode(), key=self.key, digest_size=8).digest()
            self.seen[place] += 1
            return self.seen[place]


_counts = _Counts()


def count(act: str, address: str | None, *, seconds: float) -> None:
    """
    Count one act from an address; `seconds` is the running clock's. Raises TooMuch.

    An address of this machine or of an inner network says nothing: a proxy stands there, whose own limits hold.
    """
    hour = int(seconds // HOUR)
    network = network_of(address)
    # Its own network first: what is refused there takes nothing from what all have together.
    if network and _counts.one_more(act, network, hour=hour) > MOST[act]:
        raise TooMuch
    if act == "send-idle" and _counts.one_more(act, "all", hour=hour) > MOST_IDLE:
        raise TooMuch


def network_of(address: str | None) -> str:
    """Return the network counted as one sender: 256 addresses of IPv4, a site's /56 of IPv6; "" for an inner one."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if not found.is_global:
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 56), strict=False))
