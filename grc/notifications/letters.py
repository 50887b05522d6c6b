"""Letters as tagged PDF (PDF/UA-1 and PDF/A-2a), by typst: run it in a child process, never beside the event loop."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeGuard, get_args

import typst

from grc import resources
from grc.notifications.presentation import present
from grc.notifications.shown import Shown
from grc.receipts import (
    AcceptanceWithdrawn,
    Acknowledgement,
    DecisionNotice,
    DocumentsReminder,
    DocumentsRequested,
    Erratum,
    FiledForYou,
    ImpliedAcceptanceAttestation,
    ImpliedDecisionNotice,
    NewMessage,
    Notice,
    PaperReceipt,
    ReasonsGiven,
    ReceiptCopy,
    RegistrationReceipt,
    StateNotice,
    TrackingCodeNotice,
    TransferNotice,
    wording,
)

Letter = (
    Acknowledgement
    | ReceiptCopy
    | RegistrationReceipt
    | PaperReceipt
    | DocumentsRequested
    | DocumentsReminder
    | DecisionNotice
    | ImpliedDecisionNotice
    | ImpliedAcceptanceAttestation
    | ReasonsGiven
    | AcceptanceWithdrawn
    | Erratum
    | TransferNotice
)
"""What is attached to its mail, as PDF."""

Printable = Letter | StateNotice | NewMessage | FiledForYou | TrackingCodeNotice
"""What is printed for a person without e-mail: whatever they are told."""

_STANDARDS = ["ua-1", "a-2a"]


class _Sheet(NamedTuple):
    """How a kind is printed: its template, the name of its file, the field that dates it."""

    template: str
    filename: str
    instant: str


_SHEETS: Mapping[type[Printable], _Sheet] = {
    Acknowledgement: _Sheet("acknowledgement", "accuse-de-reception", "received_at"),
    ReceiptCopy: _Sheet("acknowledgement", "copie-accuse-de-reception", "copied_at"),
    RegistrationReceipt: _Sheet("registration", "accuse-d-enregistrement", "received_at"),
    PaperReceipt: _Sheet("paper_receipt", "accuse-de-reception", "issued_at"),
    DocumentsRequested: _Sheet("documents_requested", "demande-de-pieces", "noticed_at"),
    DocumentsReminder: _Sheet("documents_reminder", "rappel-demande-de-pieces", "reminded_at"),
    DecisionNotice: _Sheet("decision", "decision", "decided_at"),
    ImpliedDecisionNotice: _Sheet("implied_decision", "decision-sans-reponse", "told_at"),
    ImpliedAcceptanceAttestation: _Sheet("attestation", "attestation-d-acceptation", "issued_at"),
    ReasonsGiven: _Sheet("reasons", "motifs-du-refus", "given_at"),
    AcceptanceWithdrawn: _Sheet("acceptance_withdrawn", "retrait-d-acceptation", "withdrawn_at"),
    Erratum: _Sheet("erratum", "correction-de-decision", "corrected_at"),
    TransferNotice: _Sheet("transfer", "transmission", "transferred_at"),
    StateNotice: _Sheet("state", "nouvelles-de-votre-demande", "changed_at"),
    FiledForYou: _Sheet("filed_for_you", "demande-deposee-pour-vous", "filed_at"),
    NewMessage: _Sheet("new_message", "message-du-service", "sent_at"),
    TrackingCodeNotice: _Sheet("tracking_code", "code-de-suivi", "issued_at"),
}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_UNSHOWN = re.compile(r'the (?:text|PDF contains the codepoint) `"((?:[^"\\]|\\.)*)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_REPLACEMENT = "\ufffd"


def render(notice: Printable, *, accent: str = "#1b1b1b", to: Sequence[str] = ()) -> bytes:
    """The letter of this notice as PDF bytes: equal bytes each time, for the same notice and version of typst.

    accent: colour of the rule under the letterhead ("#rrggbb"; it carries no meaning). to: name and postal address, for
    a letter that is posted. A character that no embedded font has is shown as U+FFFD; every other text stands exactly
    as written.
    """
    sheet = _SHEETS[type(notice)]
    instant: datetime = getattr(notice, sheet.instant)
    lines = [line for line in map(wording.plain, to) if line]
    shown = {**present(notice), "stamp": _stamp(instant), "to": lines}
    inputs = {"accent": accent if _COLOUR.fullmatch(accent) else "#1b1b1b"}
    try:
        return _compiled(f"{sheet.template}.typ", shown, inputs, instant)
    except typst.TypstError as error:
        unshown = _characters(error.diagnostic)
        if not unshown:
            raise
        return _compiled(f"{sheet.template}.typ", _without(shown, unshown), inputs, instant)


def is_letter(notice: Notice) -> TypeGuard[Letter]:
    """Whether this notice has a letter to attach to its mail."""
    return isinstance(notice, get_args(Letter))


def is_printable(notice: Notice) -> TypeGuard[Printable]:
    """Whether this notice is printed for a person without e-mail."""
    return isinstance(notice, get_args(Printable))


def filename(notice: Printable) -> str:
    """The name of the attachment, in plain letters: "accuse-de-reception-2026-483-715-629.pdf"."""
    reference = notice.receipt.reference if isinstance(notice, ReceiptCopy) else notice.reference
    return f"{_SHEETS[type(notice)].filename}-{re.sub(r'[^0-9A-Za-z-]', '', reference)}.pdf"


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
