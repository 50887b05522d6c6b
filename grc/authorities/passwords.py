"""Local passwords: argon2id by a kept library, the same work for an unknown account, and what is too easily guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from grc.authorities.obvious import WORDS
from grc.errors import Problem

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256
_FEWEST_OWN = 4
"""Letters that must be left once obvious words are taken out; or twice as many digits."""
_FEWEST_DIFFERENT = 5
_SHORTEST_ROW = 6
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "1234567890",
    "azertyuiopqsdfghjklmwxcvbn",
    "qwertyuiopasdfghjklzxcvbnm",
)

_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")


def hashed(password: str) -> str:
    """What is stored of a password (argon2id with the library's parameters, those of RFC 9106 for little memory)."""
    return _HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one of the hash; for none (None or ""), the same work, and the answer is no."""
    try:
        return _HASHER.verify(stored or _NOBODY, _normal(password[:MAXIMUM_LENGTH])) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's: it is made again at the next sign-in."""
    return _HASHER.check_needs_rehash(stored)


def problems(password: str, *, known: Iterable[str] = (), field: str = "password") -> list[Problem]:
    """What is wrong with a new password, [] for nothing: its length, or that it is guessed first.

    known: what anybody knows of the person and of the commune: names, address. No rule on kinds of characters
    (NIST SP 800-63B, 3.1.1.2).
    """
    if len(password) < MINIMUM_LENGTH:
        message = f"Choisissez un mot de passe d’au moins {MINIMUM_LENGTH} caractères."
        return [Problem(field, "short", message)]
    if len(password) > MAXIMUM_LENGTH:
        return [Problem(field, "long", f"Choisissez un mot de passe de {MAXIMUM_LENGTH} caractères au plus.")]
    if is_obvious(password, known=known):
        message = "Ce mot de passe se devine trop vite. Choisissez par exemple quatre mots sans rapport entre eux."
        return [Problem(field, "obvious", message)]
    return []


def is_obvious(password: str, *, known: Iterable[str] = ()) -> bool:
    """Whether it is a row of keys, or little is left of it once obvious words and known names are taken out."""
    plain = _plain(password)
    if len(set(password.casefold())) < _FEWEST_DIFFERENT or _is_a_row(plain):
        return True
    words = {part for text in known for part in re.split(r"[^a-z0-9]+", _unaccented(text)) if len(part) >= _FEWEST_OWN}
    words |= {_plain(text) for text in known if len(_plain(text)) >= _FEWEST_OWN}
    left = plain
    for word in sorted(words | WORDS, key=len, reverse=True):
        if len(word) >= _FEWEST_OWN:
            left = left.replace(word, " ")
    own, digits = re.sub(r"[^a-z]", "", left), re.sub(r"[^0-9]", "", left)
    return left != plain and len(own) < _FEWEST_OWN and len(digits) < 2 * _FEWEST_OWN


def _is_a_row(plain: str) -> bool:
    """Whether it is a row of keys or of the alphabet, in either direction, perhaps said again."""
    rows = [row * 4 for row in _SEQUENCES]
    return len(plain) >= _SHORTEST_ROW and any(plain in row or plain[::-1] in row for row in rows)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _unaccented(text))


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)
