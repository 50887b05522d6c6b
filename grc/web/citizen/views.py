"""What each citizen page shows, as frozen values that the routes fill in.

Addresses are strings made by the routes; "" means that the act is not open. Instants (`_at`) are aware and already
in the authority's zone; days (`_on`) are legal days. Sentences are French and complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from grc.receipts.parts import ServiceContact
from grc.web.citizen.account_views import IdentificationPage
from grc.web.citizen.act_views import (
    ComplementPage,
    EmailPage,
    NotificationPage,
    Offer,
    PiecePage,
    RequestedItem,
    WithdrawalPage,
)
from grc.web.citizen.form_views import FieldGroup, FormPage, Rows, SentFile
from grc.web.citizen.helping_views import HelperNote
from grc.web.citizen.statement_views import AccessibilityPage, DataPage, HelpPage, LegalPage, ModalitiesPage
from grc.web.exchange import Panel
from grc.web.frame import Link, Problems

__all__ = [
    "AccessibilityPage",
    "AnswerLine",
    "AnswerSection",
    "CataloguePage",
    "Category",
    "CheckPage",
    "ComplementPage",
    "ConfirmationPage",
    "DataPage",
    "DecisionView",
    "DraftRow",
    "EmailPage",
    "Exchange",
    "FieldGroup",
    "FormPage",
    "HelpPage",
    "IdentificationPage",
    "LegalPage",
    "ModalitiesPage",
    "NotificationPage",
    "Offer",
    "Paper",
    "PiecePage",
    "ProcedurePage",
    "ProcedureRow",
    "ProgressStep",
    "RequestedItem",
    "ResumePage",
    "Rows",
    "SentFile",
    "SubmissionRow",
    "SubmissionsPage",
    "Todo",
    "TrackEntryPage",
    "TrackingPage",
    "WithdrawalPage",
]

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class ProcedureRow:
    """A procedure in the catalogue."""

    title: str
    description: str
    href: str


@dataclass(frozen=True)
class Category:
    """Procedures of one kind. id: stable, a fragment of the page's address."""

    id: str
    title: str
    procedures: Sequence[ProcedureRow]


@dataclass(frozen=True)
class CataloguePage:
    """The home page. query: the words searched, "" when none; with words, categories hold what was found.

    search: address of the GET form. track: page of the tracking code. telephone: of the town hall.
    """

    search: str
    track: str
    categories: Sequence[Category]
    query: str = ""
    found: int = 0
    telephone: str = ""
    drafts: Sequence[DraftRow] = ()
    closures: Sequence[str] = ()


@dataclass(frozen=True)
class DraftRow:
    """A demande begun and not sent. restart: address of a POST that throws it away. reached: title of the next page."""

    title: str
    href: str
    saved_at: datetime
    expires_on: date
    restart: str = ""
    reached: str = ""


@dataclass(frozen=True)
class ProcedurePage:
    """Where a procedure starts.

    start: address of the identification page, "" while closed. closed: then says until when and what to do instead.
    silence: sentences on what silence means. senders: the addresses that send receipts (R112-11-3).
    notice: pairs of a term and its text, the information of the GDPR's article 13; privacy: its whole page. draft: the
    last one begun here; others: how many more, all on the page `mine`; another: where one begins beside it.
    reports: one may also send a report without a name, which gets no receipt.
    """

    title: str
    description: str
    start: str
    service: ServiceContact
    modalities: str
    who: Sequence[str] = ()
    prepare: Sequence[str] = ()
    minutes: int = 0
    delay: str = ""
    price: str = ""
    silence: Sequence[str] = ()
    senders: Sequence[str] = ()
    notice: Sequence[tuple[str, str]] = ()
    privacy: str = ""
    draft: DraftRow | None = None
    another: str = ""
    others: int = 0
    mine: str = ""
    closed: str = ""
    until: date | None = None
    """The last day on which it may be started, where there is one."""
    reports: bool = False
    closures: Sequence[str] = ()
    """Days on which the service is closed, a sentence each; on other pages too."""


@dataclass(frozen=True)
class AnswerLine:
    """A question and what was answered, as shown. files: documents, when the answer is made of them.

    change: address of the question itself, where the answer is modified, or "".
    """

    label: str
    text: str = ""
    missing: bool = False
    files: Sequence[SentFile] = ()
    change: str = ""


@dataclass(frozen=True)
class AnswerSection:
    """Answers of one page."""

    title: str
    lines: Sequence[AnswerLine]


@dataclass(frozen=True)
class CheckPage:
    """All answers before sending. email: where the receipt will go. faults: answers to correct first, with links.

    report: what is missing for a demande, in French; with something in it, what is sent is a report, without receipt.
    identify: page where it is asked. helping: where one says for whom one fills it in. helper: what a helper declared;
    is_helpers_address: email is theirs, and decisions go by post. privacy: what is done with the answers, or "".
    """

    procedure: str
    sections: Sequence[AnswerSection]
    action: str
    later: str
    email: str
    change_email: str = ""
    back: str = ""
    faults: Sequence[Link] = ()
    report: Sequence[str] = ()
    identify: str = ""
    helping: str = ""
    helper: AnswerSection | None = None
    is_helpers_address: bool = False
    privacy: str = ""


@dataclass(frozen=True)
class ConfirmationPage:
    """The demande is sent.

    tracking_code: in fours, "" when the page is opened again. receipt: address of the PDF, "" while it is made.
    next_steps: sentences, who does what before when. silence: sentences on what silence means, dates included.
    is_report: it is no demande, without receipt nor period; email may then be "".
    helped: how the person helped is told, or "".
    """

    reference: str
    procedure: str
    received_at: datetime
    email: str
    service: ServiceContact
    track: str
    tracking_code: str = ""
    receipt: str = ""
    next_steps: Sequence[str] = ()
    silence: Sequence[str] = ()
    is_report: bool = False
    helped: str = ""
    closures: Sequence[str] = ()


@dataclass(frozen=True)
class ResumePage:
    """The draft is kept. code: in fours, shown once, "" before it is asked. resume: page where the code is typed.

    make_code: address of the POST that makes a code. keep: of the POST that hands the draft to the account.
    franceconnect: of the POST that signs in first; door: where one signs in. in_account: the account holds it already.
    """

    procedure: str
    code: str
    expires_on: date
    resume: str
    back: str
    home: str
    make_code: str = ""
    keep: str = ""
    franceconnect: str = ""
    door: str = ""
    in_account: bool = False


@dataclass(frozen=True)
class TrackEntryPage:
    """Where a tracking or resume code is typed. typed: as typed before, after a mistake.

    franceconnect: address of a POST that leads to one's demandes, "" when not offered. following: the page that was
    asked for and that the code will open, or "". written: a message that could not be sent, kept until it can be.
    """

    action: str
    typed: str = ""
    problems: Problems = NO_PROBLEM
    telephone: str = ""
    franceconnect: str = ""
    following: str = ""
    written: str = ""


@dataclass(frozen=True)
class SubmissionRow:
    """A demande in a list. todo: what the person has to do, or "". whom: the person helped, for a helper, or ""."""

    reference: str
    title: str
    state: str
    received_on: date
    href: str
    todo: str = ""
    whom: str = ""


@dataclass(frozen=True)
class SubmissionsPage:
    """The demandes within reach: to do first, then open, then closed; and drafts with their end.

    track: page of the tracking code. franceconnect: address of a POST for who is not signed in, or "". door: where one
    signs in otherwise, or "".
    """

    catalogue: str
    todo: Sequence[SubmissionRow] = ()
    open: Sequence[SubmissionRow] = ()
    closed: Sequence[SubmissionRow] = ()
    drafts: Sequence[DraftRow] = ()
    track: str = ""
    franceconnect: str = ""
    door: str = ""

    @property
    def empty(self) -> bool:
        """Nothing yet."""
        return not (self.todo or self.open or self.closed or self.drafts)


@dataclass(frozen=True)
class ProgressStep:
    """A step of a demande. status: "done", "current" or "todo". on: the day it was reached."""

    label: str
    status: str
    on: date | None = None


@dataclass(frozen=True)
class Todo:
    """What the person must do now. items: pairs of a document and why it is asked. note: the agent's own words.

    sentences: what the request does to the delay (L114-5), with its dates.
    """

    title: str
    items: Sequence[tuple[str, str]]
    deadline: date
    href: str
    note: str = ""
    sentences: Sequence[str] = ()


@dataclass(frozen=True)
class Exchange:
    """Something that happened. mine: done by the reader. links: what was sent with it. note: the agent's words."""

    at: datetime
    author: str
    text: str
    mine: bool = False
    note: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True)
class Paper:
    """A receipt or a letter. href: of its PDF, "" while it is being made."""

    title: str
    at: datetime
    href: str = ""


@dataclass(frozen=True)
class DecisionView:
    """The answer of the town hall. outcome: "accepted" or "refused". appeals: complete sentences.

    interruption: what an appeal to the town hall does to the time to go to court, or "".
    """

    outcome: str
    title: str
    decided_on: date
    reasons: str = ""
    appeals: Sequence[str] = ()
    interruption: str = ""


@dataclass(frozen=True)
class TrackingPage:
    """A demande, followed. sentence: what its state means. email, piece, withdrawal, similar: addresses of acts, or "".

    leave: what the workflow calls withdrawing. is_report: it is no demande, without receipt nor period.
    is_deaf: our mails to email_address come back.
    """

    reference: str
    title: str
    state: str
    sentence: str
    received_at: datetime
    service: ServiceContact
    steps: Sequence[ProgressStep] = ()
    todo: Todo | None = None
    decision: DecisionView | None = None
    exchanges: Sequence[Exchange] = ()
    thread: Panel | None = None
    papers: Sequence[Paper] = ()
    sections: Sequence[AnswerSection] = ()
    files: Sequence[SentFile] = ()
    silence: Sequence[str] = ()
    email_address: str = ""
    email: str = ""
    notification: str = ""
    is_deaf: bool = False
    piece: str = ""
    withdrawal: str = ""
    leave: str = "Retirer ma demande"
    similar: str = ""
    data: str = ""
    is_report: bool = False
    back: str = ""
    offers: Sequence[Offer] = ()
    silent: Sequence[Offer] = ()
    helper: HelperNote | None = None
    closures: Sequence[str] = ()
