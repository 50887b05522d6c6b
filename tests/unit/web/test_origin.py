"""A post is taken from our own pages only, by what the browser says of it."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from grc.web.origin import is_allowed

HOST = "demarches.tilleul.example"


def allowed(method: str = "POST", **headers: str) -> bool:
    return is_allowed(method, Headers({name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "SOMETHING"])
def test_a_change_needs_to_say_where_it_comes_from(method: str) -> None:
    assert not allowed(method, host=HOST)
    assert allowed(method, host=HOST, sec_fetch_site="same-origin")
    assert allowed(method, host=HOST, origin=f"https://{HOST}")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_needs_nothing(method: str) -> None:
    assert allowed(method, host=HOST)
    assert allowed(method, host=HOST, sec_fetch_site="cross-site", origin="https://evil.example")


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "Same-Origin", "none, cross-site", "x"])
def test_sec_fetch_site_decides_where_the_browser_sends_it(site: str) -> None:
    assert not allowed(host=HOST, sec_fetch_site=site, origin=f"https://{HOST}")


def test_what_the_person_did_themselves_is_allowed() -> None:
    assert allowed(host=HOST, sec_fetch_site="none")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "",
        f"https://{HOST}.evil.example",
        f"https://evil.example/{HOST}",
        f"https://{HOST}:8443",
        "https://",
        HOST,
        "http://[::1",
        "http://[not-an-address]",
        "https://\u2100.example",
    ],
)
def test_an_origin_that_is_not_the_host_is_refused(origin: str) -> None:
    assert not is_allowed("POST", Headers(raw=[(b"host", HOST.encode()), (b"origin", origin.encode("utf-8"))]))


def test_no_host_equals_no_origin() -> None:
    assert not allowed(origin="https://evil.example")
    assert not allowed(host="", origin="")
    assert not allowed(host="", origin="https://")


def test_the_port_counts() -> None:
    assert allowed(host="127.0.0.1:8000", origin="http://127.0.0.1:8000")
    assert not allowed(host="127.0.0.1:8000", origin="http://127.0.0.1:8001")
