"""Imports every table, so that the metadata is whole wherever migrations or tests need it."""

from grc.attachments import models as attachments
from grc.authorities import models as authorities
from grc.catalogue import models as catalogue
from grc.citizens import models as citizens
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
    "catalogue",
    "citizens",
    "exchange",
    "journal",
    "kept",
    "lists",
    "outbox",
    "partners",
    "sessions",
    "submissions",
]
