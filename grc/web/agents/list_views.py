"""What the pages of the lists that agents keep show, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grc.forms.definition import Field
from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class ListRow:
    """A list among those that forms offer. count: of its open items. used_by: titles of the procedures."""

    title: str
    href: str
    count: int
    used_by: Sequence[str]


@dataclass(frozen=True)
class ListsPage:
    """Every list that a published procedure offers."""

    rows: Sequence[ListRow]


@dataclass(frozen=True)
class ItemRow:
    """An item of a list. cells: its attributes in words, "" when unknown. place, state: addresses of POSTs.

    first, last: it can go no further that way. changed_by: a name, or "". revision: as it was seen. missing: the
    attribute without which it is not offered, "" when all is well. taken: by how many demandes.
    """

    id: str
    label: str
    cells: Sequence[str]
    is_open: bool
    revision: int
    edit: str
    place: str
    state: str
    first: bool
    last: bool
    changed_at: datetime
    changed_by: str
    missing: str = ""
    taken: int = 0


@dataclass(frozen=True)
class ListPage:
    """One list. columns: titles of its attributes. new: where an item is added; back: all lists.

    series: where slots are made by the dozen, "" for a list of other things. hidden: items closed and past, not shown.
    has_order: agents put the items in order, which have no days of their own.
    """

    title: str
    source: str
    columns: Sequence[str]
    rows: Sequence[ItemRow]
    used_by: Sequence[str]
    new: str
    back: str
    series: str = ""
    hidden: int = 0
    has_order: bool = True


@dataclass(frozen=True)
class ItemPage:
    """The form of one item. revision: as it was seen, 0 for a new one. back: the list.

    taken: by how many demandes; holders: reference and address of those that the reader may open.
    """

    title: str
    list_title: str
    action: str
    back: str
    fields: Sequence[Field]
    typed: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    problems: Problems = NO_PROBLEM
    anchors: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    button: str = "Enregistrer"
    taken: int = 0
    holders: Sequence[tuple[str, str]] = ()
