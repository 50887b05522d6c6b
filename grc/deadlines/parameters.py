"""The figures of the law as data with their dates of effect, so that a file keeps those of its reception."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from grc.errors import Invalid


@dataclass(frozen=True)
class WorksPeriods:
    """The days that an operator of networks has to answer a declaration of works (C. env. R554-22 ff).

    Calendar days, public holidays not counted; the reminder and the notice of urgent works in jours ouvrés.
    """

    project_online: int  # DT or joint DT-DICT, R554-22: sent through the téléservice
    project_on_paper: int  # DT or joint DT-DICT, R554-22
    project_measured: int  # added where the operator measures on site, R554-22
    start_online: int  # DICT, R554-22 ff
    start_on_paper: int  # DICT, R554-22 ff
    reminder: int  # after the registered letter of a declarant without an answer, R554-22 ff
    urgent_notice: int  # ATU, R554-32: asked so long before the works, the operator answers half a day before


@dataclass(frozen=True)
class Parameters:
    """The figures in force from `effective_on` until the next version; each field names its article.

    version: what a submission stores (the date of effect in ISO form).
    """

    version: str
    effective_on: date
    acknowledgement_business_days: int  # CRPA R112-11-2 al. 2
    registration_business_days: int  # CRPA R112-11-2 al. 1
    silence_months: int  # CRPA L231-1 (acceptance), L231-4 (rejection): where no text sets another period
    appeal_months: int  # CJA R421-1 (express decision), R421-2 (implicit rejection)
    administrative_appeal_silence_months: int  # CRPA L411-7, L231-4 2°
    mediation_interrupts_appeal: bool  # CRPA L421-3
    withdrawal_months: int  # CRPA L242-1
    reasons_months: int  # CRPA L232-4: to give the reasons of an implicit rejection
    reasons_appeal_months: int  # CRPA L232-4: to appeal once they are given
    documents_access_months: int  # CRPA R*311-12, R311-13
    commission_referral_months: int  # CRPA R311-15, R343-1 (CADA)
    commission_silence_months: int  # CRPA R343-5 (CADA)
    registered_letter_days: int  # CRPA R112-20
    third_party_letter_days: int  # CASF R121-2 ff, registry of vulnerable persons
    works: WorksPeriods


# Décret 2016-1411 opened electronic filing with communes on 7 November 2016 (CRPA R112-9-1 to R112-11-4).
_ELECTRONIC_FILING = Parameters(
    version="2016-11-07",
    effective_on=date(2016, 11, 7),
    acknowledgement_business_days=10,
    registration_business_days=1,
    silence_months=2,
    appeal_months=2,
    administrative_appeal_silence_months=2,
    mediation_interrupts_appeal=False,
    withdrawal_months=4,
    reasons_months=1,
    reasons_appeal_months=2,
    documents_access_months=1,
    commission_referral_months=2,
    commission_silence_months=2,
    registered_letter_days=15,
    third_party_letter_days=8,
    works=WorksPeriods(
        project_online=9,
        project_on_paper=15,
        project_measured=15,
        start_online=7,
        start_on_paper=9,
        reminder=2,
        urgent_notice=1,
    ),
)
# Loi 2026-403: since 28 May 2026 a mediation that is engaged interrupts the time to appeal (CRPA L421-3).
_MEDIATION = replace(
    _ELECTRONIC_FILING, version="2026-05-28", effective_on=date(2026, 5, 28), mediation_interrupts_appeal=True
)

VERSIONS: tuple[Parameters, ...] = (_ELECTRONIC_FILING, _MEDIATION)


def in_force(on: date) -> Parameters:
    """The figures of that local day; raises Invalid for a day before electronic filing existed."""
    found = [version for version in VERSIONS if version.effective_on <= on]
    if not found:
        raise Invalid("Les demandes par voie électronique existent depuis le 7 novembre 2016 : corrigez la date.")
    return found[-1]


def of_version(version: str) -> Parameters:
    """The figures that a submission stored by their version; raises Invalid for a version never published."""
    for candidate in VERSIONS:
        if candidate.version == version:
            return candidate
    raise Invalid(f"La version « {version} » des paramètres légaux n’existe pas.")
