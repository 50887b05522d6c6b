"""What the pages of agents' accounts show: the second factor, one's own account, the colleagues' accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class PasskeyForm:
    """Asks the browser for a passkey. challenge: the address of a POST that gives what to ask. Input: credential."""

    action: str
    challenge: str
    next: str = ""


@dataclass(frozen=True)
class SecondFactorPage:
    """The second factor is awaited. Inputs: code, recovery. restart: where to begin anew."""

    action: str
    restart: str
    has_totp: bool
    codes_left: int
    passkey: PasskeyForm | None = None
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class TotpSetup:
    """An application to be set up. picture: the square code, an SVG element; secret: in fours. Input: code."""

    action: str
    picture: str
    secret: str


@dataclass(frozen=True)
class EnrolPage:
    """A second factor must be set up before anything opens. Inputs of the passkey: credential, name."""

    restart: str
    totp: TotpSetup
    passkey: PasskeyForm | None = None
    typed_name: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class TotpPage:
    """The same, from one's account. replaces: whether another application is set up already."""

    back: str
    totp: TotpSetup
    replaces: bool = False
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class CodesPage:
    """Recovery codes. codes: shown once, () afterwards. kept: a POST that says they are noted. renew: a POST."""

    back: str
    left: int
    kept: str = ""
    renew: str = ""
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class ConfirmPage:
    """Password or code asked again before a sensitive act. Inputs: password, code, next. has_*: what may be given."""

    action: str
    back: str
    next: str
    has_password: bool
    has_totp: bool
    passkey: PasskeyForm | None = None
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class PasswordPage:
    """A new password. Inputs: password, again. minimum: its fewest characters."""

    action: str
    back: str
    minimum: int
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class NewKeyPage:
    """A new passkey. passkey: None where the address of the site does not allow any. Inputs: name, credential."""

    back: str
    passkey: PasskeyForm | None
    typed_name: str = ""
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class KeyRow:
    """A passkey. removal: a POST, or "" for the last factor of somebody who needs one."""

    name: str
    created_at: datetime
    used_at: datetime | None
    removal: str


@dataclass(frozen=True)
class SessionRow:
    """An open session. end: a POST, or "" for the one that shows the page."""

    device: str
    means: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    end: str = ""


@dataclass(frozen=True)
class SignInRow:
    """A sign-in in words. alarming: one that the agent should be asked about."""

    at: datetime
    means: str
    outcome: str
    device: str
    alarming: bool = False


@dataclass(frozen=True)
class AccountPage:
    """One's own account. facts: pairs of words. Addresses are "" where the act is not open.

    is_needed: whether a second factor is asked of this agent. end_others: a POST. absences, roles: pages.
    rights: what is held over services and procedures, in words.
    """

    facts: Sequence[tuple[str, str]]
    password: str
    has_password: bool
    is_needed: bool
    has_totp: bool
    totp: str
    totp_removal: str
    keys: Sequence[KeyRow]
    new_key: str
    codes: str
    codes_left: int
    sessions: Sequence[SessionRow]
    end_others: str
    sign_ins: Sequence[SignInRow]
    absences: str = ""
    roles: str = ""
    rights: Sequence[str] = ()
    problems: Problems = NO_PROBLEM


@dataclass(frozen=True)
class ColleagueRow:
    """An account in the list."""

    name: str
    href: str
    email: str
    capacity: str
    role: str
    factors: str
    last_at: datetime | None
    is_active: bool


@dataclass(frozen=True)
class ColleaguesPage:
    """The accounts of the authority. new: the form of another one. identities: where they are attached, or ""."""

    new: str
    rows: Sequence[ColleagueRow]
    identities: str = ""


@dataclass(frozen=True)
class Choice:
    """An option of a choice."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class ColleagueForm:
    """What is known of an account, as typed. Inputs of the same names; service: "" for none."""

    email: str = ""
    given_name: str = ""
    family_name: str = ""
    capacity: str = ""
    service: str = ""
    role: str = "handler"
    needs_second_factor: bool = False


@dataclass(frozen=True)
class ColleagueAct:
    """An act on an account: a POST. text: what follows from it."""

    label: str
    action: str
    text: str
    warning: bool = False


@dataclass(frozen=True)
class PasswordLinkPage:
    """A link by which an agent chooses a password, to be handed over. link: "" once it is not shown any more."""

    back: str
    name: str
    link: str


@dataclass(frozen=True)
class ColleaguePage:
    """The form of an account. name: "" for a new one. acts: what can be done with it.

    rights: what is held beside the role, in words. grants, absences: their pages, "" where there is none.
    """

    action: str
    back: str
    typed: ColleagueForm
    roles: Sequence[Choice]
    services: Sequence[Choice]
    name: str = ""
    is_active: bool = True
    facts: Sequence[tuple[str, str]] = ()
    acts: Sequence[ColleagueAct] = ()
    sign_ins: Sequence[SignInRow] = ()
    rights: Sequence[str] = ()
    grants: str = ""
    absences: str = ""
    problems: Problems = NO_PROBLEM
