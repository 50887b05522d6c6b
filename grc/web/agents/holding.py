"""The rights over services and procedures in words, and who stands in for whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from grc.access.actors import AgentActor
from grc.access.reach import Right
from grc.authorities import granting
from grc.catalogue import queries as catalogue
from grc.receipts import wording
from grc.web.agents.roles import role_name

ENDLESS = "sans fin"


@dataclass(frozen=True)
class Held:
    """A right in words. over: of what. until: "jusqu’au 30 novembre 2026". granted_by: "" for the operator."""

    id: int
    label: str
    over: str
    until: str
    granted_by: str


def of_agent(session: Session, agent_id: int, today: date, *, by: AgentActor) -> list[Held]:
    """What an agent of the same authority holds beside their role."""
    found = granting.held(session, by.authority_id, agent_id, today=today)
    titles = procedures(session, by.authority_id) if found else {}
    return [
        Held(
            one.id,
            role_name(one.role),
            over(one.service, titles.get(one.procedure_id or 0, "")),
            until(one.until_on),
            one.granted_by,
        )
        for one in found
    ]


def procedures(session: Session, authority_id: int) -> dict[int, str]:
    """The published procedures by their keys, sorted by title."""
    found = {one.procedure_id: one.procedure.title for one in catalogue.all_published(session, authority_id)}
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def over(service: str, procedure: str) -> str:
    """What a right is over, in words. service, procedure: their names, "" for every one."""
    said = []
    if service:
        said.append(f"dans le service « {service} »")
    if procedure:
        said.append(f"sur la démarche « {procedure} »")
    return " ".join(said) or "sur toute la collectivité"


def until(last_on: date | None) -> str:
    """How long, in words."""
    return ENDLESS if last_on is None else f"jusqu’au {wording.short_date(last_on)}"


def standing_in(agent: AgentActor) -> list[str]:
    """For whom the agent stands in today, a sentence each."""
    last: Mapping[tuple[int, str], date | None] = _last(agent.rights.deputised)
    return [f"Vous remplacez {name} {until(day)}." for (_, name), day in last.items()]


def _last(rights: Iterable[Right]) -> dict[tuple[int, str], date | None]:
    found: dict[tuple[int, str], date | None] = {}
    for right in rights:
        key = (right.absent_id or 0, right.absent_name)
        days = [day for day in (found.get(key), right.until_on) if day is not None]
        found[key] = max(days) if days else None
    return found


def reasons(rights: Sequence[Right], services: Mapping[int, str], titles: Mapping[int, str]) -> list[str]:
    """Why rights open something: "Instruction, sur la démarche « … »", and whose right it is."""
    return [_reason(right, services, titles) for right in dict.fromkeys(rights)]


def _reason(right: Right, services: Mapping[int, str], titles: Mapping[int, str]) -> str:
    of = over(services.get(right.service_id or 0, ""), titles.get(right.procedure_id or 0, ""))
    said = f"{role_name(right.role)}, {of}"
    if right.absent_id is not None:
        return f"{said}, en remplaçant {right.absent_name} {until(right.until_on)}"
    return said if right.until_on is None else f"{said}, {until(right.until_on)}"
