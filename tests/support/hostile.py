"""What no person types, and a reader of the inputs that a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}${7*7}",
    "Œdipe œuvre Ÿ ß ĳ ﬁ",
    "é",
    "🧑‍🦽👩‍💻🇫🇷",
    "مرحبا \u200fabc\u200e",
    "\u202eabc\u2066",
    "Cam\x00ille",
    "a\r\nBcc: x@exemple.example\r\n\r\n<b>",
    "\n\n  deux lignes\n\ttab ",
    "x" * 20_000,
    "̖́" * 5_000,
    "[" * 10_000 + "]" * 10_000,
    '{"a":' * 5_000 + "1" + "}" * 5_000,
    "' OR 1=1 --",
    '=HYPERLINK("http://x.example")',
    "../../etc/passwd%00",
    "0" * 5_000,
    "9" * 5_000,
    "-1",
    "1e400",
    "NaN",
    "١٢٣",
    "２０２６",
    "true",
    "99999999999999",
    "2027-02-30",
    "٢٠٢٦",
    "9999",
    "12:60",
    "a@" * 2_000,
    "(" * 5_000,
    "-",
    "99100",
    "\ufffe\uffff",
    " ",
    "null",
)


@dataclass
class Read(HTMLParser):
    """The inputs of a page's form: what each would post, all that a name may post, and the words of the text inputs."""

    html: str
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    _area: str = ""
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(re.sub(r"(<textarea[^>]*>)\r?\n", r"\1", self.html))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, kind = told.get("name", ""), told.get("type", "text")
        if tag not in ("input", "textarea", "select") or not name:
            return
        self.names[name] = None
        if tag == "textarea":
            self._area, self.texts[name] = name, ""
        elif tag == "input" and kind in ("hidden", "checkbox", "radio"):
            if kind == "hidden" or "checked" in told:
                self.values.setdefault(name, []).append(told.get("value", ""))
        elif tag == "input" and kind != "file":
            self.texts[name] = told.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.texts[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""
