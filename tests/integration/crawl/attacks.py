"""What no browser of ours sends: paths, queries, headers, methods and bodies, each under a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, quote_plus

from tests.integration.crawl.rules import MARK
from tests.integration.crawl.wire import ABSENT

TAG = f"<{MARK}>"
MARKED = (
    f'{TAG}"><{MARK} {MARK}=1>',
    f"' on{MARK}='1' x='",
    f'" on{MARK}="1" x="',
    f"{{{{ '{MARK}' }}}}{{% raw %}}${{7*7}}%s%n%x{{0.__class__}}",
    f"</script><script>{MARK}</script>",
    f"javascript:{MARK}",
    f"{MARK}\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
    f"\u202e{MARK}\u2066\u200f مرحبا Œ ﬁ 🧑‍🦽",
    f"{MARK}\x00<{MARK}>",
    f"//{MARK}.example/\\{MARK}",
)
"""Texts that say MARK, whatever becomes of them."""
TEXTS = (
    *MARKED,
    "",
    "-1",
    "0",
    str(2**63),
    str(2**70),
    "9" * 5_000,
    "1e400",
    "NaN",
    "٣²Ⅷ",
    "'; DROP TABLE draft; --",
    "%00%ff%2e%2e/",
    "../../../etc/passwd",
    "a" * 20_000,
    "\u0300\u0316" * 2_000,
    "[" * 10_000,
    '{"a":' * 2_000,
    "\ufffe\uffff",
    "2027-02-30",
    "0000-00-00",
    "9999-12-31",
    "true",
    "=HYPERLINK(1)",
)
DIGITS = "9" * 4_400
"""More than Python reads as a number: for every parameter, since each may be read as one."""
PIECES = (
    "",
    ".",
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%00",
    "x%00y",
    "%FF",
    "%ED%A0%80",
    "%E2%80%AE",
    "%F0%9F%A7%91",
    quote("é"),
    "a" * 3_000,
    "-1",
    "0",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(2**70),
    "9" * 400,
    quote("٣"),
    quote("²"),
    "1.0",
    "1_0",
    "+1",
    "%20",
    "%0D%0AX:%20y",
    "'--",
    "%25s%25n%25x",
    "%7B0.__class__%7D",
    quote(f"{TAG}", safe=""),
    quote(f'"><{MARK}>', safe=""),
    "__proto__",
    "x;y=z",
    "x.pdf",
    "%5c..%5c",
    "%",
    "%zz",
)
"""In place of one parameter of a path, as the request line writes it."""

_NAMES = (
    *("q", "vue", "demarche", "apres", "suite", "souci", "fait", "issue", "state", "code", "error", "iss", "next"),
    *(
        "modifier",
        "autre",
        "lon",
        "lat",
        "version",
        "etat",
        "page",
        "jeton",
        "lien",
        "prefill.place",
        "error_description",
    ),
)


def _query(text: str) -> str:
    return "&".join(f"{name}={quote_plus(text)}" for name in _NAMES)


QUERIES: tuple[str, ...] = (
    *(
        _query(text)
        for text in (*MARKED, "//evil.example", "-1", "9" * 400, "_", "1_2", "9" * 30 + "_" + "9" * 30, "٣", "NaN")
    ),
    "&".join(f"{name}=1&{name}=2&{name}[]=3&{name}[a]=4" for name in _NAMES),
    "&".join(f"{name}={'a' * 2_000}" for name in _NAMES),
    "&".join(f"{name}=%FF%ED%A0%80" for name in _NAMES),
    "&".join(f"n{number}=x" for number in range(3_000)),
    "%00=%00",
    "&&=&=;=&&%",
    "?" * 50,
    "code=x&state=y&iss=" + quote_plus("http://127.0.0.1:9/api/v2"),
)
"""After the question mark."""

METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "get", "X" * 40)

HEADERS: tuple[Mapping[str, bytes], ...] = (
    {"accept": b"image/png"},
    {"accept": b"text/html;q=" + b"9" * 4_000},
    {"accept": b";;;,,,q=nan"},
    {"accept": b"application/json"},
    {"accept-language": b"\xff" * 100},
    {"accept-encoding": b"x, *;q=0, gzip;q=nan"},
    {"cookie": b"grc-citizen-tilleul-8000=\x01; =; ;;;; grc-agent-tilleul-8000=" + b"x" * 5_000},
    {"cookie": b"grc-citizen-tilleul-8000=\xff\xfe; grc-agent-tilleul-8000=\xff"},
    {"cookie": b'grc-citizen-tilleul-8000="<' + MARK.encode() + b'>"; grc-agent-tilleul-8000="\\000\\377"'},
    {"cookie": b"; ".join(b"c%d=x" % number for number in range(500))},
    {"host": b"evil.example"},
    {"host": b"[::1"},
    {"host": b"\xe9.example"},
    {"host": b"<" + MARK.encode() + b">"},
    {"host": b"a" * 5_000},
    {"host": b""},
    {"host": ABSENT},
    {"range": b"bytes=9-1,-,a"},
    {"range": b"bytes=0-0"},
    {"range": b"bytes=0-" + b"9" * 400},
    {"if-modified-since": b"x"},
    {"if-modified-since": b"Sun, 31 Dec 9999 23:59:59 GMT"},
    {"if-none-match": b'"' * 5_000},
    {"if-none-match": b"*"},
    {"if-match": b'"x"'},
    {"expect": b"200-ok"},
    {"hx-request": b"true", "hx-target": b"<" + MARK.encode() + b">", "hx-current-url": b"javascript:1"},
    {"hx-request": b"\xff"},
    {"x-http-method-override": b"DELETE", "x-method-override": b"PUT"},
    {"x-forwarded-for": b"::ffff:%00, 999.1.1.1,,,", "x-forwarded-host": b"evil.example", "x-forwarded-proto": b"x"},
    {"x-original-url": b"/tilleul/agents", "x-rewrite-url": b"/exploitation"},
    {"forwarded": b'for="<' + MARK.encode() + b'>";host=evil.example'},
    {"origin": b"null", "sec-fetch-site": ABSENT},
    {"origin": b"http://[::1", "sec-fetch-site": ABSENT},
    {"sec-fetch-site": b"cross-site"},
    {"sec-fetch-site": b"\xff"},
    {"sec-fetch-dest": b"iframe", "sec-fetch-mode": b"navigate"},
    {"referer": b"javascript:" + MARK.encode()},
    {"referer": b"\xff" * 50},
    {"user-agent": b"\xff<" + MARK.encode() + b">" * 2_000},
    {"authorization": b"Basic \xff"},
    {"authorization": b"Basic eA=="},
    {"authorization": b"Bearer " + b"x" * 5_000},
    {"content-length": b"-1"},
    {"content-type": b"multipart/form-data; boundary=" + b"b" * 5_000},
    {"upgrade": b"websocket", "connection": b"upgrade"},
    {"grc-signature": b"t=1,v1=" + b"0" * 64, "grc-endpoint": b"<" + MARK.encode() + b">"},
)
"""On top of those of a browser, for a GET as for a POST."""

Body = tuple[str, Mapping[str, bytes], bytes]
"""Its name, its headers, its bytes."""
_FORM, _MULTIPART = b"application/x-www-form-urlencoded", b"multipart/form-data; boundary=b"


def bodies(names: Sequence[str], values: Mapping[str, Sequence[str]]) -> Iterator[Body]:
    """What may be posted to a form. names: of its inputs. values: what the form itself would post."""
    kept = {name: list(given) for name, given in values.items()}
    for turn, text in enumerate(TEXTS):
        typed = {name: [text] for name in names if name not in kept}
        yield f"form kept, text {turn}", {"content-type": _FORM}, _urlencoded({**kept, **typed})
        mixed = {name: [TEXTS[(turn + 7 * at) % len(TEXTS)]] for at, name in enumerate(names)}
        yield f"every input {turn}", {"content-type": _FORM}, _urlencoded(mixed)
        parts = {**kept, **{name: [TEXTS[(turn + 5 * at) % len(TEXTS)]] for at, name in enumerate(typed)}}
        yield f"multipart {turn}", {"content-type": _MULTIPART}, _multipart(parts)
    yield from _odd(names, kept)


def _odd(names: Sequence[str], kept: Mapping[str, Sequence[str]]) -> Iterator[Body]:
    form = {"content-type": _FORM}
    whole = {**{name: [MARKED[0]] for name in names}, **kept}
    yield "nothing", {}, b""
    yield "an empty form", form, b""
    yield "the form as it is", form, _urlencoded(kept)
    yield (
        "unknown fields",
        form,
        _urlencoded({**kept, **{name: [TAG] for name in ("__proto__", "", "é", TAG, "x" * 5_000)}}),
    )
    yield "repeated", form, _urlencoded({name: [*given, TAG, "", "x"] for name, given in whole.items()})
    yield (
        "arrays",
        form,
        _urlencoded({f"{name}{end}": [TAG] for name in whole for end in ("[]", "[0]", "[a][b]", ".0", ".x")}),
    )
    yield "many fields", form, _urlencoded({f"n{number}": ["x"] for number in range(2_000)})
    yield "huge", form, _urlencoded({name: ["x" * (900_000 // max(len(whole), 1))] for name in whole})
    yield "too huge", form, b"x=" + b"x" * 1_000_001
    yield "override", form, _urlencoded({**kept, "_method": ["DELETE"], "_charset_": ["utf-7"]})
    yield "not UTF-8", form, b"&".join(name.encode() + b"=%FF%ED%A0%80" for name in whole)
    yield "raw bytes", form, bytes(range(256)) * 4
    yield "a bad escape", form, b"&".join(name.encode() + b"=%" for name in whole)
    yield "only ampersands", form, b"&" * 20_000
    yield "JSON", {"content-type": b"application/json"}, b"[" * 20_000
    yield "JSON object", {"content-type": b"application/json"}, b'{"email": {"$gt": ""}}'
    yield "text", {"content-type": b"text/plain"}, _urlencoded(kept)
    yield (
        "XML",
        {"content-type": b"application/xml"},
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    )
    yield "no type", {"content-type": b"\xff"}, _urlencoded(kept)
    for charset in (b"utf-7", b"utf-16", b"utf-99", b'"'):
        yield f"charset {charset!r}", {"content-type": _FORM + b"; charset=" + charset}, _urlencoded(whole)
    yield from _broken(kept, next(iter(names), "x"))


def _broken(kept: Mapping[str, Sequence[str]], name: str) -> Iterator[Body]:
    """Bodies in parts that lie."""
    said, whole = {"content-type": _MULTIPART}, _multipart(kept)
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx\r\n--b--\r\n'
    file = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n--b--\r\n'
    yield "parts, as they are", said, whole
    yield "truncated", said, whole[: len(whole) // 2]
    yield "no end", said, whole.removesuffix(b"--\r\n")
    yield "another boundary", {"content-type": b"multipart/form-data; boundary=other"}, whole
    yield "no boundary", {"content-type": b"multipart/form-data"}, whole
    yield "an empty boundary", {"content-type": b'multipart/form-data; boundary=""'}, whole
    yield "a long boundary", {"content-type": b"multipart/form-data; boundary=" + b"b" * 300}, whole
    yield "a name that is no text", said, part % (b"\xff" * 10)
    yield "a name without end", said, part % (b"a" * 200_000)
    yield "no name", said, b"--b\r\nContent-Disposition: ;;;\r\n\r\nx\r\n--b--\r\n"
    yield "no disposition", said, b"--b\r\n\r\nx\r\n--b--\r\n"
    yield "many headers", said, b"--b\r\n" + b"X: y\r\n" * 2_000 + b"\r\nx\r\n--b--\r\n"
    yield "only boundaries", said, b"--b" * 20_000
    yield "a value that is no text", said, part.replace(b"\r\nx\r\n", b"\r\n\xff\xfe\r\n") % name.encode()
    for filename, media, content in (
        (b"x.pdf", b"application/pdf", b"%PDF-1.7"),
        (b"\x00../\xff.pdf", b"\xff", b""),
        (b"<" + MARK.encode() + b">.svg", b"image/svg+xml", b"<svg onload=x>"),
        (b"a" * 2_000 + b".jpg", b"image/jpeg", b"\xff\xd8\xff" + b"x" * 100),
        (b"x.png", b"image/png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 100),
        (b"", b"", b""),
    ):
        yield (
            f"a file {filename[:6]!r}",
            said,
            whole.removesuffix(b"--b--\r\n") + file % (name.encode(), filename, media, content),
        )
    many = b"".join(file[:-5] % (name.encode(), b"x.pdf", b"application/pdf", b"%PDF") for _ in range(30))
    yield "many files", said, many + b"--b--\r\n"


def _urlencoded(fields: Mapping[str, Sequence[str]]) -> bytes:
    return "&".join(f"{_plus(name)}={_plus(text)}" for name, given in fields.items() for text in given).encode()


def _plus(text: str) -> str:
    return quote_plus(text, errors="surrogatepass")


def _multipart(fields: Mapping[str, Sequence[str]]) -> bytes:
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), text.encode())
        for name, given in fields.items()
        for text in given
    ]
    return b"".join(parts) + b"--b--\r\n"
