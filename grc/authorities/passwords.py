"""Local passwords: argon2id by a kept library, the same work for an unknown account, and what is too easily guessed."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from grc.authorities.obvious import COMMON, KEYBOARDS, LOOK_ALIKES, WORDS
from grc.errors import Problem

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 256
_FEWEST_OWN = 4
"""Letters that must be left once obvious words are taken out; or twice as many digits."""
_FEWEST_DIFFERENT = 5
_MOST_COMMON = 2
_SHORTEST_ROW = 6
_SHORTEST_WALK = 3
"""Keys of a walk, on average, in what is no choice of anybody's."""
_PLACES = [
    {key: (row, column) for row, keys in enumerate(rows) for column, key in enumerate(keys)} for rows in KEYBOARDS
]
_DIGITS_AND_SIGNS = string.digits + string.punctuation + " "
_YEAR, _MONTH, _DAY = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])", r"(?:0[1-9]|[12]\d|3[01])"
_DATE = re.compile(f"{_DAY}{_MONTH}{_YEAR}|{_YEAR}{_MONTH}{_DAY}")

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
    """Whether it is said twice or backwards, walks along the keys, or has little beside obvious words and names."""
    text = _unaccented(password)
    plain = _plain(text)
    if len(set(text)) < _FEWEST_DIFFERENT:
        return True
    if len(plain) >= _SHORTEST_ROW and (_says_itself_again(plain) or _walks(plain)):
        return True
    names = {part for each in known for part in re.split(r"[^a-z0-9]+", _unaccented(each))}
    names |= {_plain(each) for each in known}
    inner = text.strip(_DIGITS_AND_SIGNS).translate(LOOK_ALIKES)
    return any(_is_made_of_words(each, names) for each in (plain, _plain(inner)))


def _is_made_of_words(plain: str, names: Iterable[str]) -> bool:
    """Whether little is left once obvious words, known names, and at most two common words are taken out."""
    obvious = {word for word in WORDS.union(names) if len(word) >= _FEWEST_OWN}
    left, common = _DATE.sub(" ", plain), 0
    for word in sorted(obvious | COMMON, key=len, reverse=True):
        common += left.count(word) if word not in obvious else 0
        left = left.replace(word, " ")
    own, digits = re.sub(r"[\W\d_]", "", left), re.sub(r"\D", "", left)
    return left != plain and common <= _MOST_COMMON and len(own) < _FEWEST_OWN and len(digits) < 2 * _FEWEST_OWN


def _says_itself_again(plain: str) -> bool:
    """Whether it is something too short, twice or more, or then backwards."""
    again = re.fullmatch(rf"(.{{1,{MINIMUM_LENGTH - 1}}})\1+", plain)
    return again is not None or (plain == plain[::-1] and len(plain) < 2 * MINIMUM_LENGTH)


def _walks(plain: str) -> bool:
    """Whether it goes from key to neighbouring key, or along the alphabet, with few jumps; every second key too."""
    return any(
        _jumps(plain, keys) * _SHORTEST_WALK <= len(plain)
        or all(_jumps(half, keys) * _SHORTEST_WALK <= len(half) for half in (plain[::2], plain[1::2]))
        for keys in _PLACES
    )


def _jumps(plain: str, keys: Mapping[str, tuple[int, int]]) -> int:
    """How many walks it is made of: 1 for a row of keys."""
    return 1 + sum(not _is_next(*pair, keys) for pair in pairwise(plain))


def _is_next(one: str, other: str, keys: Mapping[str, tuple[int, int]]) -> bool:
    if one not in keys or other not in keys:
        return abs(ord(one) - ord(other)) <= 1
    (row, column), (other_row, other_column) = keys[one], keys[other]
    return abs(ord(one) - ord(other)) <= 1 or (abs(row - other_row) <= 1 and abs(column - other_column) <= 1)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", _unaccented(text))


def _unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _normal(password: str) -> str:
    """The same letters typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)
