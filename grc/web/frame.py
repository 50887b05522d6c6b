"""What surrounds every page, as values: the authority, its theme, the menus, who is signed in.

Addresses are made by the routes; templates only print them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from grc.errors import Problem
from grc.web import assets


@dataclass(frozen=True)
class Link:
    """A text and the address it leads to."""

    text: str
    href: str


@dataclass(frozen=True)
class MenuItem:
    """An entry of the main menu; `current` when the page shown is this one or beneath it."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Flash:
    """What was just done, told once at the top of the next page.

    title: one sentence. detail: what follows from it, may be empty. undo: the address of a POST that takes it back.
    """

    title: str
    detail: str = ""
    undo: str = ""


@dataclass(frozen=True)
class Trouble:
    """What did not work on the way to this page, told at its top. is_information: the person's own choice led here.

    help: where a partner explains, or None.
    """

    text: str
    is_information: bool = False
    help: Link | None = None


@dataclass(frozen=True)
class Embedding:
    """What a page needs when another site shows it in its own. sites: their origins, between spaces.

    root: of the pages that stay in it. way_out: where the same thing is done in the whole window. leaves: whether
    way_out is another window's page (a draft first gets its code, in the frame).
    """

    sites: str
    root: str
    way_out: Link
    leaves: bool = True


@dataclass(frozen=True)
class Typing:
    """Told on each page to an agent who types for a citizen. channel: "desk", "telephone" or "paper"; how: in words."""

    channel: str
    how: str
    received_on: date
    others: str
    """Where all that they type is listed."""


FRANCECONNECT = "FranceConnect"


@dataclass(frozen=True)
class Frame:
    """The surroundings of a page.

    authority: its name, shown beside the logo and in the title. tagline: a few words under it ("Démarches en ligne").
    logo, theme: addresses, or "" for none. root: the platform's root, where /static stands ("" most often).
    home: where the logo leads. menu: main navigation, may be empty. footer: the links of the law on every page, the
    accessibility one with its status. person: name of who is signed in, or "". sign_out: address of a POST, or "".
    account: where the name leads, or "".
    space: "" for citizens, else what agents see beside the name ("Espace des agents").
    contact: name, lines and telephone of the town hall, shown in the footer.
    """

    authority: str
    home: str
    tagline: str = ""
    logo: str = ""
    theme: str = ""
    root: str = ""
    menu: Sequence[MenuItem] = ()
    footer: Sequence[Link] = ()
    person: str = ""
    sign_out: str = ""
    account: str = ""
    space: str = ""
    contact: Sequence[str] = ()
    flash: Flash | None = None
    trouble: Trouble | None = None
    embedding: Embedding | None = None
    """Given when another site shows the page: it then has neither header nor footer."""
    typing: Typing | None = None
    """Given when an agent types for a citizen."""
    guests_until: date | None = None
    """The last day of the syndicate's agents who were let in, told on every page of the agents; None for none."""
    provider: str = FRANCECONNECT
    """Who vouches for citizens, in words."""

    @property
    def is_franceconnect(self) -> bool:
        """Whether the State's own service vouches for citizens, and no provider that stands for it."""
        return self.provider == FRANCECONNECT

    def static(self, name: str) -> str:
        """The address of a static file such as "app.css"."""
        return assets.url(self.root, name)


@dataclass(frozen=True)
class ErrorPage:
    """A page that says what went wrong and what to do next.

    message: a French sentence for the person, may be empty. reference: of the incident, for the telephone, or "".
    typed: what had been written and is not kept, or "". telephone: of the town hall, or "". back: where to go on.
    """

    status: int
    message: str = ""
    reference: str = ""
    typed: str = ""
    telephone: str = ""
    back: Link | None = None
    retry_after: str = ""


@dataclass(frozen=True)
class Problems:
    """The problems of a page, to look up by field; true when there are any."""

    all: Sequence[Problem] = ()
    by_field: Mapping[str, Problem] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_field", {problem.field: problem for problem in reversed(self.all)})

    def __bool__(self) -> bool:
        return bool(self.all)

    def of(self, name: str) -> Problem | None:
        """The first problem of a field, or None."""
        return self.by_field.get(name)


@dataclass(frozen=True)
class PlaceLinks:
    """What scripts need where a page asks for a place or shows one; addresses of ours, "" for what is not offered.

    addresses, communes: give suggestions. tiles: what tiles lie under, and centre: where a map begins. credit: whose
    map it is.
    """

    addresses: str = ""
    communes: str = ""
    tiles: str = ""
    centre: str = ""
    credit: str = ""


@dataclass(frozen=True)
class CommuneRow:
    """An authority in the list of those of the platform. logo: address, or ""."""

    name: str
    href: str
    logo: str = ""
    detail: str = ""


@dataclass(frozen=True)
class PlatformPage:
    """The communes of a syndicate, where domains do not already tell them apart."""

    syndicate: str
    communes: Sequence[CommuneRow]


@dataclass(frozen=True)
class LinkPage:
    """A page that only leads elsewhere."""

    link: Link
