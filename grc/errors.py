"""The one family of errors: what each means, never its HTTP number (grc.web.errors holds those)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """What a citizen or an agent can correct: a value, not an exception.

    field: dotted name of the answer ("applicant.email"), or "" for the whole page. code: stable, for tests and
    statistics ("required", "email"…). message: the French sentence that names the field and says what to do.
    """

    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Fault:
    """What an author or operator must mend before anything starts: where it is, what is wrong, what to do.

    where: file, with the path inside it ("acte-de-naissance/ui.json#/elements/2"). suggestion: may be empty.
    """

    where: str
    message: str
    suggestion: str = ""

    def __str__(self) -> str:
        return f"{self.where} : {self.message}" + (f" {self.suggestion}" if self.suggestion else "")


class GrcError(Exception):
    """The root. `message` is a French sentence that may be shown to a person."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(GrcError):
    """Nothing of that name within reach."""


class Forbidden(GrcError):
    """Within reach but not permitted; carries the reason, shown to the person."""


class Conflict(GrcError):
    """The state does not allow it."""


class TransitionRefused(Conflict):
    """The workflow does not open this transition from this state."""


class StaleSubmission(Conflict):
    """Somebody changed the submission since the page was shown."""


class UnreadMessage(StaleSubmission):
    """The other side wrote since the page was shown: nothing is lost, but it is to be read first."""


class Invalid(GrcError):
    """Data that a command cannot accept."""

    def __init__(self, message: str = "", problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class TooLarge(GrcError):
    """A body or a file over its limit."""


class TooMany(GrcError):
    """A rate limit is reached; retry_after in seconds."""

    def __init__(self, message: str = "", *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(GrcError):
    """A partner does not answer (FranceConnect, SMTP, antivirus)."""


class Misconfigured(GrcError):
    """Catalogue or settings wrong: raised at start or at publishing, with every fault at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
