"""Settings: every fault at once, in words that say what to mend."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from grc import settings
from grc.errors import Misconfigured

SECRET = "x" * 32
POSTGRES = {
    "GRC_DATABASE_URL": "postgresql://grc_app@localhost/grc",
    "GRC_DATABASE_OWNER_URL": "postgresql://grc_owner@localhost/grc",
}
FRANCECONNECT = {
    "GRC_FRANCECONNECT_ISSUER": "https://fc.example/api/v2",
    "GRC_FRANCECONNECT_CLIENT_ID": "commune",
    "GRC_FRANCECONNECT_CLIENT_SECRET": "secret",
}


def faults(**variables: str) -> dict[str, str]:
    given = {"GRC_SECRET_KEY": SECRET} | {f"GRC_{name}": value for name, value in variables.items()}
    with pytest.raises(Misconfigured) as refused:
        settings.load({name: value for name, value in given.items() if value != "-"})
    return {fault.where: str(fault) for fault in refused.value.faults}


def test_one_secret_is_enough_to_start() -> None:
    loaded = settings.load({"GRC_SECRET_KEY": SECRET, "PATH": "/bin", "HOME": "/"})
    assert (loaded.secret_key, loaded.is_sqlite, loaded.worker, loaded.demo) == ((SECRET,), True, True, False)


def test_every_variable_is_read() -> None:
    loaded = settings.load(
        {
            "GRC_SECRET_KEY": f"{SECRET}, {'y' * 40}",
            "GRC_BASE_URL": "https://demarches.exemple.fr/",
            **POSTGRES,
            **FRANCECONNECT,
            "GRC_STORAGE": "/srv/grc",
            "GRC_SMTP_URL": "smtps://grc:mot%20de%20passe@mail.example:465",
            "GRC_WORKER": "false",
            "GRC_HOST": "0.0.0.0",
            "GRC_PORT": "8080",
            "GRC_TRUSTED_PROXIES": "10.0.0.1,10.0.0.2",
            "GRC_MAX_FILE_MB": "5",
            "GRC_FRANCECONNECT_ALGORITHM": "RS256",
        }
    )
    assert loaded.secret_key == (SECRET, "y" * 40)
    assert loaded.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert (loaded.base_url, loaded.port, loaded.worker, loaded.max_file_mb) == (
        "https://demarches.exemple.fr",
        8080,
        False,
        5,
    )
    assert not loaded.is_sqlite


def test_every_fault_is_named_at_once() -> None:
    found = faults(
        SECRET_KEY="court",
        BASE_URL="demarches.exemple.fr",
        DATABASE_URL="mysql://x",
        SMTP_URL="mail.example",
        PORT="0",
        MAX_FILE_MB="mille",
        FRANCECONNECT_ALGORITHM="none",
        SMPT_URL="smtp://x",
        BASEURL="x",
    )
    assert sorted(found) == [
        "GRC_BASEURL",
        "GRC_BASE_URL",
        "GRC_DATABASE_URL",
        "GRC_FRANCECONNECT_ALGORITHM",
        "GRC_MAX_FILE_MB",
        "GRC_PORT",
        "GRC_SECRET_KEY",
        "GRC_SMPT_URL",
        "GRC_SMTP_URL",
    ]
    assert "32 caractères" in found["GRC_SECRET_KEY"]
    assert "n’existe pas" in found["GRC_SMPT_URL"]


def test_a_missing_secret_says_so() -> None:
    assert "manque" in faults(SECRET_KEY="-")["GRC_SECRET_KEY"]


@pytest.mark.parametrize("secret", ["", " ", ",", f"{SECRET},court", "é" * 31])
def test_a_short_secret_is_refused(secret: str) -> None:
    assert "GRC_SECRET_KEY" in faults(SECRET_KEY=secret)


NOT_ORIGINS = ("", "ftp://x", "https://", "https://x/dossier", "https://x?a=1", "https://x#a", "https://a:b@x", "x:y")


@pytest.mark.parametrize("url", NOT_ORIGINS)
def test_a_base_url_is_scheme_and_host_alone(url: str) -> None:
    if url == "":
        assert settings.load({"GRC_SECRET_KEY": SECRET, "GRC_BASE_URL": url}).base_url == "http://127.0.0.1:8000"
    else:
        assert "GRC_BASE_URL" in faults(BASE_URL=url)


def test_a_secret_is_never_in_a_fault() -> None:
    found = faults(SECRET_KEY="un-secret-trop-court", FRANCECONNECT_CLIENT_SECRET="autre-secret")
    assert "trop-court" not in str(found)
    assert "autre-secret" not in str(found)


@pytest.mark.parametrize("absent", list(FRANCECONNECT))
def test_franceconnect_is_given_whole_or_not_at_all(absent: str) -> None:
    with pytest.raises(Misconfigured, match="ensemble"):
        settings.load({"GRC_SECRET_KEY": SECRET} | {k: v for k, v in FRANCECONNECT.items() if k != absent})
    assert settings.load({"GRC_SECRET_KEY": SECRET} | FRANCECONNECT).franceconnect_client_id == "commune"


def test_the_role_that_serves_must_not_own_the_tables() -> None:
    same = dict.fromkeys(POSTGRES, POSTGRES["GRC_DATABASE_URL"])
    with pytest.raises(Misconfigured, match="posséder"):
        settings.load({"GRC_SECRET_KEY": SECRET} | same)


def test_settings_do_not_change_once_read() -> None:
    loaded: Any = settings.load({"GRC_SECRET_KEY": SECRET})
    with pytest.raises(ValidationError):
        loaded.port = 1


def test_services_outside_are_addresses() -> None:
    loaded = settings.load(
        {
            "GRC_SECRET_KEY": SECRET,
            "GRC_ADDRESS_URL": "https://adresses.example/",
            "GRC_ADDRESS_TIMEOUT": "0.5",
            "GRC_TILES_URL": "https://tuiles.example/{z}/{x}/{y}.png",
        }
    )
    assert (loaded.address_url, loaded.address_timeout) == ("https://adresses.example", 0.5)
    assert loaded.tiles_url == "https://tuiles.example/{z}/{x}/{y}.png"
    assert (settings.load({"GRC_SECRET_KEY": SECRET}).address_url, loaded.tiles_credit) == ("", "")
    found = faults(ADDRESS_URL="adresses.example", ADDRESS_TIMEOUT="60", TILES_URL="https://tuiles.example/{z}.png")
    assert set(found) == {"GRC_ADDRESS_URL", "GRC_ADDRESS_TIMEOUT", "GRC_TILES_URL"}
    assert "{z}, {x} et {y}" in found["GRC_TILES_URL"]


@pytest.mark.parametrize(
    "contact", ["securite@commune.fr", "http://commune.fr", "mailto:x", "mailto:a b@c.fr", "https://"]
)
def test_whom_to_tell_of_a_weakness_is_an_address_that_programs_read(contact: str) -> None:
    with pytest.raises(Misconfigured, match="GRC_SECURITY_CONTACT"):
        settings.load({"GRC_SECRET_KEY": SECRET, "GRC_SECURITY_CONTACT": contact})
