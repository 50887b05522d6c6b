"""Numbers given by the State, the banks and the land registry: how they are typed, checked and written.

Compact means as stored: capitals and figures, nothing between them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_FILLING = re.compile(r"[\s.\-‐‑–—/_]+")
_POST_OFFICE = "356000000"
_PARCEL_WORDS = re.compile(r"\b(?:SECTION|PARCELLE|NUMERO|NUMÉRO|NO|N)\b|N?[°º]")
_PARCEL = re.compile(r"(?:([0-9]{3}) ?)?(?:(0[A-Z]|[A-Z]{1,2}) ?|([0-9]{1,2}) )([0-9]{1,4})")
_STORED_PARCEL = re.compile(r"[0-9]{3}(?:0[A-Z]|[A-Z]{2}|[0-9]{2})[0-9]{4}")
_IBAN_LENGTHS = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "NL"), 18),
    **dict.fromkeys(("SI",), 19),
    **dict.fromkeys(("AT", "EE", "LT", "LU"), 20),
    **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "DE", "GB", "IE", "VA"), 22),
    **dict.fromkeys(("GI",), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "RO", "SE", "SK"), 24),
    **dict.fromkeys(("PT",), 25),
    **dict.fromkeys(("IS",), 26),
    **dict.fromkeys(("FR", "GR", "IT", "MC", "SM"), 27),
    **dict.fromkeys(("CY", "HU", "PL"), 28),
    **dict.fromkeys(("MT",), 31),
}
"""Length of an IBAN in each country that takes SEPA payments; elsewhere the key alone is checked."""


def siren_holds(compact: str) -> bool:
    """Whether the key of nine figures is right (ISO/IEC 7812, Luhn)."""
    return compact != "0" * 9 and _luhn(compact) % 10 == 0


def siret_holds(compact: str) -> bool:
    """Whether the key of fourteen figures is right, and that of the SIREN in it.

    La Poste has more establishments than keys: there the sum of the figures is a multiple of five.
    """
    if not siren_holds(compact[:9]):
        return False
    if _luhn(compact) % 10 == 0:
        return True
    return compact.startswith(_POST_OFFICE) and sum(map(int, compact)) % 5 == 0


def iban_holds(compact: str) -> bool:
    """Whether the key is right (ISO 13616, modulo 97), and the length where the country's is known."""
    known = _IBAN_LENGTHS.get(compact[:2], len(compact))
    digits = "".join(str(int(each, 36)) for each in compact[4:] + compact[:4])
    return len(compact) == known and "02" <= compact[2:4] <= "98" and int(digits) % 97 == 1


def parcel_holds(compact: str) -> bool:
    """Whether a section and a number are there at all."""
    return compact[3:5] != "00" and compact[5:] != "0000"


def compacted(text: str) -> str:
    """What was typed without spaces, points and hyphens, in capitals."""
    return _FILLING.sub("", text).upper()


def parcel(text: str) -> str:
    """« AB 123 », « 000 AB 0123 », « section A n° 12 » as "000AB0123"; what cannot be read, compacted as it is."""
    plain = text.upper().replace(",", " ")
    for spaced in (_spaced(plain), _spaced(_PARCEL_WORDS.sub(" ", plain))):
        joined = spaced.replace(" ", "")
        if _STORED_PARCEL.fullmatch(joined):
            return joined
        if found := _PARCEL.fullmatch(spaced):
            prefix, letters, figures, number = found.groups()
            return f"{prefix or '000'}{(letters or figures).rjust(2, '0')}{number.rjust(4, '0')}"
    return compacted(text)


def _spaced(text: str) -> str:
    return " ".join(_FILLING.sub(" ", text).split())


def shown(name: str, compact: str) -> str:
    """The identifier as people write it, grouped with no-break spaces; "AB 123" for a parcel."""
    if name == "cadastre" and _STORED_PARCEL.fullmatch(compact):
        prefix = "" if compact.startswith("000") else f"{compact[:3]} "
        section = compact[3:5] if compact[3:5].isdigit() else compact[3:5].lstrip("0")
        return f"{prefix}{section} {int(compact[5:])}".replace(" ", "\u00a0")
    cuts = _CUTS.get(name)
    return "\u00a0".join(filter(None, cuts(compact))) if cuts else compact


def read(name: str, text: str) -> str:
    """What was typed as it would be stored; whether it is right is for the format to say."""
    return parcel(text) if name == "cadastre" else compacted(text)


def _luhn(compact: str) -> int:
    """The sum that a right number makes a multiple of ten: every second figure from the right is doubled."""
    doubled = (int(each) * (1 + at % 2) for at, each in enumerate(reversed(compact)))
    return sum(each - 9 if each > 9 else each for each in doubled)


def _by(size: int) -> Callable[[str], list[str]]:
    return lambda text: [text[at : at + size] for at in range(0, len(text), size)]


_CUTS: Mapping[str, Callable[[str], list[str]]] = {
    "siren": _by(3),
    "siret": lambda text: [*_by(3)(text[:9]), text[9:]],
    "iban": _by(4),
}
