"""What the page of the code for an agent shows. See grc.web.citizen.views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RelinkCodePage:
    """The code that one tells an agent. Input: `by` ("counter" or "post"). code: shown once, "" before.

    until: until when a code given is good, in words, or "". contact: lines of the town hall's address.
    """

    action: str
    back: str
    code: str = ""
    until: str = ""
    contact: Sequence[str] = ()
    telephone: str = ""
