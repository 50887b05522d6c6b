"""Codes of six digits: the vectors of RFC 6238, the half minute tolerated, no code good twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from grc.authorities import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""Of RFC 6238, appendix B, for SHA-1."""


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_the_rfc(second: int, code: str) -> None:
    assert totp.step_of(SECRET, code[-6:], now=at(second), after=None) == second // 30


@pytest.mark.parametrize(("steps", "is_good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off(steps: int, is_good: bool) -> None:
    now = at(1111111109)
    code = pyotp.TOTP(SECRET).at(now + timedelta(seconds=30 * steps))
    assert (totp.step_of(SECRET, code, now=now, after=None) is not None) is is_good


def test_no_code_is_good_twice_nor_an_older_one_after_it() -> None:
    now = at(1111111109)
    step = totp.step_of(SECRET, pyotp.TOTP(SECRET).at(now), now=now, after=None)
    assert step is not None
    assert totp.step_of(SECRET, pyotp.TOTP(SECRET).at(now), now=now, after=step) is None
    assert totp.step_of(SECRET, pyotp.TOTP(SECRET).at(now - timedelta(seconds=30)), now=now, after=step) is None
    assert totp.step_of(SECRET, pyotp.TOTP(SECRET).at(now + timedelta(seconds=30)), now=now, after=step) == step + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "²²²²²²", "٠٨١٨٠٤", "081804\x00", "0818 0 5"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp.step_of(SECRET, typed, now=at(1111111109), after=None) is None


def test_spaces_that_applications_show_are_no_fault() -> None:
    assert totp.step_of(SECRET, " 081 804 ", now=at(1111111109), after=None) is not None


def test_a_secret_is_of_160_bits_and_never_the_same() -> None:
    secrets = {totp.new_secret() for _ in range(20)}
    assert len(secrets) == 20
    assert {len(base64.b32decode(secret)) for secret in secrets} == {20}
    assert totp.grouped(SECRET).replace(" ", "") == SECRET
    assert totp.address(SECRET, account="a@b.example", issuer="Ville d’essai").startswith("otpauth://totp/")
