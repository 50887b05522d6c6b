"""What must hold of every answer, whatever was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from tests.integration.crawl.ground import SITE
from tests.integration.crawl.recipes import Place
from tests.integration.crawl.wire import Answer, Ask

MARK = "m4rk"
"""Part of every hostile text: an element, an attribute or an address that holds it got out of its place."""
_HEADERS = {
    "content-security-policy": re.compile(r"default-src 'none'"),
    "x-content-type-options": re.compile(r"nosniff$"),
    "referrer-policy": re.compile(r"same-origin$|no-referrer$"),
    "permissions-policy": re.compile(r"camera=\(\)"),
    "cross-origin-opener-policy": re.compile(r"same-origin$"),
    "cross-origin-resource-policy": re.compile(r"same-origin$|cross-origin$"),
}
_BARE = re.compile(
    r"Internal Server Error|Traceback \(most recent|Bad Request|File \"[^\"]+\.py\"|jinja2|sqlalchemy|KeyError"
)
_OUTSIDE = "http://127.0.0.1:9/"
"""The identity provider of the ground."""


def faults(place: Place, asked: Ask, answer: Answer) -> list[str]:
    """Everything that is wrong with an answer, a line each."""
    found = list(_faults(place, asked, answer))
    return [f"{place} ← {asked}: {each}" for each in found]


def _faults(place: Place, asked: Ask, answer: Answer) -> Iterator[str]:
    if answer.raised:
        yield f"raised {answer.raised}"
        return
    if answer.status >= 500 and not (answer.status == 503 and place.away):
        yield f"status {answer.status}"
    if not 200 <= answer.status < 600:
        yield f"status {answer.status}"
    yield from _of_headers(answer, is_framed="/cadre" in place.base)
    yield from _of_redirect(answer)
    yield from _of_body(place, asked, answer)


def _of_headers(answer: Answer, *, is_framed: bool) -> Iterator[str]:
    for name, pattern in _HEADERS.items():
        if not pattern.search(answer.header(name)):
            yield f"{name}: {answer.header(name)!r}"
    policy = answer.header("content-security-policy")
    whom = SITE if is_framed else "'none'"
    if "unsafe" in policy or not re.search(f"frame-ancestors {whom}(;|$)|frame-ancestors 'none'|sandbox", policy):
        yield f"policy {policy}"
    for name, value in answer.headers:
        yield from _of_header(name, value, kept=_FRAMED if is_framed else _OWN)


_OWN, _FRAMED = {"httponly", "samesite=lax"}, {"httponly", "secure", "samesite=none", "partitioned"}
"""What each cookie says of itself, on our own pages and in the frame of another site."""


def _of_header(name: str, value: str, *, kept: set[str]) -> Iterator[str]:
    if name == "server":
        yield "says what serves it"
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f]", name + value):
        yield f"control character in {name}"
    if MARK in value and name not in ("location", "hx-redirect"):
        yield f"reflected in {name}"
    if name == "set-cookie" and not kept <= set(re.split(r";\s*", value.lower())):
        yield f"cookie {value[:20]}…{value.partition(';')[2]}"


def _of_redirect(answer: Answer) -> Iterator[str]:
    for name in ("location", "hx-redirect"):
        where = answer.header(name)
        if where and not (re.match(r"/(?![/\\])", where) or where.startswith(_OUTSIDE)):
            yield f"leads to {where[:80]!r}"
    if answer.status in (301, 302, 303, 307, 308) and not answer.header("location"):
        yield "leads nowhere"


def _of_body(place: Place, asked: Ask, answer: Answer) -> Iterator[str]:
    kind = answer.header("content-type")
    if not answer.body:
        return
    if kind.startswith("text/html"):
        yield from _of_page(asked, answer)
    elif answer.status in (405, 404, 403) and kind == "text/plain; charset=utf-8" and _BARE.search(answer.text) is None:
        if not re.search(r"[a-zé ]{8}", answer.text):
            yield f"bare words {answer.text[:60]!r}"
    elif not kind.startswith(place.media or ("\0",)):
        yield f"content type {kind!r}"


def _of_page(asked: Ask, answer: Answer) -> Iterator[str]:
    text = answer.text
    if answer.header("content-type") != "text/html; charset=utf-8":
        yield f"content type {answer.header('content-type')!r}"
    if bare := _BARE.search(text):
        yield f"says {bare.group()!r}"
    if "\x00" in text or not _is_utf8(answer.body):
        yield "NUL, or not UTF-8"
    if "<html" in text:
        yield from _of_whole(text)
    elif asked.headers.get("hx-request") != b"true" and not _is_piece(asked):
        yield f"a piece of a page: {text[:60]!r}"
    if MARK in text:
        yield from escaped(text)


def _of_whole(text: str) -> Iterator[str]:
    if '<html lang="fr"' not in text:
        yield "not in French"
    if (count := len(re.findall(r"<h1[ >]", text))) != 1:
        yield f"{count} h1"
    if not re.search(r"<title>[^<]{3,}</title>", text):
        yield "no title"


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_piece(asked: Ask) -> bool:
    """What scripts alone ask for: the list of files just sent."""
    return asked.target.endswith("/fichiers")


def escaped(text: str) -> list[str]:
    """What of a hostile text became markup, an empty list when nothing did."""
    reader = _Reader()
    reader.feed(text)
    return reader.found


class _Reader(HTMLParser):
    """Elements, names of attributes and addresses that hold the mark."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if MARK in tag:
            self.found.append(f"element {tag[:40]}")
        for name, value in attrs:
            if MARK in name:
                self.found.append(f"attribute {name[:40]}")
            if name in ("href", "action", "formaction", "src") and re.match(
                r"\s*(?!https?:|mailto:|tel:)[a-z]+:", value or ""
            ):
                self.found.append(f"address {(value or '')[:40]}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None and MARK in data:
            self.found.append(f"in {self.cdata_elem}")
