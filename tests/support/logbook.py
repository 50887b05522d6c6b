"""Reads every line that is logged while the tests run: none may hold an identity of the tests, a code or a token.

A plugin of pytest, on in every worker: the test during which such a line was written fails, by its name, whatever else
it holds. What comes later still (a thread that ends with the session) fails the run.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Generator
from functools import cache
from typing import Any

import pytest

from grc import resources
from grc.demo.franceconnect import identities

_TESTS_OWN = ("httpx2", "httpcore2", "mail.log", "faker", "hypothesis")
"""What the tests' own browser and mailbox say of what they are made to do."""
_FORMATTER = logging.Formatter("%(name)s %(message)s")
_SHAPES = (
    r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.(example|fr|test)\b",  # an address
    r"\b0[1-9]([ .\u00a0\u202f]?\d\d){4}\b",  # a telephone
    r"\b[A-Z2-7]{4}(-[A-Z2-7]{4}){3}\b",  # a code
    r"(?<![\w/-])[A-Za-z0-9_-]{43}(?![\w-])",  # a token, a state, a nonce
    r"\beyJ[\w-]{10,}",  # a JWT
    r"\bgAAAAA[\w-]{20,}",  # a seal
    r"[?&](code|state|suite|q|email|token)=",  # a query
)
_COMMON = {"exemple", "modèle", "long", "très"}
"""Words that people are called here, and things too."""


@cache
def names() -> frozenset[str]:
    """Names of the people invented for the demo and the examples, as single words of four letters or more."""
    found: set[str] = set()
    for identity in identities.IDENTITIES:
        found |= _words(identity.claims)
    for file in (resources.folder("form_catalogue")).glob("*/examples/*.json"):
        found |= _words(json.loads(file.read_text()))
    return frozenset(word for word in found if len(word) >= 4 and word[0].isupper() and word.lower() not in _COMMON)


def _words(value: Any, key: str = "") -> set[str]:
    if isinstance(value, dict):
        return {word for name, inner in value.items() for word in _words(inner, name)}
    if isinstance(value, list):
        return {word for inner in value for word in _words(inner, key)}
    is_name = isinstance(value, str) and re.search(r"(family|given|usual|birth)_names?|username", key)
    return set(re.findall(r"[^\W\d_]+", value)) if is_name else set()


@cache
def _pattern() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(names())))
    return re.compile("|".join([*_SHAPES, rf"(?<!\w)({words})(?!\w)"]))


def indiscretions(line: str) -> list[str]:
    """What a line says that no line may say."""
    return [found.group() for found in _pattern().finditer(line)]


def faults(text: str) -> list[str]:
    """The lines of what a process wrote that say too much, each behind what it says."""
    return [f"{', '.join(found)}: {line}" for line in text.splitlines() if (found := indiscretions(line))]


class Logbook(logging.Handler):
    """Keeps the lines that said too much since they were last taken."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._faults: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(_TESTS_OWN):
            return
        self._faults += faults(_FORMATTER.format(record))

    def take(self) -> list[str]:
        """The faults since the last time."""
        found, self._faults = self._faults, []
        return found


_BOOK = pytest.StashKey[Logbook]()


def pytest_configure(config: pytest.Config) -> None:
    """Listens from now on, to as much as an installation would write."""
    config.stash[_BOOK] = Logbook()
    logging.getLogger().addHandler(config.stash[_BOOK])
    logging.getLogger("grc").setLevel(logging.INFO)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Fails the test during which a line said too much."""
    answer = yield
    faults = item.config.stash[_BOOK].take()
    if faults:
        pytest.fail("the log says too much:\n" + "\n".join(faults), pytrace=False)
    return answer


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run for what was logged after the last test."""
    left = session.config.stash[_BOOK].take()
    if left:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        raise RuntimeError("the log says too much:\n" + "\n".join(left))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Listens no more."""
    logging.getLogger().removeHandler(config.stash[_BOOK])
