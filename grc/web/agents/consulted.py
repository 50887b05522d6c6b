"""What an agent is told of the citizen's consent and of their first consultation, and what it is worth in law."""

from __future__ import annotations

from grc import clock
from grc.access.actors import AgentActor
from grc.deadlines import letters, parameters
from grc.deadlines.holidays import Place
from grc.deadlines.letters import RegisteredLetter
from grc.receipts import wording
from grc.submissions import consultations
from grc.submissions.models import Decision
from grc.submissions.queries import Whole
from grc.web.visit import Visit

_NO_EFFECT = "sans effet sur les délais : l’usager n’a pas accepté la notification électronique (L112-15)"


def facts(visit: Visit[AgentActor], found: Whole) -> list[tuple[str, str]]:
    """Terms and their texts: the consent once there is one, the decision once it is made."""
    told = []
    given_at = consultations.consented_at(found.events)
    if given_at is not None:
        day = wording.short_date(clock.day_in(visit.authority.zone, given_at))
        told.append(("Notification électronique", f"Acceptée par l’usager le {day} (L112-15)"))
    if found.decision is not None:
        told.append(("Décision", _consultation(visit, found, found.decision)))
    return told


def _consultation(visit: Visit[AgentActor], found: Whole, decision: Decision) -> str:
    zone, seen_at = visit.authority.zone, decision.first_consulted_at
    seen = "" if seen_at is None else f"Consultée le {wording.moment(seen_at, zone)}"
    if consultations.consented_at(found.events, decision.decided_at) is None:
        return f"{seen}, {_NO_EFFECT}" if seen else f"Pas encore consultée ; le sera {_NO_EFFECT}"
    seen_on = None if seen_at is None else clock.day_in(zone, seen_at)
    letter = RegisteredLetter(clock.day_in(zone, decision.decided_at), seen_on)
    figures = parameters.of_version(found.submission.legal_parameters)
    place = Place(visit.authority.holidays)
    available = wording.short_date(letter.available_on)
    notified_on = letters.notified_on(letter, as_of=visit.today, place=place, parameters=figures)
    if notified_on is None:
        last = wording.short_date(letters.consultation_limit(letter, place=place, parameters=figures).on)
        return f"Pas encore consultée. Si elle ne l’est pas le {last} au plus tard, notifiée du {available} (R112-20)"
    if notified_on == seen_on:
        return f"{seen} : notifiée ce jour-là (L112-15, R112-20)"
    return f"{seen or 'Jamais consultée'}, après les 15 jours : notifiée du {available} (R112-20)"
