"""What the pages of an account show, as frozen values; sentences are French and complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from grc.web.frame import Problems


@dataclass(frozen=True)
class IdentificationPage:
    """How the person wants to begin. franceconnect, without_account: addresses of POSTs, "" when not offered.

    carried: names and values that the POST carries on; is_filled: some answer questions. helping: for somebody else.
    ask: the POST that sends a link by e-mail, which comes back to `following`. door: where a password is typed, "" when
    signed in. is_local: who is signed in has but an address. typed: always "" here.
    """

    procedure: str
    back: str
    track: str
    franceconnect: str = ""
    without_account: str = ""
    person: str = ""
    carried: Sequence[tuple[str, str]] = ()
    is_filled: bool = False
    helping: str = ""
    ask: str = ""
    door: str = ""
    following: str = ""
    is_local: bool = False
    typed: str = ""


@dataclass(frozen=True)
class DoorPage:
    """How to sign in. ask, enter: addresses of POSTs, for a link by e-mail and for a password.

    franceconnect: address of a POST, "" where it is not offered. following: the page to come back to, or "".
    trouble: why one is here again, or "". typed: the address as typed.
    """

    ask: str
    enter: str
    franceconnect: str = ""
    following: str = ""
    trouble: str = ""
    typed: str = ""
    is_password: bool = False
    problems: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class LinkSentPage:
    """That a link was sent. email: the address typed in this browser, "" where it is not known. minutes: how long."""

    email: str
    minutes: int
    back: str


@dataclass(frozen=True)
class LinkPage:
    """A link that was opened, before its one button. elsewhere: it was asked for in another browser.

    person: who is signed in here with another account, or "".
    """

    action: str
    token: str
    email: str
    elsewhere: bool = False
    person: str = ""


@dataclass(frozen=True)
class KnownDatum:
    """Something that an identity provider says, and what it serves for."""

    label: str
    value: str
    use: str


@dataclass(frozen=True)
class SessionRow:
    """An open session. close: address of a POST, "" for the one that looks."""

    id: int
    means: str
    device: str
    opened_at: datetime
    seen_at: datetime
    is_this: bool = False


@dataclass(frozen=True)
class SignInRow:
    """A sign-in, opened or refused."""

    at: datetime
    means: str
    device: str
    is_opened: bool


@dataclass(frozen=True)
class AccountPage:
    """One's account. identity: what FranceConnect says, empty for a local account.

    email: confirmed, or ""; proposed: FranceConnect's, where none is confirmed. pending: the address that a
    change waits for, or "". consented_on: None without consent; kept: what is kept then, as label and text. Others:
    addresses.
    """

    is_local: bool
    email: str
    identity: Sequence[KnownDatum]
    submissions: int
    drafts: int
    mine: str
    address: str
    profile: str
    sessions_action: str
    export: str
    closing: str
    former: str = ""
    proposed: str = ""
    pending: str = ""
    password: str = ""
    has_password: bool = False
    consented_on: date | None = None
    kept: Sequence[tuple[str, str]] = ()
    sessions: Sequence[SessionRow] = ()
    sign_ins: Sequence[SignInRow] = ()


@dataclass(frozen=True)
class PasswordPage:
    """A password chosen, changed or taken away. needs_current: the present one is asked for."""

    action: str
    back: str
    email: str
    minimum: int
    has_password: bool = False
    needs_current: bool = False
    problems: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class AddressPage:
    """Where another address is asked for. current: the confirmed one, or ""."""

    action: str
    back: str
    current: str
    typed: str = ""
    telephone: str = ""
    problems: Problems = field(default_factory=Problems)


@dataclass(frozen=True)
class HalfPage:
    """One half of a change of address, opened from its mail. is_old: of the address that the account would leave."""

    action: str
    token: str
    old: str
    new: str
    is_old: bool


@dataclass(frozen=True)
class HalfDonePage:
    """What became of a change of address: "waiting" (for other), "changed", "refused", "taken" or "gone"."""

    outcome: str
    email: str = ""
    other: str = ""
    account: str = ""


@dataclass(frozen=True)
class ClosingPage:
    """The last question before an account is closed."""

    action: str
    back: str
    export: str
    submissions: int
    drafts: int
    is_local: bool


@dataclass(frozen=True)
class RightsPage:
    """One's data in one demande. kept: sentences. rights: code and words of what may be asked. owed: days owed already.

    exercise: where rights are exercised beyond this demande, or "".
    """

    reference: str
    title: str
    action: str
    back: str
    export: str
    kept: Sequence[str]
    officer: str
    rights: Sequence[tuple[str, str, str]]
    exercise: str = ""
    asked: Sequence[tuple[str, date]] = ()
    chosen: str = ""
    typed: str = ""
    problems: Problems = field(default_factory=Problems)
