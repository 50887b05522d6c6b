"""The parts that receipts and notices are made of, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, Protocol

from grc.deadlines.silence import Kind, SilenceRule, Unit

AppealKind = Literal["gracieux", "hierarchique", "cada", "contentieux"]
Anonymity = Literal["public_safety", "personal_safety"]
DecisionKind = Literal["acceptance", "refusal", "implicit_acceptance", "implicit_rejection", "withdrawal"]

ANONYMOUS: Final = "Agent dont le nom n’est pas communiqué"
_WITHHELD: Mapping[Anonymity, str] = {
    "public_safety": "pour la sécurité publique (CRPA art. L111-2)",
    "personal_safety": "pour la sécurité des personnes (CRPA art. L111-2)",
}


@dataclass(frozen=True)
class ServiceContact:
    """The service in charge of the demande, as the law wants it named (CRPA R112-11-1 2°, R112-5 2°)."""

    name: str
    email: str
    postal_address: tuple[str, ...]
    telephone: str
    hours: str = ""


@dataclass(frozen=True)
class AgentContact:
    """The agent in charge: first name, name, capacity, administrative address (CRPA L111-2).

    anonymity: why the name is withheld: the only reasons of the article are the safety of the public or of persons.
    The names are then never shown, whatever they hold.
    """

    given_name: str
    family_name: str
    capacity: str
    address: tuple[str, ...]
    anonymity: Anonymity | None = None

    @property
    def name(self) -> str:
        """First name and name, or that they are withheld."""
        return ANONYMOUS if self.anonymity else f"{self.given_name} {self.family_name}".strip()

    @property
    def withheld(self) -> str:
        """Why the name is not given, in French with its article; "" where it is."""
        return "" if self.anonymity is None else _WITHHELD[self.anonymity]


@dataclass(frozen=True)
class Silence:
    """What silence becomes on `due_on`, the text that says so, and the steps that led to the date, in French."""

    rule: Literal["acceptance", "rejection"]
    due_on: date
    source: str
    explanation: tuple[str, ...] = ()


@dataclass(frozen=True)
class Appeal:
    """One way to contest a decision: a complete French sentence, from its starting point (never a computed day)."""

    kind: AppealKind
    to: str
    text: str
    source: str


@dataclass(frozen=True)
class MissingDocument:
    """One missing document or information: what it is, the text that requires it, whether the demande waits for it.

    Source: CRPA L114-5 al. 1 (required by the texts in force), L114-5-1 (indispensable).
    """

    title: str
    required_by: str
    indispensable: bool = True


@dataclass(frozen=True)
class Incomplete:
    """What is missing from the demande on the day it is received, and until when it may be sent.

    rule: the sentences of L114-5. Source: CRPA R112-11-4 al. 1, L114-5 al. 4.
    """

    items: tuple[MissingDocument, ...]
    deadline_on: date
    rule: tuple[str, ...]


@dataclass(frozen=True)
class ReplacedDecision:
    """The earlier decision that an express one replaces: an implicit one that silence made, or an express one."""

    kind: Literal["implicit_rejection", "implicit_acceptance", "express"]
    on: date


@dataclass(frozen=True)
class NamedDecision:
    """A decision that another act names: corrects, withdraws, attacks. reference: of its demande, where it is another.

    on: the day an express decision was taken; the day silence made an implicit one.
    """

    kind: DecisionKind
    on: date
    reference: str = ""


@dataclass(frozen=True)
class Administration:
    """Another administration, as a person is told to reach it (CRPA L114-2). reference: its own, once it has one."""

    name: str
    postal_address: tuple[str, ...] = ()
    email: str = ""
    telephone: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Exemption:
    """Why a paper demande is owed no receipt (CRPA R112-4), in one of the two cases of the article, with the reason.

    ground: the decision is gained within fifteen days, or the demande asks for the mere issue of a document or service
    that the administration can only check. Never for an electronic demande (L112-11 last al.).
    """

    ground: Literal["short_period", "mere_issue"]
    reason: str


@dataclass(frozen=True)
class Appointment:
    """When and where somebody is awaited. starts_at, ends_at: aware; None where nothing says when it ends."""

    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""


class SilenceTerms(Protocol):
    """What a procedure declares about silence; the catalogue's own value fits as it is."""

    @property
    def rule(self) -> Kind: ...
    @property
    def period(self) -> int: ...
    @property
    def unit(self) -> Unit: ...
    @property
    def source(self) -> str: ...


class AppealTerms(Protocol):
    """What a procedure declares about an appeal; the catalogue's own value fits as it is."""

    @property
    def kind(self) -> AppealKind: ...
    @property
    def to(self) -> str: ...
    @property
    def delay_months(self) -> int: ...
    @property
    def source(self) -> str: ...


def rule_of(terms: SilenceTerms) -> SilenceRule:
    """The rule of the clock that a procedure's terms declare."""
    return SilenceRule(terms.rule, terms.period, terms.unit)
