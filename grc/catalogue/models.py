"""The tables of procedures as an authority installs them, and of their immutable versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from grc.db.types import BigKey, Document, UtcDateTime


class InstalledProcedure(SQLModel, table=True):
    """A procedure of the catalogue in one authority: which service is in charge, which version is published."""

    __tablename__ = "procedure"
    __table_args__ = (UniqueConstraint("authority_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    slug: str = Field(max_length=80)
    service_id: int = Field(foreign_key="service.id", sa_type=BigKey)
    is_open: bool = True
    version_id: int | None = Field(default=None, sa_type=BigKey)
    """The published version; None while there is none (no foreign key: each table would need the other first)."""
    is_sensitive: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Open to those alone who are granted it by name; every read of its submissions is journalled."""
    overlay: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """What the authority states otherwise: {id: {property: {"value": its own, "over": the catalogue's}}}."""
    catalogue_sha256: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The hash of the catalogue's document under the overlay; "" where it was published before overlays."""
    functions: dict[str, Any] | None = Field(default=None, sa_column=Column(Document))
    """Who holds each function of its workflow here: {function: [services]}; None: whom the roles say."""


class ProcedureVersion(SQLModel, table=True):
    """One published version, never changed: the whole document and its hash."""

    __tablename__ = "procedure_version"
    __table_args__ = (UniqueConstraint("procedure_id", "number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigKey)
    authority_id: int = Field(foreign_key="authority.id", sa_type=BigKey)
    procedure_id: int = Field(foreign_key="procedure.id", sa_type=BigKey)
    number: int
    document: dict[str, Any] = Field(sa_column=Column(Document, nullable=False))
    sha256: str = Field(max_length=64)
    confirmed: list[str] = Field(default_factory=list, sa_column=Column(Document, nullable=False))
    """What the authority confirmed at publishing where the law is uncertain ("silence")."""
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by: str = Field(default="", max_length=100)
