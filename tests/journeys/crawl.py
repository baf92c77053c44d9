"""All kinds of pages that somebody reaches by links."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

from django.urls import resolve

from tests.journeys.visitor import Visitor

FILES = re.compile(r"\.(xlsx|docx|json|xml)$|/(photos|proofs|attachments|progress|signatures)/\d+/$")
LINKS = "links => links.filter(a => !a.hasAttribute('download')).map(a => a.href)"


def crawl(visitor: Visitor, *, alike: int = 1) -> Iterator[str]:
    """
    Yield the home page and all that its links lead to; links are read after each visit.

    Of one kind as many as are said to be looked at: the tenth order looks like the first. Of those narrowed, one.
    """
    waiting, known, kinds = deque(["/"]), {"/"}, Counter[tuple[str, ...]]()
    while waiting:
        address = waiting.popleft()
        yield address
        for link in visitor.page.eval_on_selector_all("a[href]", LINKS):
            target = urlsplit(str(link))
            found = target.path + (f"?{target.query}" if target.query else "")
            if f"{target.scheme}://{target.netloc}/" != visitor.server.url or FILES.search(target.path):
                continue
            if "language" in dict(parse_qsl(target.query)):
                continue  # the same page for somebody who reads another language
            if target.path.startswith("/tipline/") and target.path != "/tipline/":
                continue  # locked to who has not unlocked; its pages have a journey of their own
            kind = (resolve(target.path).view_name, *sorted(key for key, _ in parse_qsl(target.query)))
            if found not in known and kinds[kind] < (1 if target.query else alike):
                known.add(found)
                kinds[kind] += 1
                waiting.append(found)
