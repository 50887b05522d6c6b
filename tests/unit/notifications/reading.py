"""What a person reads in a letter or a mail, spaces made plain, so that renderings can be compared."""

from __future__ import annotations

import io
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

from pypdf import PdfReader


def plain(text: str) -> str:
    """Every run of spaces, line breaks and no-break spaces as one space."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def pdf(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def pdf_text(content: bytes) -> str:
    return plain(" ".join(page.extract_text() for page in pdf(content).pages))


def mail(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


class Page(HTMLParser):
    """The text of an HTML body, its links, and how often each element stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._silent += tag in ("style", "title")
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)

    @property
    def text(self) -> str:
        """Inline elements join their text, so words are joined as they stand."""
        return plain("".join(self.words))

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.elements if name == tag)

    def having(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]
