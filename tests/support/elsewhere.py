"""Addresses that look like a path of ours and lead elsewhere, and what a browser makes of a Location."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

EVIL = "evil.example"
HOSTILE_PATHS = (
    "https://evil.example",
    "http://evil.example/tilleul/",
    "HTTPS://EVIL.EXAMPLE/",
    "//evil.example",
    "//evil.example/tilleul/",
    "///evil.example",
    "////evil.example/tilleul/",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\\/evil.example/tilleul/",
    "/tilleul/\\evil.example",
    "/tilleul\\@evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:\\\\evil.example",
    "http:tilleul/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//tilleul/",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "blob:https://evil.example/x",
    "file:///etc/passwd",
    "mailto:x@evil.example",
    "ftp://evil.example/",
    "ws://evil.example/",
    "\t//evil.example",
    "\n//evil.example",
    "\r//evil.example",
    " //evil.example",
    "\u00a0//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/\x00/evil.example",
    "/tilleul/\r\nLocation: https://evil.example",
    "/tilleul/\r\n\r\n<script>alert(1)</script>",
    "/tilleul/\nSet-Cookie: a=b",
    "/tilleul/\x0b",
    "/tilleul/\x7f",
    "@evil.example",
    ":@evil.example/",
    "127.0.0.1:8000@evil.example/tilleul/",
    "//127.0.0.1:8000@evil.example/tilleul/",
    "//127.0.0.1:8000/tilleul/",
    "http://127.0.0.1:8000.evil.example/tilleul/",
    "evil.example",
    "evil.example/tilleul/",
    "?//evil.example",
    "#//evil.example",
    ".//evil.example",
    "..//evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/tilleul/..//evil.example",
    "/tilleul/../marronnier/agents",
    "/tilleul/%2e%2e//evil.example",
    "/tilleul/.%2E/marronnier/",
    "/%2e/%2f/evil.example",
    "/tilleul.evil.example/",
    "/tilleul@evil.example/",
    "/marronnier/agents",
    "/tilleul-sur-mer/",
    "/tilleul/" + "a" * 600,
)


def leads_away(location: str, *, base: str = "http://127.0.0.1:8000/tilleul/x") -> bool:
    """Whether a browser leaves the host, as the URL standard reads an address: no control characters nor spaces at its
    ends, tabs and line ends dropped, "\\" as "/"."""
    read = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33))))).replace("\\", "/")
    read = re.sub(r"^(https?):/*", r"\1://", read, flags=re.IGNORECASE)
    if re.match(r"//+", read):
        read = "//" + read.lstrip("/")
    try:
        parts = urlsplit(urljoin(base, read))
    except ValueError:
        return True
    return (parts.scheme, parts.netloc) != ("http", "127.0.0.1:8000")
