"""What the law has an authority state, with its date: accessibility, security, data protection, who publishes.

Kept in Authority.texts, a dictionary each: text by name of field, lists for what has several lines, dates in ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from grc.access.actors import Actor
from grc.authorities import checking, merging, profile
from grc.authorities.merging import Values
from grc.authorities.models import Authority
from grc.errors import Invalid, Problem
from grc.journal import recording
from grc.journal.acts import JournalAct

CONFORMITIES = ("totalement conforme", "partiellement conforme", "non conforme")
_LEAST_RATES = {CONFORMITIES[0]: 100, CONFORMITIES[1]: 50}
"""The least share of criteria, in per cent, that lets an authority state it (RGAA 4.1)."""
WARNED_BEFORE = timedelta(days=60)
"""How long before the end of a security attestation administrators are warned."""
RENEWED_AFTER = timedelta(days=3 * 365)
"""How long an accessibility statement holds (décret 2019-768)."""
STATED_ON = "stated_on"

FIELDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "accessibility": {
        "conformity": ("choice", "l’état de conformité"),
        STATED_ON: ("day", "la date de la déclaration"),
        "audited_on": ("day", "la date de l’audit"),
        "auditor": ("text", "l’auditeur"),
        "rate": ("text", "le taux de critères respectés"),
        "audit": ("long", "le résultat de l’audit"),
        "failures": ("lines", "les non-conformités"),
        "derogations": ("lines", "les dérogations"),
        "exempt": ("lines", "les contenus exemptés"),
        "tested_with": ("lines", "les essais"),
        "contact": ("email", "l’adresse électronique"),
        "scheme": ("web", "le schéma pluriannuel"),
        "plan": ("web", "le plan d’actions"),
    },
    "security": {
        "decided_on": ("day", "la date de la décision"),
        "ends_on": ("day", "la fin de validité"),
        "decided_by": ("text", "qui a décidé"),
        "scope": ("long", "ce que l’attestation couvre"),
    },
    "dpo": {
        "name": ("text", "le nom ou la fonction"),
        "email": ("email", "l’adresse électronique"),
        "telephone": ("telephone", "le téléphone"),
        "postal_address": ("address", "l’adresse postale"),
    },
    "legal": {
        "director": ("text", "la direction de la publication"),
        "host": ("address", "l’hébergeur"),
    },
}
"""By statement, the fields in order: the kind of each, and how people name it."""
_LISTS = ("lines", "address")
_LONGEST = {"text": 200, "long": 3000}
_MOST_LINES, _LONGEST_LINE = 60, 500


@dataclass(frozen=True)
class Due:
    """A statement that is missing, or to be renewed. law: the text that wants it. is_missing: else it ends soon."""

    statement: str
    sentence: str
    law: str
    is_missing: bool = True


def told(row: Authority, statement: str) -> dict[str, str]:
    """What the form shows of a statement, "" for what was never said."""
    stored = of(row.texts, statement)
    if statement == "dpo" and not stored:
        contact = row.data_protection_contact
        stored = {"email" if "@" in contact else "name": contact}
    return {name: _shown(stored.get(name, "")) for name in FIELDS[statement]}


def of(texts: Mapping[str, Any], statement: str) -> Mapping[str, Any]:
    """A statement among the texts of an authority; nothing for one never made."""
    found = texts.get(statement, {})
    return found if isinstance(found, dict) else {}


def day(texts: Mapping[str, Any], statement: str, name: str) -> date | None:
    """A date of a statement, None where it is not given."""
    value = of(texts, statement).get(name, "")
    return checking.day(value) if isinstance(value, str) else None


def change(
    session: Session,
    authority_id: int,
    statement: str,
    typed: Values,
    *,
    seen: Values,
    today: date,
    by: Actor | None,
    now: datetime,
) -> None:
    """The statement made, or made anew, dated of today unless it says its own day. Raises Invalid or Meanwhile."""
    row = profile.one(session, authority_id, is_held=True)
    fields, stored = FIELDS[statement], told(row, statement)
    labels = {name: label for name, (_, label) in fields.items()}
    values = merging.merged(seen=seen, typed=typed, stored=stored, labels=labels)
    problems = _problems(statement, values, today)
    if problems:
        raise Invalid("Cette déclaration ne peut pas être enregistrée.", problems)
    kept = {name: _kept(kind, values[name]) for name, (kind, _) in fields.items() if values[name]}
    row.texts = {**row.texts, statement: {STATED_ON: today.isoformat(), **kept}}
    if statement == "dpo":
        row.data_protection_contact = values["email"] or values["name"]
    session.add(row)
    session.flush()
    data = {"statement": statement, "fields": merging.changed(values, stored)}
    subject = ("authority", row.slug)
    recording.record(session, authority_id, JournalAct.STATEMENT_CHANGED, subject, by=by, now=now, data=data)


def due(texts: Mapping[str, Any], *, has_officer: bool, today: date) -> Sequence[Due]:
    """What the law wants and is not stated, or not for long. has_officer: a contact of the DPO is known."""
    found = [*_accessibility_due(texts, today), *_security_due(texts, today)]
    if not has_officer:
        found.append(
            Due("dpo", "Dites comment joindre le délégué à la protection des données.", "RGPD, articles 13 et 37")
        )
    if not (of(texts, "legal").get("director") and of(texts, "legal").get("host")):
        found.append(Due("legal", "Dites qui publie ce site et qui l’héberge.", "loi n° 2004-575 du 21 juin 2004"))
    return found


def _accessibility_due(texts: Mapping[str, Any], today: date) -> Sequence[Due]:
    law, stated = "loi n° 2005-102, article 47 ; décret n° 2019-768", day(texts, "accessibility", STATED_ON)
    if stated is None:
        return [Due("accessibility", "Publiez la déclaration d’accessibilité.", law)]
    if stated + RENEWED_AFTER <= today:
        return [Due("accessibility", "La déclaration d’accessibilité a trois ans. Refaites-la.", law, is_missing=False)]
    return []


def _security_due(texts: Mapping[str, Any], today: date) -> Sequence[Due]:
    law, until = "décret n° 2010-112, article 5", day(texts, "security", "ends_on")
    if until is None:
        return [Due("security", "Publiez l’attestation de sécurité du téléservice.", law)]
    if until < today:
        return [Due("security", "L’attestation de sécurité n’est plus valable. Renouvelez-la.", law, is_missing=False)]
    if until - WARNED_BEFORE <= today:
        left = (until - today).days
        when = "aujourd’hui" if not left else "demain" if left == 1 else f"dans {left} jours"
        sentence = f"L’attestation de sécurité prend fin {when}. Préparez son renouvellement."
        return [Due("security", sentence, law, is_missing=False)]
    return []


def _shown(value: Any) -> str:
    return "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _kept(kind: str, value: str) -> str | list[str]:
    if kind in _LISTS:
        return checking.lines(value)
    found = checking.day(value) if kind == "day" else None
    return value if found is None else found.isoformat()


def _problems(statement: str, values: Values, today: date) -> list[Problem]:
    kinds = {name: kind for name, (kind, _) in FIELDS[statement].items()}
    problems = checking.of_kinds(values, kinds)
    for name, kind in kinds.items():
        problems += checking.length(name, values[name], _LONGEST.get(kind, 40_000))
        if kind == "lines":
            problems += _lines_problems(name, checking.lines(values[name]))
    return problems + _OF[statement](values, today)


def _lines_problems(name: str, lines: Sequence[str]) -> list[Problem]:
    if len(lines) <= _MOST_LINES and all(len(line) <= _LONGEST_LINE for line in lines):
        return []
    return [Problem(name, "long", f"Donnez {_MOST_LINES} lignes au plus, de {_LONGEST_LINE} caractères au plus.")]


def _of_accessibility(values: Values, today: date) -> list[Problem]:
    problems = checking.required(STATED_ON, values[STATED_ON], "Écrivez la date de la déclaration.")
    stated, audited = checking.day(values[STATED_ON]), checking.day(values["audited_on"])
    if stated is not None and stated > today:
        problems.append(Problem(STATED_ON, "future", "La déclaration ne peut pas être datée de plus tard."))
    if values["conformity"] not in CONFORMITIES:
        problems.append(Problem("conformity", "unknown", "Choisissez l’état de conformité."))
    elif values["conformity"] != CONFORMITIES[2] and audited is None:
        message = "Sans audit daté, l’état est « non conforme ». Donnez la date de l’audit, ou changez l’état."
        problems.append(Problem("audited_on", "required", message))
    if audited is not None and audited > min(stated or today, today):
        message = "L’audit ne peut pas être daté de plus tard que la déclaration."
        problems.append(Problem("audited_on", "future", message))
    return problems + _of_rate(values["rate"], values["conformity"])


def _of_rate(text: str, conformity: str) -> list[Problem]:
    """What is wrong with the share of criteria that the audit found respected (RGAA 4.1)."""
    if not text:
        return []
    digits = text.rstrip(" %\u00a0\u202f").replace(",", ".")
    if not (digits.replace(".", "", 1).isdigit() and digits.isascii() and 0 <= float(digits) <= 100):
        return [Problem("rate", "format", "Écrivez un nombre de 0 à 100, par exemple 72,5.")]
    least = _LEAST_RATES.get(conformity, 0)
    if float(digits) >= least:
        return []
    return [Problem("rate", "conformity", f"«\u00a0{conformity.capitalize()}\u00a0» veut {least}\u00a0% au moins.")]


def _of_security(values: Values, today: date) -> list[Problem]:
    decided, until = checking.day(values["decided_on"]), checking.day(values["ends_on"])
    problems = [
        *checking.required("decided_on", values["decided_on"], "Écrivez la date de la décision d’homologation."),
        *checking.required("ends_on", values["ends_on"], "Écrivez jusqu’à quand la décision vaut."),
        *checking.required("decided_by", values["decided_by"], "Écrivez qui a décidé, par exemple « le maire »."),
    ]
    if decided is not None and decided > today:
        problems.append(Problem("decided_on", "future", "Une décision à venir n’atteste rien. Vérifiez cette date."))
    if decided is not None and until is not None and until <= decided:
        problems.append(Problem("ends_on", "order", "La fin de validité vient après la décision. Corrigez-la."))
    elif until is not None and until < today:
        problems.append(Problem("ends_on", "past", "Cette attestation n’est plus valable. Renouvelez la décision."))
    return problems


def _of_officer(values: Values, _today: date) -> list[Problem]:
    problems = checking.required("name", values["name"], "Écrivez le nom du délégué, ou sa fonction.")
    if not (values["email"] or values["telephone"] or values["postal_address"]):
        problems.append(Problem("email", "required", "Donnez au moins un moyen de le joindre."))
    return problems


def _of_legal(values: Values, _today: date) -> list[Problem]:
    return [
        *checking.required(
            "director", values["director"], "Écrivez qui dirige la publication, par exemple « Le maire »."
        ),
        *checking.required("host", values["host"], "Écrivez le nom et l’adresse de l’hébergeur."),
    ]


_OF = {"accessibility": _of_accessibility, "security": _of_security, "dpo": _of_officer, "legal": _of_legal}
