"""What is sealed under a passphrase opens with it, whole, in its order, and in no other way."""

from __future__ import annotations

import io

import pytest

from grc.archives import sealing
from grc.archives.sealing import PIECE, Opened, Sealer
from grc.errors import Invalid

PHRASE = "douze lettres au moins"
_LENGTHS = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE)
_HEADER, _SEALED = 36, PIECE + 16


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that costs nothing."""
    monkeypatch.setitem(sealing._SCRYPT, "n", 2)


def sealed(content: bytes) -> bytes:
    written = io.BytesIO()
    sealer = Sealer(written, PHRASE)
    for at in range(0, len(content), 50_000):
        sealer.write(content[at : at + 50_000])
    sealer.close()
    return written.getvalue()


def content_of(length: int) -> bytes:
    return bytes(number % 251 for number in range(length))


@pytest.mark.parametrize("length", _LENGTHS)
def test_what_was_sealed_opens(length: int) -> None:
    content = content_of(length)
    opened = io.BufferedReader(Opened(io.BytesIO(sealed(content)), PHRASE))
    assert opened.read() == content
    opened.seek(length // 2)
    assert opened.read() == content[length // 2 :]


def test_a_letter_and_its_accent_typed_apart_are_one_letter() -> None:
    written = io.BytesIO()
    sealer = Sealer(written, "un e\u0301te\u0301 au tilleul")
    sealer.write(b"tilleul")
    sealer.close()
    assert io.BufferedReader(Opened(written, "un \u00e9t\u00e9 au tilleul")).read() == b"tilleul"


def test_it_shows_nothing_and_is_never_twice_the_same() -> None:
    content = b"tilleul" * 20_000
    assert b"tilleul" not in sealed(content)
    assert sealed(content) != sealed(content)


@pytest.mark.parametrize(
    "damage",
    [
        lambda held: held[:-1],
        lambda held: held[:_HEADER],
        lambda held: held[: _HEADER + _SEALED],
        lambda held: held[: _HEADER + 2 * _SEALED],
        lambda held: held[:_HEADER] + held[_HEADER + _SEALED :],
        lambda held: held + b"\0",
        lambda held: held[:20] + b"?" + held[21:],
        lambda held: (
            held[:_HEADER]
            + held[_HEADER + _SEALED : _HEADER + 2 * _SEALED]
            + held[_HEADER : _HEADER + _SEALED]
            + held[_HEADER + 2 * _SEALED :]
        ),
        *(
            lambda held, at=at: held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :]
            for at in (0, 30, 60, 100_000, -1 - 9)
        ),
    ],
)
def test_any_damage_is_refused(damage: object) -> None:
    held = sealed(content_of(2 * PIECE + 1000))
    with pytest.raises(Invalid, match="phrase de passe"):
        io.BufferedReader(Opened(io.BytesIO(damage(held)), PHRASE)).read()  # type: ignore[operator]


def test_another_passphrase_opens_nothing_and_a_short_one_seals_nothing() -> None:
    with pytest.raises(Invalid, match="phrase de passe"):
        Opened(io.BytesIO(sealed(b"secret")), PHRASE + ".")
    with pytest.raises(Invalid, match="12 caractères"):
        Sealer(io.BytesIO(), "trop courte")
