"""The headers that every answer carries."""

from __future__ import annotations

from collections.abc import Sequence

_HSTS = "max-age=63072000; includeSubDomains"
PERMISSIONS = "Permissions-Policy"
_PERMISSIONS = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


def headers(*, secure: bool, providers: Sequence[str] = ()) -> dict[str, str]:
    """The headers of a page. providers: origins of the identity providers that our sign-in forms lead to."""
    forms = " ".join(("'self'", *providers))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
    )
    common = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        PERMISSIONS: _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return common | ({"Strict-Transport-Security": _HSTS} if secure else {})


LOCATING = {PERMISSIONS: _PERMISSIONS.replace("geolocation=()", "geolocation=(self)")}
"""What a page with a map carries: the browser may ask the person for a position, for us alone."""

DOWNLOAD = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""What a downloaded file carries on top: it never runs, never frames, never stays in a shared cache."""
