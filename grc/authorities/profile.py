"""What an authority says of itself and how it counts days, as its administrators keep it."""

from __future__ import annotations

import re
from datetime import datetime

from sqlmodel import Session, select

from grc.access.actors import Actor
from grc.authorities import checking, merging, vouching
from grc.authorities.merging import Values
from grc.authorities.models import Authority
from grc.deadlines.holidays import Place
from grc.errors import Invalid, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

LABELS = {
    "name": "le nom",
    "postal_address": "l’adresse postale",
    "email": "l’adresse électronique",
    "telephone": "le téléphone",
    "hours": "les horaires",
    "sender_address": "l’adresse d’envoi",
    "holidays": "le calendrier des jours fériés",
    "zone": "le fuseau horaire",
    "siret": "le SIRET",
    "establishments": "les autres SIRET",
}
"""What can be changed, by field."""

ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "America/St_Barthelemy",
    "America/Marigot",
    "America/Miquelon",
    "Indian/Reunion",
    "Indian/Mayotte",
)
"""Where the communes are whose labour law sets their holidays (grc.deadlines.holidays.Place)."""

SENDER_TOLD = Problem(
    "sender_told",
    "confirm",
    "Confirmez le changement de l’adresse d’envoi, après avoir lu ce qu’il demande.",
)


def one(session: Session, authority_id: int, *, is_held: bool = False) -> Authority:
    """The row of the authority. is_held: locked until the end, to be changed."""
    statement = select(Authority).where(Authority.id == authority_id)
    return session.exec(statement.with_for_update() if is_held else statement).one()


def told(row: Authority) -> dict[str, str]:
    """What the form shows of an authority."""
    plain = ("name", "email", "telephone", "hours", "sender_address", "holidays", "zone", "siret")
    return {
        **{name: getattr(row, name) for name in plain},
        "postal_address": "\n".join(row.postal_address),
        "establishments": "\n".join(row.establishments or ()),
    }


def change(
    session: Session,
    authority_id: int,
    typed: Values,
    *,
    seen: Values,
    is_sender_told: bool,
    by: Actor | None,
    now: datetime,
) -> None:
    """The authority said otherwise. seen: what the form showed. Raises Invalid or Meanwhile.

    is_sender_told: whether the person read what another sender address asks for (R112-11-3): without it, refused.
    """
    row = one(session, authority_id, is_held=True)
    stored = told(row)
    values = merging.merged(seen=seen, typed=typed, stored=stored, labels=LABELS)
    problems = _problems(values, stored)
    if values["sender_address"].strip() != stored["sender_address"] and not is_sender_told:
        problems.append(SENDER_TOLD)
    if problems:
        raise Invalid("Ces réglages ne peuvent pas être enregistrés.", problems)
    fields = merging.changed(values, stored)
    if fields:
        _store(session, row, values)
        subject, data = ("authority", row.slug), {"fields": fields}
        recording.record(session, authority_id, JournalAct.AUTHORITY_CHANGED, subject, by=by, now=now, data=data)


def _store(session: Session, row: Authority, values: Values) -> None:
    for name in ("name", "telephone", "hours"):
        setattr(row, name, checking.flat(values[name]))
    for name in ("email", "sender_address", "holidays", "zone"):
        setattr(row, name, values[name].strip())
    row.postal_address = checking.lines(values["postal_address"])
    row.siret = _digits(values["siret"])
    row.establishments = [_digits(line) for line in checking.lines(values["establishments"])] or None
    session.add(row)
    session.flush()


def _problems(values: Values, stored: Values) -> list[Problem]:
    name, sender = checking.flat(values["name"]), values["sender_address"].strip()
    problems = [
        *checking.required("name", name, "Écrivez le nom de la collectivité."),
        *checking.length("name", name, 200),
        *checking.address("postal_address", values["postal_address"]),
        *checking.email("email", values["email"].strip()),
        *checking.telephone("telephone", checking.flat(values["telephone"])),
        *checking.length("hours", checking.flat(values["hours"]), 300),
        *checking.required("sender_address", sender, "Écrivez l’adresse d’où partent les accusés de réception."),
        *checking.email("sender_address", sender),
    ]
    if values["holidays"] not in {*Place, stored["holidays"]}:
        problems.append(Problem("holidays", "unknown", "Choisissez un calendrier de la liste."))
    if values["zone"] not in {*ZONES, stored["zone"]}:
        problems.append(Problem("zone", "unknown", "Choisissez un fuseau horaire de la liste."))
    return problems + _siret_problems(values)


def _siret_problems(values: Values) -> list[Problem]:
    own, others = _digits(values["siret"]), [_digits(line) for line in checking.lines(values["establishments"])]
    wrong = [number for number in others if not vouching.is_siret(number)]
    problems = []
    if own and not vouching.is_siret(own):
        problems.append(Problem("siret", "siret", "Un SIRET a quatorze chiffres, dont une clé. Vérifiez celui-ci."))
    if wrong:
        message = f"Un SIRET a quatorze chiffres, dont une clé. Vérifiez {wrong[0][:20]}."
        problems.append(Problem("establishments", "siret", message))
    elif len(others) > 200:
        problems.append(Problem("establishments", "many", "Donnez 200 établissements au plus."))
    return problems


def _digits(text: str) -> str:
    return re.sub(r"[\s.\u00a0\u202f]", "", text)
