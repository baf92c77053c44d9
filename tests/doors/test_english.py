"""Every page one can reach by links, read in English: none of the program's own phrases is left in Chinese."""

import re
from collections import deque
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from django.test import Client

from mingcha.config import phrases
from tests.ranks import TIERS
from tests.world import sign_in

MOST_PAGES = 120  # for one person; pages of the same kind are read twice at most
SHOWN = ("title", "aria-label", "placeholder", "alt", "data-label")


class Page(HTMLParser):
    """What a page says, in its text and in the attributes people read or hear, and where it leads."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.said += [found[name].strip() for name in SHOWN if found.get(name)]
        if tag == "a" and found.get("href") and "download" not in found:
            self.links.append(found["href"].partition("#")[0])

    def handle_data(self, data: str) -> None:
        self.said.append(data.strip())


@pytest.fixture(scope="module")
def chinese() -> set[str]:
    """The phrases that differ in English and are long enough to be no name of a site type or a place."""
    return {
        text
        for phrase in phrases.english()
        for text in ([phrase.id] if isinstance(phrase.id, str) else phrase.id)
        if len(text) > 3 and "%(" not in text and text not in phrase.string
    }


@pytest.mark.parametrize("who", ["lead", "county", "leader", "inspector", "unit", "group", "township", "village"])
def test_pages_in_english_say_nothing_in_chinese(client, world, ranks, chinese, who):
    sign_in(client, getattr(ranks, who, None) or getattr(world, who)).cookies["django_language"] = "en"
    read, left = _read(client, chinese - {tier.name for tier in TIERS})  # the city named its tiers
    assert left == []
    assert len(read) >= 3


def _read(client: Client, chinese: set[str]) -> tuple[set[str], list[str]]:
    """Follow links from the first page; return the addresses read and the Chinese found, each with its address."""
    waiting, read, left, kinds = deque(["/"]), set(), [], {}
    while waiting and len(read) < MOST_PAGES:
        address = waiting.popleft()
        kind = re.sub(r"/[^/]*\d[^/]*/", "/n/", address.partition("?")[0])
        if address in read or kinds.get(kind, 0) >= 2:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        read.add(address)
        answer = client.get(address, follow=True)
        if answer.headers.get("content-type", "").startswith("text/html"):
            page = Page(answer.content.decode())
            left += [f"{address}: {text}" for text in page.said if text in chinese]
            links = [urljoin(address, to) for to in page.links]
            # The public's pages link to themselves in the other language.
            waiting += [link for link in links if link.startswith("/") and "language=" not in link]
    return read, left
