"""The receipt of a recours gracieux or hiérarchique: an acknowledgement that names the decision attacked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from grc.deadlines import parameters
from grc.deadlines.silence import Kind, Unit


@dataclass(frozen=True)
class AppealSilence:
    """The rule of silence of every recours administratif: two months, rejection (CRPA L411-7, L231-4 2°)."""

    period: int
    rule: Kind = "rejection"
    unit: Unit = "month"
    source: str = "CRPA art. L411-7"


def silence_terms(received_on: date) -> AppealSilence:
    """The rule of silence of a recours received that day, whatever its procedure says of other demandes."""
    return AppealSilence(parameters.in_force(received_on).administrative_appeal_silence_months)
