"""A posted body: every value and file as sent, limits that lose nothing else, and nothing half-read."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from grc.errors import Invalid, TooLarge
from grc.web import bodies
from grc.web.bodies import Posted

pytestmark = pytest.mark.anyio
LIMIT = 1000
CAP = LIMIT * 9 + bodies.MAX_TEXT_BYTES
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"
Part = tuple[str, str | bytes, str | None]


async def read(body: bytes | Sequence[bytes], content_type: str, *, max_files: int = 3) -> Posted:
    chunks = [body] if isinstance(body, bytes) else list(body)

    async def receive() -> dict[str, Any]:
        chunk = chunks.pop(0) if chunks else b""
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    headers = [(b"content-type", content_type.encode())]
    request = Request({"type": "http", "method": "POST", "path": "/", "headers": headers, "query_string": b""}, receive)
    return await bodies.read(request, max_file_bytes=LIMIT, max_files=max_files)


def multipart(*parts: Part, end: str = "--b--\r\n") -> tuple[bytes, str]:
    """A body of parts (name, content, file name or None)."""
    body = b""
    for name, content, filename in parts:
        disposition = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
        body += f"--b\r\nContent-Disposition: {disposition}\r\n\r\n".encode()
        body += (content.encode() if isinstance(content, str) else content) + b"\r\n"
    return body + end.encode(), MULTIPART


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=20))
async def test_urlencoded_values_come_as_sent(pairs: list[tuple[str, str]]) -> None:
    posted = await read(urlencode(pairs).encode(), URLENCODED)
    assert sorted((name, value) for name, values in posted.values.items() for value in values) == sorted(pairs)


@given(st.binary(max_size=300), st.integers(1, 40))
async def test_multipart_values_come_as_sent_however_the_body_is_cut(content: bytes, step: int) -> None:
    body, kind = multipart(("a", "é", None), ("f", content, "x.pdf"), ("a", "deux", None))
    posted = await read([body[at : at + step] for at in range(0, len(body), step)], kind)
    assert posted.many("a") == ["é", "deux"]
    if b"\r\n--b" not in content:
        assert [upload.file.read() for upload in posted.uploads] == [content]
    posted.close()


async def test_absent_and_repeated_fields() -> None:
    posted = await read(b"a=1&a=2&b=", URLENCODED)
    assert (posted.one("a"), posted.many("a"), posted.one("b", "x"), posted.one("c", "x")) == ("1", ["1", "2"], "", "x")


async def test_a_post_without_a_body_is_an_empty_form() -> None:
    assert (await read(b"", "")).values == {}


async def test_an_input_without_a_file_is_no_upload() -> None:
    posted = await read(*multipart(("f", b"", "")))
    assert posted.uploads == []


async def test_an_empty_file_is_an_upload_to_judge() -> None:
    posted = await read(*multipart(("f", b"", "vide.pdf")))
    assert [(upload.filename, upload.size) for upload in posted.files("f")] == [("vide.pdf", 0)]
    posted.close()


async def test_a_file_over_its_limit_is_dropped_and_the_rest_kept() -> None:
    body = multipart(("a", "gardé", None), ("f", b"x" * (LIMIT + 1), "gros.pdf"), ("f", b"y" * LIMIT, "juste.pdf"))
    posted = await read(*body)
    assert posted.one("a") == "gardé"
    big, fits = posted.files("f")
    assert (big.too_large, big.size, big.file.read()) == (True, LIMIT + 1, b"")
    assert (fits.too_large, fits.file.read()) == (False, b"y" * LIMIT)
    posted.close()


async def test_a_body_over_the_hard_cap_is_too_large_before_it_is_whole() -> None:
    body, kind = multipart(("f", b"x" * CAP, "gros.pdf"))
    chunks = [body[at : at + 65536] for at in range(0, len(body), 65536)]
    assert len(body) > CAP
    with pytest.raises(TooLarge):
        await read(chunks, kind)


async def test_a_text_over_a_million_bytes_is_too_large() -> None:
    long = "x" * (bodies.MAX_TEXT_BYTES + 1)
    with pytest.raises(TooLarge):
        await read(f"a={long}".encode(), URLENCODED)
    with pytest.raises(TooLarge):
        await read(*multipart(("a", long, None)))


@pytest.mark.parametrize("count", [bodies.MAX_FIELDS, bodies.MAX_FIELDS + 1, 1001])
async def test_five_hundred_fields_and_no_more(count: int) -> None:
    pairs = [(f"a{number % 7}", "x") for number in range(count)]
    encoded = [(urlencode(pairs).encode(), URLENCODED), multipart(*((name, value, None) for name, value in pairs))]
    for body, kind in encoded:
        if count <= bodies.MAX_FIELDS:
            assert sum(map(len, (await read(body, kind)).values.values())) == count
        else:
            with pytest.raises(Invalid):
                await read(body, kind)


async def test_twenty_files_and_no_more() -> None:
    parts: list[Part] = [("f", b"x", f"{number}.pdf") for number in range(bodies.MAX_FILES + 1)]
    posted = await read(*multipart(*parts[:-1]))
    assert len(posted.uploads) == bodies.MAX_FILES
    posted.close()
    with pytest.raises(Invalid):
        await read(*multipart(*parts))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a": 1}', "application/json"),
        (b"a=1", "text/plain"),
        (b"a=1", "multipart/form-data"),
        (b"", MULTIPART),
        (b"nothing like it", MULTIPART),
        (b"--c\r\n\r\n", MULTIPART),
        (b"a=%ff", URLENCODED),
        ("a=é".encode("latin-1"), URLENCODED),
        (*multipart(("a", b"\xff\xfe", None)),),
        (
            b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--\r\n',
            MULTIPART,
        ),
        (b"--b\r\n" + b"X-A: " + b"y" * 10_000 + b"\r\n\r\nx\r\n--b--\r\n", MULTIPART),
        (b"--b\r\n" + b"X: y\r\n" * 50 + b"\r\nx\r\n--b--\r\n", MULTIPART),
    ],
)
async def test_what_is_no_form_is_invalid(body: bytes, kind: str) -> None:
    with pytest.raises(Invalid):
        await read(body, kind)


@pytest.mark.parametrize("lost", [1, 4, 5, 6, 8, 20, 50, 60])
async def test_a_body_cut_short_is_not_taken_for_whole(lost: int) -> None:
    """Else a file that never arrived would pass for one that was not chosen."""
    body, kind = multipart(("a", "x", None), ("f", b"%PDF-1.7 a proof", "preuve.pdf"), end="--b--")
    with pytest.raises(Invalid):
        await read(body[:-lost], kind)


async def test_nul_is_dropped_from_text() -> None:
    for posted in (await read(b"a=Cam%00ille", URLENCODED), await read(*multipart(("a", "Cam\x00ille", None)))):
        assert posted.one("a") == "Camille"


async def test_nothing_is_left_open_after_a_fault() -> None:
    """A warning of an unclosed file would fail this test."""
    large = b"x" * (bodies._IN_MEMORY + 1)
    body, kind = multipart(("f", large, "a.pdf"), ("g", large, "b.pdf"))
    for cut in (len(body) - 10, len(large) // 2, len(large) + 500):
        with pytest.raises(Invalid):
            await bodies_with_room(body[:cut], kind)
    gc.collect()


async def bodies_with_room(body: bytes, kind: str) -> Posted:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b""}
    request = Request({**scope, "headers": [(b"content-type", kind.encode())]}, receive)
    return await bodies.read(request, max_file_bytes=10_000_000, max_files=2)


async def test_a_client_that_leaves_is_no_form() -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b""}
    request = Request({**scope, "headers": [(b"content-type", URLENCODED.encode())]}, receive)
    with pytest.raises(Invalid):
        await bodies.read(request, max_file_bytes=LIMIT)
