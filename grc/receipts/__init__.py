"""What each receipt and notice must state, as frozen values; rendering is the business of grc.notifications."""

from grc.receipts.acknowledgement import Acknowledgement, Incomplete
from grc.receipts.codec import Notice, as_json, from_json
from grc.receipts.decision import DecisionNotice
from grc.receipts.documents import DocumentsRequested
from grc.receipts.parts import (
    AgentContact,
    Appeal,
    AppealTerms,
    MissingDocument,
    ReplacedDecision,
    ServiceContact,
    Silence,
    SilenceTerms,
)
from grc.receipts.registration import RegistrationReceipt
from grc.receipts.reminders import DraftExpiring
from grc.receipts.report import ReportNotice
from grc.receipts.updates import NewSubmissionNotice, ReceiptCopy, ServiceUpdate, StateNotice, TrackingCodeNotice

__all__ = [
    "Acknowledgement",
    "AgentContact",
    "Appeal",
    "AppealTerms",
    "DecisionNotice",
    "DocumentsRequested",
    "DraftExpiring",
    "Incomplete",
    "MissingDocument",
    "NewSubmissionNotice",
    "Notice",
    "ReceiptCopy",
    "RegistrationReceipt",
    "ReplacedDecision",
    "ReportNotice",
    "ServiceContact",
    "ServiceUpdate",
    "Silence",
    "SilenceTerms",
    "StateNotice",
    "TrackingCodeNotice",
    "as_json",
    "from_json",
]
