"""The database as the settings say it: what a command needs, without the site."""

from __future__ import annotations

from grc.db import Database, Keyring, connect
from grc.settings import Settings


def open_database(settings: Settings) -> Database:
    """The database of the settings, with their keys."""
    return connect(settings.database_url, Keyring(settings.secret_key))
