"""Letters as tagged PDF (PDF/UA-1 and PDF/A-2a), by typst: run it in a child process, never beside the event loop."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, TypeGuard, get_args

import typst

from grc import resources
from grc.notifications.presentation import Shown, present
from grc.receipts import (
    Acknowledgement,
    DecisionNotice,
    DocumentsRequested,
    Notice,
    ReceiptCopy,
    RegistrationReceipt,
)

Letter = Acknowledgement | RegistrationReceipt | DocumentsRequested | DecisionNotice | ReceiptCopy

_STANDARDS = ["ua-1", "a-2a"]
_TEMPLATES: Mapping[type[Letter], str] = {
    Acknowledgement: "acknowledgement.typ",
    ReceiptCopy: "acknowledgement.typ",
    RegistrationReceipt: "registration.typ",
    DocumentsRequested: "documents_requested.typ",
    DecisionNotice: "decision.typ",
}
_FILENAMES: Mapping[type[Letter], str] = {
    Acknowledgement: "accuse-de-reception",
    ReceiptCopy: "copie-accuse-de-reception",
    RegistrationReceipt: "accuse-d-enregistrement",
    DocumentsRequested: "demande-de-pieces",
    DecisionNotice: "decision",
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_UNSHOWN = re.compile(r'the (?:text|PDF contains the codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_REPLACEMENT = "\ufffd"


def render(notice: Letter, *, accent: str = "#1b1b1b") -> bytes:
    """The letter of this notice as PDF bytes: equal bytes each time, for the same notice and version of typst.

    accent: colour of the rule under the letterhead ("#rrggbb"; it carries no meaning). A character that no embedded
    font has is shown as U+FFFD; every other text stands exactly as written.
    """
    shown = {**present(notice), "stamp": _stamp(_instant(notice))}
    inputs = {"accent": accent if _COLOUR.fullmatch(accent) else "#1b1b1b"}
    template = _TEMPLATES[type(notice)]
    try:
        return _compiled(template, shown, inputs, _instant(notice))
    except typst.TypstError as error:
        unshown = _characters(error.diagnostic)
        if not unshown:
            raise
        return _compiled(template, _without(shown, unshown), inputs, _instant(notice))


def is_letter(notice: Notice) -> TypeGuard[Letter]:
    """Whether this notice has a letter to attach."""
    return isinstance(notice, get_args(Letter))


def filename(notice: Letter) -> str:
    """The name of the attachment, in plain letters: "accuse-de-reception-2026-483-715-629.pdf"."""
    reference = notice.receipt.reference if isinstance(notice, ReceiptCopy) else notice.reference
    return f"{_FILENAMES[type(notice)]}-{re.sub(r'[^0-9A-Za-z-]', '', reference)}.pdf"


def _compiled(template: str, shown: Shown, inputs: Mapping[str, str], instant: datetime) -> bytes:
    pdf: bytes = _compiler(template).compile(
        format="pdf",
        sys_inputs={"data": json.dumps(shown, ensure_ascii=False), **inputs},
        pdf_standards=_STANDARDS,
        timestamp=instant.replace(microsecond=0),
    )
    return pdf


@cache
def _compiler(template: str) -> Any:
    """One compiler a process and template: fonts and sources are read once. Fonts are those typst embeds."""
    folder = resources.folder("templates") / "letters"
    return typst.Compiler(str(folder / template), root=str(folder), ignore_system_fonts=True)


def _instant(notice: Letter) -> datetime:
    match notice:
        case Acknowledgement() | RegistrationReceipt():
            return notice.received_at
        case ReceiptCopy():
            return notice.copied_at
        case DocumentsRequested():
            return notice.noticed_at
        case DecisionNotice():
            return notice.decided_at


def _stamp(instant: datetime) -> dict[str, int]:
    return {name: getattr(instant, name) for name in ("year", "month", "day", "hour", "minute", "second")}


def _characters(diagnostic: str) -> frozenset[str]:
    """The characters that typst says it can't show, from its message."""
    texts = "".join(_UNSHOWN.findall(diagnostic))
    return frozenset(_ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), texts))


def _without(shown: Any, characters: frozenset[str]) -> Any:
    if isinstance(shown, str):
        return "".join(_REPLACEMENT if one in characters else one for one in shown)
    if isinstance(shown, list):
        return [_without(item, characters) for item in shown]
    if isinstance(shown, dict):
        return {name: _without(item, characters) for name, item in shown.items()}
    return shown
