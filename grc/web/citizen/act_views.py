"""What the pages of a citizen's acts show: correcting, adding, answering, withdrawing. See grc.web.citizen.views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from grc.web.citizen.form_views import SentFile
from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class EmailPage:
    """The correction of a mistyped address; the receipt goes again, with its original date."""

    reference: str
    current: str
    action: str
    back: str
    typed: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class PiecePage:
    """One more document, sent of one's own accord. limits: the types and size allowed, as a sentence."""

    reference: str
    action: str
    back: str
    limits: str
    typed_note: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class WithdrawalPage:
    """The last question before an act that is not undone. label: of the act. revision: the one seen, posted back.

    event: that of the workflow which is posted, "" for a withdrawal.
    """

    reference: str
    title: str
    action: str
    back: str
    revision: int
    label: str = "Retirer ma demande"
    consequences: Sequence[str] = ()
    event: str = ""


@dataclass(frozen=True)
class NotificationPage:
    """The consent to electronic notification. Input: `accord` ("oui", "non"). given: when it was, in words, or ""."""

    reference: str
    title: str
    action: str
    back: str
    email: str
    given: str = ""


@dataclass(frozen=True)
class RequestedItem:
    """A document asked for. name: of its input. reason: why it is asked."""

    name: str
    title: str
    reason: str
    hint: str = ""
    files: Sequence[SentFile] = ()


@dataclass(frozen=True)
class ComplementPage:
    """The documents that the town hall asked for, and nothing else. sentences: those of L114-5."""

    reference: str
    title: str
    action: str
    back: str
    deadline: date
    items: Sequence[RequestedItem]
    note: str = ""
    sentences: Sequence[str] = ()
    limits: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class Offer:
    """Something that the law lets the citizen ask for by one button. sentences: what it is.

    action: where it posts these fields; href: in its place, the page that asks once more.
    """

    id: str
    title: str
    sentences: Sequence[str]
    button: str = ""
    action: str = ""
    fields: Sequence[tuple[str, str]] = ()
    href: str = ""
