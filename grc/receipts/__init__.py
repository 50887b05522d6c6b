"""What each receipt and notice must state, as frozen values; rendering is the business of grc.notifications."""

from grc.receipts.account import AccountRelinked, AccountUnused, NewAddress, OldAddress, SignInLink
from grc.receipts.acknowledgement import Acknowledgement
from grc.receipts.codec import Notice, as_json, from_json
from grc.receipts.decision import DecisionNotice
from grc.receipts.documents import DocumentsRequested
from grc.receipts.envoi import EnvoiReceipt
from grc.receipts.erratum import Erratum
from grc.receipts.helping import FiledForYou
from grc.receipts.implied import ImpliedAcceptanceAttestation, ImpliedDecisionNotice
from grc.receipts.messages import NewMessage, ServiceMessage
from grc.receipts.paper import PaperReceipt
from grc.receipts.parts import (
    Administration,
    AgentContact,
    Appeal,
    AppealTerms,
    Appointment,
    Exemption,
    Incomplete,
    MissingDocument,
    NamedDecision,
    ReplacedDecision,
    ServiceContact,
    Silence,
    SilenceTerms,
)
from grc.receipts.reasons import ReasonsGiven
from grc.receipts.registration import RegistrationReceipt
from grc.receipts.reminders import DocumentsReminder, DraftExpiring
from grc.receipts.report import ReportNotice
from grc.receipts.transfer import TransferNotice
from grc.receipts.updates import NewSubmissionNotice, ReceiptCopy, ServiceUpdate, StateNotice, TrackingCodeNotice
from grc.receipts.withdrawal import AcceptanceWithdrawn

__all__ = [
    "AcceptanceWithdrawn",
    "AccountRelinked",
    "AccountUnused",
    "Acknowledgement",
    "Administration",
    "AgentContact",
    "Appeal",
    "AppealTerms",
    "Appointment",
    "DecisionNotice",
    "DocumentsReminder",
    "DocumentsRequested",
    "DraftExpiring",
    "EnvoiReceipt",
    "Erratum",
    "Exemption",
    "FiledForYou",
    "ImpliedAcceptanceAttestation",
    "ImpliedDecisionNotice",
    "Incomplete",
    "MissingDocument",
    "NamedDecision",
    "NewAddress",
    "NewMessage",
    "NewSubmissionNotice",
    "Notice",
    "OldAddress",
    "PaperReceipt",
    "ReasonsGiven",
    "ReceiptCopy",
    "RegistrationReceipt",
    "ReplacedDecision",
    "ReportNotice",
    "ServiceContact",
    "ServiceMessage",
    "ServiceUpdate",
    "SignInLink",
    "Silence",
    "SilenceTerms",
    "StateNotice",
    "TrackingCodeNotice",
    "TransferNotice",
    "as_json",
    "from_json",
]
