"""Imports every table, so that the metadata is whole wherever migrations or tests need it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from grc.attachments import models as attachments
from grc.authorities import models as authorities
from grc.bookings import models as bookings
from grc.catalogue import models as catalogue
from grc.citizens import models as citizens
from grc.db import UtcDateTime
from grc.journal import models as journal
from grc.lists import models as lists
from grc.outbox import models as outbox
from grc.sessions import models as sessions
from grc.submissions import exchange_models as exchange
from grc.submissions import kept_models as kept
from grc.submissions import models as submissions
from grc.submissions import partner_models as partners

__all__ = [
    "attachments",
    "authorities",
    "bookings",
    "catalogue",
    "citizens",
    "exchange",
    "journal",
    "kept",
    "lists",
    "outbox",
    "partners",
    "sealed",
    "sessions",
    "submissions",
]


def sealed(table: Table) -> list[Column[Any]]:
    """The columns of a table whose values are sealed under GRC_SECRET_KEY: those named "sealed_…"."""
    return [
        each for each in table.columns if each.name.startswith("sealed_") and not isinstance(each.type, UtcDateTime)
    ]


SOMETIMES_SEALED = SQLModel.metadata.tables["message"].c.raw
"""Mails are sealed where they carry a code: where the entry of the outbox has a secret."""
