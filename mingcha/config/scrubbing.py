"""
What no log may hold: the token with which a phone sends, and that of a one-time link.

ODK Collect has it in the address, as has the link, so it would stand wherever an address is logged. It is taken out
when a record is made, before any logger, handler or formatter has seen it: none can be forgotten, those of other
packages neither. Message, arguments, traceback and stack alike.
"""

import logging
import logging.config
import re
from typing import Any

HIDDEN = "…"
SECRETS = (
    # An address with a token, also one cut short or written in another way (%2Fkey%2F).
    (re.compile(r"(key(?:/|%2f))[^/\s\"'?#<>\\&%]+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    # A one-time link; what follows order/ are numbers.
    (re.compile(r"((?:/|%2f)u(?:/|%2f))(?!order(?:/|%2f))[^/\s\"'?#<>\\&%]+", re.IGNORECASE), rf"\g<1>{HIDDEN}"),
    # What an Authorization header holds.
    (re.compile(r"\b(bearer|basic)(\s+)[\w.~+/=%-]{16,}", re.IGNORECASE), rf"\1\2{HIDDEN}"),
    # A token anywhere else, by its shape: 256 bits as URL-safe base64. Hashes in hex are told apart by their one case.
    (re.compile(r"(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[A-Za-z0-9_-]{43,}", re.ASCII), HIDDEN),
)

_formatter = logging.Formatter()


def configure(settings: dict[str, Any]) -> None:
    """Set up logging as `settings` say, without secrets. Django calls this, by its LOGGING_CONFIG."""
    logging.config.dictConfig(settings)
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Scrubbed):
        logging.setLogRecordFactory(_Scrubbed(make))


def scrubbed(text: str) -> str:
    """Return the text without tokens."""
    for pattern, instead in SECRETS:
        text = pattern.sub(instead, text)
    return text


class _Scrubbed:
    """Makes records as before, and takes out of each what is secret."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = self.make(*given, **named)
        try:
            said = record.getMessage()
        except (TypeError, ValueError, KeyError):  # arguments that do not fit: logging would print them as they are
            said = f"{record.msg} {record.args!r}"
            record.msg, record.args = scrubbed(said), ()
        if (clean := scrubbed(said)) != said:
            record.msg, record.args = clean, ()
        if record.exc_info and record.exc_info[0]:
            # Formatters keep what stands here instead of asking the exception again.
            record.exc_text = scrubbed(_formatter.formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = scrubbed(record.stack_info)
        return record
