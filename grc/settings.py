"""The settings: environment variables GRC_…, all checked at start, every fault named at once."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grc.errors import Fault, Misconfigured

_PREFIX = "GRC_"


class Settings(BaseModel):
    """What an installation is told. Each field is the variable GRC_<NAME>, in capitals."""

    model_config = ConfigDict(frozen=True)

    secret_key: tuple[str, ...] = Field(min_length=1)
    """Secrets of 32 characters or more, separated by commas, newest first: seals and hashes depend on them."""
    base_url: str = "http://127.0.0.1:8000"
    """The address of the installation as browsers and mails write it."""
    database_url: str = "sqlite:///var/grc.db"
    database_owner_url: str = ""
    """On PostgreSQL, the role that owns the tables and runs `grc migrate`; never used to serve."""
    storage: Path = Path("var/files")
    """The folder of attachments."""
    smtp_url: str = "smtp://127.0.0.1:25"
    """smtp://[user:password@]host[:port], smtps:// for TLS from the start, ?starttls=never to forbid the upgrade."""
    dns: str = ""
    """Whom `grc check` asks about sender addresses: address[:port], by commas; "" for the machine's resolver."""
    dkim_selector: str = ""
    """Of the key by which the relay signs, for `grc check`."""
    worker: bool = True
    """Whether `grc serve` also delivers mail; false where `grc worker` does."""
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of proxies whose X-Forwarded-For is believed, separated by commas."""
    max_file_mb: int = Field(default=10, ge=1, le=100)
    max_total_mb: int = Field(default=100, ge=1, le=1000)
    """All the files of a demande together."""
    clamd: str = ""
    """The antivirus of this machine: the path of clamd's socket, or host:port on loopback; empty for none."""
    photo_side: int = Field(default=2500, ge=1000, le=10_000)
    """The longest side of the photographs that are kept, in pixels."""
    address_url: str = ""
    """The geocoder that suggests addresses, of the Base Adresse Nationale's API; "" for no suggestions."""
    address_timeout: float = Field(default=1.0, ge=0.1, le=10)
    """Seconds that a suggestion is waited for."""
    tiles_url: str = ""
    """The tiles of the map, a template with {z}, {x} and {y}; "" for no map."""
    tiles_credit: str = Field(default="", max_length=200)
    """Whose map it is, written beside it as its licence asks."""
    private_endpoints: bool = False
    """Whether workflows may call addresses of the private network; `grc endpoint add` names what they call."""
    franceconnect_issuer: str = ""
    franceconnect_client_id: str = ""
    franceconnect_client_secret: str = ""
    franceconnect_algorithm: str = "ES256"
    operator_secret: str = ""
    """What opens the operators' page, 32 characters or more; "" for no such page."""
    security_contact: str = ""
    """Whom to tell of a weakness, in /.well-known/security.txt: mailto:… or https://…; "" for no such file."""
    demo: bool = False
    """Set by `grc demo` alone."""

    @field_validator("secret_key", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(len(secret) < 32 for secret in value):
            raise ValueError("chaque secret a au moins 32 caractères, par exemple ceux de « openssl rand -hex 32 »")
        return value

    @field_validator("operator_secret")
    @classmethod
    def _not_guessed(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("donnez au moins 32 caractères, par exemple ceux de « openssl rand -hex 32 »")
        return value

    @field_validator("security_contact")
    @classmethod
    def _a_contact(cls, value: str) -> str:
        if value and not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://[^\s]+", value):
            raise ValueError("écrivez mailto:securite@exemple.fr, ou une page qui commence par https://")
        return value

    @field_validator("base_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        is_origin = parts.scheme in {"http", "https"} and parts.netloc and parts.path in {"", "/"}
        if not is_origin or parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("écrivez le protocole et l’hôte seuls, par exemple https://demarches.exemple.fr")
        return value.rstrip("/")

    @field_validator("database_url", "database_owner_url")
    @classmethod
    def _a_database(cls, value: str) -> str:
        if value and not re.match(r"(sqlite:///|postgresql(\+psycopg)?://)", value):
            raise ValueError("écrivez sqlite:///chemin ou postgresql://role@hote/base")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, value: str) -> str:
        if not re.match(r"smtps?://[^/?]+", value):
            raise ValueError("écrivez smtp://hote:25 ou smtps://utilisateur:motdepasse@hote")
        return value

    @field_validator("dkim_selector")
    @classmethod
    def _a_selector(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?", value):
            raise ValueError("écrivez le sélecteur seul, par exemple s2026 pour s2026._domainkey.commune.fr")
        return value

    @field_validator("dns")
    @classmethod
    def _resolvers(cls, value: str) -> str:
        for server in filter(None, (one.strip() for one in value.split(","))):
            host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "53")
            try:
                ip_address(host)
            except ValueError:
                raise ValueError(
                    "écrivez l’adresse IP d’un résolveur, par exemple 127.0.0.1 ou 192.0.2.53:53"
                ) from None
            if not (port.isdigit() and 0 < int(port) < 65536):
                raise ValueError("écrivez un port de 1 à 65535 après l’adresse du résolveur")
        return value

    @field_validator("address_url", "tiles_url")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/?#@\s]+", value):
            raise ValueError("écrivez une adresse qui commence par https://")
        return value.rstrip("/")

    @field_validator("tiles_url")
    @classmethod
    def _a_template(cls, value: str) -> str:
        if value and not all(part in value for part in ("{z}", "{x}", "{y}")):
            raise ValueError("écrivez {z}, {x} et {y} là où vont le niveau, la colonne et la ligne")
        return value

    @field_validator("clamd")
    @classmethod
    def _on_this_machine(cls, value: str) -> str:
        if value and not re.fullmatch(r"/.+|(127(\.\d{1,3}){3}|localhost|\[::1\]):\d{1,5}", value):
            raise ValueError("écrivez le chemin de la socket de clamd, ou 127.0.0.1:3310, sur cette machine")
        return value

    @field_validator("franceconnect_algorithm")
    @classmethod
    def _an_algorithm(cls, value: str) -> str:
        if value not in {"ES256", "RS256"}:
            raise ValueError("choisissez ES256 ou RS256, comme dans l’espace partenaires")
        return value

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite:")


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment; raises Misconfigured with every fault and every unknown GRC_ variable."""
    variables = dict(os.environ if environment is None else environment)
    values = {
        key.removeprefix(_PREFIX).lower(): value
        for key, value in variables.items()
        if key.startswith(_PREFIX) and value
    }
    faults = [
        Fault(f"{_PREFIX}{name.upper()}", "cette variable n’existe pas.", "Vérifiez son nom dans docs/operating.md.")
        for name in sorted(set(values) - set(Settings.model_fields))
    ]
    try:
        known = {name: value for name, value in values.items() if name in Settings.model_fields}
        settings = Settings.model_validate(known)
    except ValidationError as error:
        raise Misconfigured([*faults, *map(_fault, error.errors())]) from None
    faults += _together(settings)
    if faults:
        raise Misconfigured(faults)
    return settings


def _fault(detail: Any) -> Fault:
    name = f"{_PREFIX}{str(detail['loc'][0]).upper()}"
    if detail["type"] == "missing":
        return Fault(name, "cette variable manque.", "Donnez-lui une valeur ; docs/operating.md dit laquelle.")
    return Fault(name, str(detail["msg"]).removeprefix("Value error, ") + ".")


def _together(settings: Settings) -> list[Fault]:
    faults = []
    given = [bool(settings.franceconnect_issuer), bool(settings.franceconnect_client_id)]
    given.append(bool(settings.franceconnect_client_secret))
    if any(given) and not all(given):
        text = "donnez ensemble l’émetteur, l’identifiant et le secret."
        faults.append(Fault("GRC_FRANCECONNECT_ISSUER, _CLIENT_ID, _CLIENT_SECRET", text))
    if not settings.is_sqlite and settings.database_owner_url == settings.database_url:
        text = "le rôle qui sert ne doit pas posséder les tables."
        faults.append(Fault("GRC_DATABASE_OWNER_URL", text, "Créez deux rôles : voir docs/operating.md."))
    return faults
