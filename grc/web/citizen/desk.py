"""The citizen's form before an agent who types it: what the agent is told beside, and decides before it is filed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import AgentActor, Visitor
from grc.receipts import Exemption
from grc.submissions import desk, duplicates, watched
from grc.submissions.drafts import DraftView
from grc.submissions.duplicates import Duplicate
from grc.web import channels
from grc.web.bodies import Posted
from grc.web.citizen import views
from grc.web.frame import Frame, Typing
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

GROUNDS: Mapping[str, str] = {
    "mere_issue": "Non : elle tend à la seule délivrance d’un document ou d’un service prévu par les textes",
    "short_period": "Non : la décision est acquise au bout de quinze jours au plus",
}
"""The cases of R112-4, as an agent reads them under « Un accusé de réception est-il dû ? »."""
_OWED = "owed"


@dataclass(frozen=True)
class Exempted:
    """What the agent said of the receipt: the case ("owed": none), the reason as typed; fault: what is wrong, or ""."""

    ground: str = _OWED
    reason: str = ""
    fault: str = ""

    @classmethod
    def of(cls, posted: Posted) -> Exempted:
        """As posted; a case that does not exist is none."""
        ground = posted.one("receipt", _OWED)
        return cls(ground if ground in desk.GROUNDS else _OWED, posted.one("reason").strip()[:500])

    @property
    def exemption(self) -> Exemption | None:
        """Why no receipt is owed, None where one is."""
        known = next((each for each in desk.GROUNDS if each == self.ground), None)
        return None if known is None else Exemption(known, self.reason)


@dataclass(frozen=True)
class Likely:
    """A demande that may be the same."""

    duplicate: Duplicate
    href: str


@dataclass(frozen=True)
class DeskCheckPage(views.CheckPage):
    """The answers before an agent files them. grounds: the cases in which no receipt would be owed, and their words."""

    likely: Sequence[Likely] = ()
    grounds: Sequence[tuple[str, str]] = ()
    exempted: Exempted = field(default_factory=Exempted)


def frame_of(visit: Visit[Visitor], draft: DraftView) -> Frame:
    """The frame of a page of the form; at the desk it says how and when the demande came."""
    frame = citizen_frame(visit)
    if visit.actor.agent is None or draft.stamped_on is None:
        return frame
    how = channels.DESK.get(draft.channel, draft.channel)
    return replace(frame, typing=Typing(draft.channel, how, draft.stamped_on, visit.links.agents("saisies")))


async def check(
    visit: Visit[Visitor],
    agent: AgentActor,
    draft: DraftView,
    page: views.CheckPage,
    answers: Mapping[str, Any],
    exempted: Exempted,
) -> Response:
    """The answers to read again with the person, the demandes that may be the same, and whether a receipt is owed."""

    def likely(session: Session, *, by: Visitor) -> list[Duplicate]:
        return duplicates.of_draft(session, visit.authority, draft, answers, by=agent, now=visit.now)

    def told(session: Session, *, by: Visitor, now: datetime) -> None:
        watched.note_listed(session, "saisies", [each.reference for each in found], by=agent, now=now)

    found = await visit.read(likely)
    if found:
        await visit.write(told)
    grounds = desk.grounds_for(draft.procedure, answers, recours=draft.attacks_id is not None)
    same = {each.name: getattr(page, each.name) for each in fields(page)}
    shown = DeskCheckPage(
        **same,
        likely=[Likely(each, visit.links.agent_submission(each.reference)) for each in found],
        grounds=[(each, GROUNDS[each]) for each in grounds if not page.report],
        exempted=exempted,
    )
    code = 422 if page.faults or exempted.fault else 200
    return visit.page("agents/desk/check.html", code=code, frame=frame_of(visit, draft), page=shown)
