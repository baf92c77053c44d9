"""
Handing a message to a mail server or to the robot of a chat group, through Apprise.

Apprise takes an answer of status 200 from WeCom, DingTalk and Feishu for success; all three also say with that status
that a key is wrong or a message was refused, and put the reason into the body. So their answers are read once more on
the way (`_post`). Neither Apprise nor the libraries beneath it may log: their lines hold addresses and keys.
"""

import json
import logging
from collections.abc import Mapping
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from apprise import AppriseAsset, NotifyFormat
from apprise.exception import AppriseImproperlyConfigured
from apprise.plugins import dingtalk, feishu, wecombot
from apprise.plugins.email.base import NotifyEmail
from django.conf import settings

from mingcha.ground.notices.states import Cause, Kind

for _name in ("apprise", "urllib3"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)  # theirs and their children's: no line is even made

# Seconds to connect and to wait for each answer: a round of the outbox waits for nobody longer.
PATIENCE = 10
# Whoever redirects is not whom the office named.
_ASSET = AppriseAsset(app_id="Mingcha", app_desc="Mingcha", async_mode=False, http_redirects=False)
_heard: ContextVar[Cause] = ContextVar("heard", default=Cause.UNREACHABLE)


class _Refused(requests.RequestException):
    """The service answered, and its answer was no."""


def _post(url: str, **given: Any) -> requests.Response:
    """
    Post as `requests.post` does, to where this machine's settings say that a service lives.

    Raises _Refused where the answer has an error code, whatever its status.
    """
    if signed := (given.get("params") or {}).get("sign"):
        # Apprise has encoded the signature for the address already; requests would do it a second time.
        given["params"]["sign"] = unquote(signed)
    answer = requests.post(_moved(url), **given)
    _heard.set(Cause.REFUSED)
    try:
        told = answer.json()
    except ValueError:
        told = None
    code = (
        next((told[name] for name in ("errcode", "code", "StatusCode") if name in told), None)
        if isinstance(told, dict)
        else None
    )
    if code != 0:
        raise _Refused
    return answer


def _moved(url: str) -> str:
    """Return the address at an office's own server, where one stands for the public one (MINGCHA_CHAT_HOSTS)."""
    parts = urlsplit(url)
    base = settings.MINGCHA_CHAT_HOSTS.get(parts.netloc)
    return url.replace(f"{parts.scheme}://{parts.netloc}", base, 1) if base else url


for _plugin in (dingtalk, feishu, wecombot):
    _plugin.requests = SimpleNamespace(  # type: ignore[attr-defined]
        post=_post, codes=requests.codes, RequestException=requests.RequestException
    )


def read(opened: bytes) -> dict[str, Any]:
    """Return what a channel's envelope held."""
    found: dict[str, Any] = json.loads(opened)
    return found


def hand_over(kind: str, opened: Mapping[str, Any], *, to: str, title: str, body: str) -> Cause:
    """
    Send one message; return why it did not arrive, NONE where it was taken.

    `opened`: what the channel's box holds (`actions.set_channel`); `to`: a mail address, unused for groups. Never raises
    for what the other side does or says.
    """
    heard = _heard.set(Cause.UNREACHABLE)
    try:
        plugin = _plugin_for(kind, opened, to)
        taken = plugin.notify(body=body, title=title, body_format=NotifyFormat.TEXT)
        return Cause.NONE if taken else _heard.get()
    except (AppriseImproperlyConfigured, KeyError, TypeError):
        return Cause.UNREADABLE
    finally:
        _heard.reset(heard)


def _plugin_for(kind: str, opened: Mapping[str, Any], to: str) -> Any:
    usual = {"asset": _ASSET, "cto": PATIENCE, "rto": PATIENCE}
    if kind == Kind.WECOM:
        return wecombot.NotifyWeComBot(key=opened["token"], **usual)
    if kind == Kind.DINGTALK:
        return dingtalk.NotifyDingTalk(token=opened["token"], secret=opened.get("secret") or None, **usual)
    if kind == Kind.FEISHU:
        return feishu.NotifyFeishu(token=opened["token"], **usual)
    # With the server named, Apprise leaves out what it believes to know of well-known mail providers.
    return NotifyEmail(
        smtp_host=opened["server"], host=opened["sender"].split("@")[1], port=opened["port"],
        user=opened["user"] or None, password=opened["password"] or None, from_addr=f"Mingcha <{opened['sender']}>",
        secure=opened["security"] != "insecure", secure_mode=opened["security"], targets=[to], **usual,
    )  # fmt: skip
