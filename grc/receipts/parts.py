"""The parts that receipts and notices are made of, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

from grc.deadlines.silence import Kind, SilenceRule, Unit

AppealKind = Literal["gracieux", "hierarchique", "contentieux"]


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
    """The agent in charge: first name, name, capacity, administrative address (CRPA L111-2)."""

    given_name: str
    family_name: str
    capacity: str
    address: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


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
class ReplacedDecision:
    """The earlier decision that an express one replaces: an implicit one that silence made, or an express one."""

    kind: Literal["implicit_rejection", "implicit_acceptance", "express"]
    on: date


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
