"""Receipts and notices as JSON, and back, by the types of their fields."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from grc.receipts.account import AccountRelinked, AccountUnused, NewAddress, OldAddress, SignInLink
from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.decision import DecisionNotice
from grc.receipts.documents import DocumentsRequested
from grc.receipts.envoi import EnvoiReceipt
from grc.receipts.erratum import Erratum
from grc.receipts.helping import FiledForYou
from grc.receipts.implied import ImpliedAcceptanceAttestation, ImpliedDecisionNotice
from grc.receipts.messages import NewMessage, ServiceMessage
from grc.receipts.paper import PaperReceipt
from grc.receipts.reasons import ReasonsGiven
from grc.receipts.registration import RegistrationReceipt
from grc.receipts.reminders import DocumentsReminder, DraftExpiring
from grc.receipts.report import ReportNotice
from grc.receipts.transfer import TransferNotice
from grc.receipts.updates import NewSubmissionNotice, ReceiptCopy, ServiceUpdate, StateNotice, TrackingCodeNotice
from grc.receipts.withdrawal import AcceptanceWithdrawn

Notice = (
    Acknowledgement
    | RegistrationReceipt
    | DocumentsRequested
    | DecisionNotice
    | StateNotice
    | ReceiptCopy
    | TrackingCodeNotice
    | NewSubmissionNotice
    | ServiceUpdate
    | ReportNotice
    | DraftExpiring
    | PaperReceipt
    | TransferNotice
    | ImpliedDecisionNotice
    | ImpliedAcceptanceAttestation
    | ReasonsGiven
    | AcceptanceWithdrawn
    | Erratum
    | DocumentsReminder
    | NewMessage
    | ServiceMessage
    | EnvoiReceipt
    | SignInLink
    | OldAddress
    | NewAddress
    | AccountUnused
    | AccountRelinked
    | FiledForYou
)
_KINDS: Mapping[str, type[Notice]] = {kind.KIND: kind for kind in get_args(Notice)}


def as_json(notice: Notice) -> dict[str, Any]:
    """The notice as JSON values, with its `kind` and the number of its `format`; instants and days in ISO form."""
    return {"kind": notice.KIND, "format": notice.FORMAT, **_encoded_fields(notice)}


def from_json(document: Mapping[str, Any]) -> Notice:
    """The notice that `as_json` gave; raises ValueError for a kind or a format that this version does not know."""
    kind = _KINDS.get(document["kind"])
    if kind is None or document["format"] != kind.FORMAT:
        raise ValueError(f"unknown notice: kind {document['kind']!r}, format {document['format']!r}")
    notice: Notice = _decoded_fields(kind, document)
    return notice


def _encoded_fields(value: Any) -> dict[str, Any]:
    return {field.name: _encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _encoded(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return _encoded_fields(value)
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _decoded_fields(kind: Any, document: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    return kind(**{name: _decoded(hint, document[name]) for name, hint in hints.items() if name in document})


def _decoded(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (option for option in get_args(hint) if option is not types.NoneType)
    if get_origin(hint) is tuple:
        return tuple(_decoded(get_args(hint)[0], item) for item in value)
    if hint in (date, datetime):
        return hint.fromisoformat(value)
    if dataclasses.is_dataclass(hint):
        return _decoded_fields(hint, value)
    return value


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
