"""What each page of the agents shows, as frozen values that the routes fill in.

Addresses are strings made by the routes; "" means that the act is not open to this agent. Instants (`_at`, `at`) are
aware and already in the authority's zone; days (`_on`) are legal days. Every form posts the `revision` that was seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from grc.web.agents.account_views import PasskeyForm
from grc.web.exchange import Message, Panel
from grc.web.frame import PlaceLinks, Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class SignInPage:
    """The agents' door. next: where to go afterwards, posted back. Inputs: email, password, next.

    notice: why somebody is led here again, or "". passkey: None where none is possible. proconnect: the POST that
    begins there, or "".
    """

    action: str
    next: str = ""
    typed_email: str = ""
    problems: Problems = NO_PROBLEM
    notice: str = ""
    passkey: PasskeyForm | None = None
    proconnect: str = ""


@dataclass(frozen=True)
class Due:
    """When an answer is due. level: "late", "soon" or "far"; text says it in words ("En retard de 2 j")."""

    level: str
    text: str
    on: date


@dataclass(frozen=True)
class InboxView:
    """A view of the inbox. count: None when it could not be counted; capped: there are more than that."""

    label: str
    href: str
    count: int | None = None
    capped: bool = False
    current: bool = False


@dataclass(frozen=True)
class InboxRow:
    """A demande in the inbox. agent: who has it in charge, "" for nobody. alert: a short warning, or "".

    kind: "Signalement" for what is no demande, or "". helper: who filed it for the applicant ("par …"), or "".
    """

    reference: str
    href: str
    procedure: str
    applicant: str
    state: str
    received_on: date
    due: Due | None = None
    agent: str = ""
    alert: str = ""
    kind: str = ""
    helper: str = ""


@dataclass(frozen=True)
class Option:
    """A choice of a list."""

    value: str
    title: str
    selected: bool = False


@dataclass(frozen=True)
class InboxPage:
    """The inbox. action: of the GET form (inputs `q`, `demarche`, `vue`). next, first: of other rows, "" for none."""

    action: str
    view: str
    views: Sequence[InboxView]
    rows: Sequence[InboxRow] = ()
    procedures: Sequence[Option] = ()
    query: str = ""
    next: str = ""
    first: str = ""
    empty: str = "Rien à traiter."
    reset: str = ""
    standing_in: Sequence[str] = ()

    @property
    def title(self) -> str:
        """The name of the current view."""
        return next((view.label for view in self.views if view.current), "Demandes")


@dataclass(frozen=True)
class Act:
    """Something the agent may do now. posts: done at once by a POST; otherwise href is a page.

    style: "main", "other" or "warning".
    """

    label: str
    href: str
    posts: bool = False
    style: str = "other"


@dataclass(frozen=True)
class StatusPanel:
    """Where a demande is and what can be done: the fragment that an act returns.

    sentence: what the citizen reads. steps: how the due date was computed, one sentence each.
    """

    reference: str
    state: str
    sentence: str
    revision: int
    agent: str = ""
    due: Due | None = None
    due_label: str = ""
    steps: Sequence[str] = ()
    acts: Sequence[Act] = ()


@dataclass(frozen=True)
class SentFile:
    """A document of the demande. fingerprint: SHA-256 in hexadecimal, or "". hindrance: why none can read it, or ""."""

    name: str
    size: int
    href: str = ""
    field: str = ""
    received_at: datetime | None = None
    fingerprint: str = ""
    hindrance: str = ""


@dataclass(frozen=True)
class AnswerLine:
    """A question as it was asked, and its answer. change: always "", answers are immutable.

    mark: whether an identity was vouched for or only declared, in words, or "". pin: longitude and latitude of a place
    that the page shows on a map.
    """

    label: str
    text: str = ""
    missing: bool = False
    files: Sequence[SentFile] = ()
    change: str = ""
    mark: str = ""
    pin: tuple[float, float] | None = None


@dataclass(frozen=True)
class AnswerSection:
    """Answers of one page. change: always "", answers are immutable."""

    title: str
    lines: Sequence[AnswerLine]
    change: str = ""


@dataclass(frozen=True)
class HistoryLine:
    """An event. author: who, or "Système". note: what was written to the citizen then."""

    at: datetime
    author: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Mailing:
    """A mail sent or to be sent. level: "sent", "waiting" or "failed"; state: that in words, with the SMTP answer."""

    title: str
    to: str
    at: datetime
    level: str
    state: str
    href: str = ""


@dataclass(frozen=True)
class DateLine:
    """A date of the demande. on: None where there is none yet. kind: "échéance", "fait" or "à confirmer".

    needs_check: the law leaves it open to dispute. steps: how it was computed, one sentence each.
    """

    on: date | None
    label: str
    kind: str
    needs_check: bool = False
    is_past: bool = False
    steps: Sequence[str] = ()


@dataclass(frozen=True)
class SubmissionPage:
    """A demande, for an agent. facts: pairs of a term and its text. alerts: what needs a hand (a mail that failed).

    exports: pairs of a format's name and the address where the answers are taken away in it. places: what the maps of
    the answers need, None when there is none. workflow: the address of the page that draws it. has_message: whether the
    citizen wrote and no agent did anything since. read: address of the POST that says so, "" for who may not.
    """

    reference: str
    title: str
    applicant: str
    received_at: datetime
    back: str
    status: StatusPanel
    facts: Sequence[tuple[str, str]] = ()
    alerts: Sequence[str] = ()
    sections: Sequence[AnswerSection] = ()
    files: Sequence[SentFile] = ()
    exports: Sequence[tuple[str, str]] = ()
    history: Sequence[HistoryLine] = ()
    thread: Panel | None = None
    notes: Panel | None = None
    mailings: Sequence[Mailing] = ()
    places: PlaceLinks | None = None
    workflow: str = ""
    dates: Sequence[DateLine] = ()
    has_message: bool = False
    read: str = ""
    access: str = ""


@dataclass(frozen=True)
class PieceOption:
    """A document of the form that may be asked for. Inputs: `piece` (value name), `reason-<name>`, `note-<name>`.

    received: what is known of it ("Reçue le 16 mars 2026"), or "". required_by: the text that requires it.
    """

    name: str
    title: str
    required_by: str
    received: str = ""
    checked: bool = False
    reason: str = ""
    note: str = ""


@dataclass(frozen=True)
class PreviewPart:
    """A heading, or "", then paragraphs, a list, a letter's blocks (`grc.receipts.markdown`); shown if not empty."""

    heading: str
    paragraphs: Sequence[str] = ()
    items: Sequence[str] = ()
    blocks: Sequence[Mapping[str, Any]] = ()

    @property
    def texts(self) -> list[str]:
        """The paragraphs that say something."""
        return [text for text in self.paragraphs if text]


@dataclass(frozen=True)
class Preview:
    """What the citizen will read. due_before, due_after: the date when it moves, told to the agent alone."""

    title: str
    parts: Sequence[PreviewPart]
    due_before: date | None = None
    due_after: date | None = None


@dataclass(frozen=True)
class DocumentsRequestPage:
    """The request for missing documents. Buttons: `then` = "preview" or "send". deadline: as typed, YYYY-MM-DD."""

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    pieces: Sequence[PieceOption]
    reasons: Sequence[Option]
    deadline: str = ""
    deadline_hint: str = ""
    preview: Preview | None = None
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class DecisionPage:
    """Acceptance or refusal. Inputs: `outcome` ("accepted", "refused"), `reasons`, `then` ("preview", "send").

    outcomes: those open to this agent. appeals: the sentences that the letter of refusal will bear.
    preview: what the citizen will read, None until asked. notice: a warning before deciding, or "".
    """

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    outcomes: Sequence[Option]
    reasons: str = ""
    appeals: Sequence[str] = ()
    preview: Preview | None = None
    notice: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class MovePage:
    """A step that the workflow names. Inputs: `text`, when question is not "".

    state, sentence: where it leads, and what the citizen reads there. told: the address that a mail would go to, or "".
    """

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    label: str
    state: str
    sentence: str
    confirm: str = ""
    question: str = ""
    text: str = ""
    told: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class ConflictPage:
    """Someone changed the demande meanwhile. done: what they did, in words. typed: what the agent had written."""

    reference: str
    title: str
    author: str
    at: datetime
    done: str
    reload: str
    typed: str = ""


@dataclass(frozen=True)
class UnreadPage:
    """The citizen wrote meanwhile. messages: what they wrote. carried: names and values that the agent had posted.

    action: where they are posted again, with the revision of now. typed: the words among them, to be seen.
    """

    reference: str
    title: str
    messages: Sequence[Message]
    action: str
    revision: int
    back: str
    carried: Sequence[tuple[str, str]] = ()
    typed: str = ""


@dataclass(frozen=True)
class ArrivalsPage:
    """Documents that came by post or at the desk. Inputs: `piece` (the values of pieces), `received_on` (YYYY-MM-DD).

    asked_on: the day of the request, before which none can have answered it. moves: whether silence decides something.
    """

    reference: str
    title: str
    applicant: str
    action: str
    back: str
    revision: int
    pieces: Sequence[Option]
    asked_on: date
    received_on: str = ""
    moves: bool = False
    problems: Problems = NO_PROBLEM
