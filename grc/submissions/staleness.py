"""Whether a page that somebody posts from still holds: what people say to each other makes no page old."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from grc.access.actors import Actor
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.errors import StaleSubmission, UnreadMessage
from grc.receipts import wording
from grc.submissions import events
from grc.submissions.models import Event, Submission

_UNREAD = (
    "L’usager a écrit pendant que vous aviez cette page sous les yeux. Rien n’est enregistré de votre côté, et rien de "
    "ce que vous avez écrit n’est perdu : lisez d’abord son message."
)


def check(session: Session, authority: AuthorityView, row: Submission, revision: int, *, by: Actor) -> None:
    """Nothing when the submission is as it was at that revision, but for messages, notes and consultations.

    Raises StaleSubmission, which says who changed it and when; UnreadMessage when the citizen alone wrote to an agent
    since. A lock alone would accept the second agent's old page.
    """
    if revision == row.revision:
        return
    since = _since(session, row, revision)
    changes = [event for event in since if event.kind not in events.TALK]
    if changes or not since:
        raise StaleSubmission(_who_and_when(session, authority, changes))
    if by.kind == "agent" and any(is_word_of_the_citizen(event) for event in since):
        raise UnreadMessage(_UNREAD)


def is_word_of_the_citizen(event: Event) -> bool:
    """Whether the event is a message from the citizen."""
    return event.kind == events.Kind.MESSAGE_SENT and event.actor_kind == "citizen"


def has_word_to_read(found: Sequence[Event]) -> bool:
    """Whether the citizen wrote and no agent has done anything on the submission since: the marker of the inbox."""
    words = [event.sequence for event in found if is_word_of_the_citizen(event)]
    return bool(words) and not any(event.actor_kind == "agent" and event.sequence > words[-1] for event in found)


def last_change(found: Sequence[Event]) -> Event:
    """The last event that makes older pages old; the first one, its filing, when there is no other."""
    return next((event for event in reversed(found) if event.kind not in events.TALK), found[0])


def _since(session: Session, row: Submission, revision: int) -> list[Event]:
    """The events after that revision, in order; none for a number that the submission never had."""
    if not 1 <= revision < row.revision:
        return []
    mine = (col(Event.authority_id) == row.authority_id, col(Event.submission_id) == row.id)
    later = select(Event).where(*mine, col(Event.sequence) > revision).order_by(col(Event.sequence))
    return list(session.execute(later).scalars())


def _who_and_when(session: Session, authority: AuthorityView, changes: Sequence[Event]) -> str:
    if not changes:
        return "Cette demande a changé entre-temps. Relisez-la avant de décider."
    last = changes[-1]
    if last.actor_kind == "agent" and last.actor_id is not None:
        name = authorities.agent_names(session, last.authority_id).get(last.actor_id, "Un agent")
    else:
        name = "L’usager" if last.actor_kind == "citizen" else "Le système"
    when = wording.moment(last.at, authority.zone)
    return f"{name} a modifié cette demande le {when}. Rien n’est enregistré de votre côté : relisez-la d’abord."
