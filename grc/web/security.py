"""The headers that every answer carries."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HSTS = "max-age=63072000; includeSubDomains"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
PERMISSIONS = "Permissions-Policy"
_REFUSED = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "clipboard-read", "compute-pressure"),
    *("display-capture", "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid"),
    *("identity-credentials-get", "idle-detection", "keyboard-map", "local-fonts", "magnetometer", "microphone"),
    *("midi", "otp-credentials", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access"),
    *("sync-xhr", "usb", "window-management", "xr-spatial-tracking"),
)
_OURS = ("publickey-credentials-create", "publickey-credentials-get")
_PERMISSIONS = ", ".join([*(f"{name}=()" for name in _REFUSED), *(f"{name}=(self)" for name in _OURS)])
"""What browsers may ask the person for on our pages: nothing, but the passkeys of agents."""


def headers(*, secure: bool, providers: Sequence[str] = (), framed_by: Sequence[str] = ()) -> dict[str, str]:
    """The headers of a page.

    providers: origins of the identity providers that our sign-in forms lead to. framed_by: origins of the sites that
    may show this page in a frame; none for every page but those of `grc.web.embedding`.
    """
    sites = " ".join(filter(_ORIGIN.fullmatch, framed_by))
    ancestors = sites or "'none'"
    forms = " ".join(("'self'", *filter(_ORIGIN.fullmatch, providers)))
    policy = (
        "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        f"form-action {forms}; frame-ancestors {ancestors}"
    )
    common = {
        "Content-Security-Policy": policy + ("; upgrade-insecure-requests" if secure else ""),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        PERMISSIONS: _PERMISSIONS,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "cross-origin" if sites else "same-origin",
    }
    return common | ({"Strict-Transport-Security": _HSTS} if secure else {})


LOCATING = {PERMISSIONS: _PERMISSIONS.replace("geolocation=()", "geolocation=(self)")}
"""What a page with a map carries: the browser may ask the person for a position, for us alone."""

DOWNLOAD = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}
"""What a downloaded file carries on top: it never runs, never frames, never stays in a shared cache."""

PICTURE = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""What a picture that an authority gave carries: opened by itself, it runs and loads nothing."""
