"""An invented workflow that uses every action, for tests of what each does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from grc.catalogue.definition import Procedure
from grc.db import Database
from grc.submissions.models import Submission
from tests.support import invented
from tests.support.invented import WHOLE_PERSON
from tests.support.world import Browser, World

CALLED = "register"
"""The endpoint that it calls and that signals back."""

VISIT: dict[str, Any] = {
    "schema": {
        "type": "object",
        "required": ["compliant"],
        "properties": {
            "compliant": {"type": "boolean", "title": "Le banc est-il conforme ?"},
            "defects": {"type": "string", "title": "Quels défauts ?", "maxLength": 300},
        },
    },
    "ui": {
        "type": "Categorization",
        "elements": [
            {
                "type": "Category",
                "x-id": "visite",
                "label": "La visite",
                "elements": [
                    {"type": "Control", "scope": "#/properties/compliant"},
                    {
                        "type": "Control",
                        "scope": "#/properties/defects",
                        "options": {"multi": True, "rows": 4},
                        "rule": {
                            "effect": "SHOW",
                            "condition": {
                                "scope": "#/properties/compliant",
                                "schema": {"const": False},
                                "failWhenUndefined": True,
                            },
                        },
                    },
                ],
            }
        ],
    },
}


def _by_agent(actions: list[str], target: str | None = None, **meta: Any) -> dict[str, Any]:
    written: dict[str, Any] = {"actions": actions, "meta": {"label": "Essayer", "by": ["handler"], **meta}}
    return written if target is None else {**written, "target": target}


def _by_system(target: str, *actions: str) -> dict[str, Any]:
    return {"target": target, "actions": list(actions), "meta": {"by": ["system"]}}


def _state(label: str, phase: str = "examined", **more: Any) -> dict[str, Any]:
    return {"meta": {"label": label, "sentence": f"{label}.", "phase": phase}, **more}


ACTIONS: dict[str, Any] = {
    "tell_citizen": {"type": "mail", "to": "citizen", "message": "state_changed"},
    "tell_service": {"type": "mail", "to": "service", "message": "state_changed"},
    "tell_agents": {"type": "mail", "to": "function:supervisor", "message": "state_changed"},
    "tell_other": {"type": "mail", "to": "answer:person.email", "message": "state_changed"},
    "say": {"type": "post_message", "text": "Le banc sera vu sous peu."},
    "note": {"type": "note", "text": "Voir le menuisier."},
    "order": {"type": "task", "title": "Commander la latte", "days": 10},
    "ask_documents": {"type": "request_documents"},
    "open_pages": {"type": "edit", "pages": ["message"]},
    "accept": {"type": "decision", "outcome": "accepted"},
    "tell_accepted": {"type": "mail", "to": "citizen", "message": "accepted"},
    "take": {"type": "assign", "to": "actor"},
    "leave": {"type": "assign", "to": "nobody"},
    "share": {"type": "assign", "to": "function:handler"},
    "count": {"type": "set", "name": "rounds", "value": "variables.rounds + 1 if variables.rounds else 1"},
    "urgent": {"type": "label", "add": "urgent"},
    "calm": {"type": "label", "remove": "urgent"},
    "offer": {"type": "link", "procedure": "acte-de-naissance"},
    "send_on": {"type": "transfer"},
    "register": {
        "type": "call",
        "endpoint": CALLED,
        "name": "register",
        "send": ["subject"],
        "reads": ["place"],
    },
    "destroy": {"type": "propose_destruction"},
    "lead": {"type": "redirect", "url": "https://paiement.example/banc", "label": "Payer la latte"},
}

WORKFLOW: dict[str, Any] = {
    "id": "every-action",
    "initial": "received",
    "meta": {
        "label": "Un essai",
        "clocks": {
            "answer": {
                "label": "Réponse sur le banc",
                "from": "received",
                "period": 9,
                "unit": "day",
                "source": "Un essai",
                "warn": "P2D",
                "stops": ["close"],
            }
        },
        "forms": {"visit": VISIT},
    },
    "delays": {"patience": "P1M"},
    "guards": {
        "thrice": "variables.rounds >= 3",
        "sound": "agent.visit.compliant",
        "known": "call.register.status == 200 and call.register.response.place == 'square'",
        "hurried": "'urgent' in labels",
    },
    "actions": ACTIONS,
    "states": {
        "received": _state(
            "Reçu",
            "received",
            entry=["say"],
            after={"patience": {"target": "late", "actions": ["order"]}},
            on={
                "tell": _by_agent(["tell_citizen", "tell_service", "tell_agents", "tell_other"]),
                "write": _by_agent(["note", "order"]),
                "take": _by_agent(["take"]),
                "leave": _by_agent(["leave"]),
                "share": _by_agent(["share"]),
                "count": _by_agent(["count"]),
                "hurry": _by_agent(["urgent"]),
                "calm": _by_agent(["calm"]),
                "rush": {**_by_agent([]), "guard": "hurried"},
                "offer": _by_agent(["offer"]),
                "destroy": _by_agent(["destroy"]),
                "reopen": _by_agent(["open_pages"]),
                "edited": {"actions": ["note"], "meta": {"label": "Modifier", "by": ["citizen"]}},
                "pay": _by_agent(["lead"], "paying"),
                "visit": {
                    "target": "visited",
                    "meta": {"label": "Rendre compte de la visite", "by": ["handler"], "form": "visit"},
                },
                "register": _by_agent(["register"]),
                "call.register.done": [
                    {**_by_system("registered"), "guard": "known", "meta": {"by": ["system"], "id": "known_place"}},
                    {**_by_system("late"), "meta": {"by": ["system"], "id": "other_place"}},
                ],
                "call.register.failed": _by_system("late"),
                "clock.answer": _by_system("late"),
            },
            always={"target": "late", "guard": "thrice"},
        ),
        "paying": _state("À payer", on={"signal.paid": _by_system("paid"), "back": _by_agent([], "received")}),
        "visited": _state(
            "Visité", always={"target": "sound", "guard": "sound"}, on={"back": _by_agent([], "received")}
        ),
        "late": _state("En retard", on={"back": _by_agent([], "received")}),
        "registered": _state("Inscrit", on={"back": _by_agent([], "received")}),
        "sound": _state("Conforme", on={"accept": _by_agent(["accept", "tell_accepted"], "accepted")}),
        "accepted": _state("Accepté", "decided"),
        "paid": _state("Payé", "closed"),
    },
    "on": {"close": {**_by_agent([]), "target": ".paid"}},
}


def published(database: Database, **parts: Any) -> Procedure:
    """The invented procedure with this workflow, offered by Tilleul."""
    return invented.published(database, workflow=WORKFLOW, **parts)


class Case:
    """A demande of the invented workflow, with its citizen and an agent who is signed in."""

    def __init__(self, world: World, reference: str, citizen: Browser, agent: Browser) -> None:
        self.world, self.reference, self.citizen, self.agent = world, reference, citizen, agent
        self.path = f"/tilleul/agents/demandes/{reference}"
        self.page = f"/tilleul/demandes/{reference}"

    async def does(self, event: str, code: int = 303, **fields: Any) -> Any:
        """The agent presses the button of that event."""
        answer = await self.agent.post(f"{self.path}/suites/{event}", {"revision": str(self.row().revision), **fields})
        assert answer.status_code == code, answer.text
        return answer

    def row(self) -> Submission:
        with self.world.database.reading(scope=self.world.authority().id) as session:
            found = select(Submission).where(col(Submission.reference) == self.reference)
            row: Submission = session.execute(found).scalar_one()
            session.expunge(row)
            return row

    def all(self, table: Any) -> list[Any]:
        with self.world.database.reading(scope=self.world.authority().id) as session:
            mine = select(table).where(col(table.submission_id) == self.row().id).order_by(col(table.id))
            rows = list(session.execute(mine).scalars())
            for row in rows:
                session.expunge(row)
            return rows


@pytest.fixture
async def case(world: World) -> Case:
    published(world.database)
    citizen, agent = world.browser(), world.browser()
    answers = {"subject": "Le banc du square a perdu une latte", "who": "person", "person": WHOLE_PERSON}
    reference = await citizen.file_answers(answers, procedure=invented.SLUG)
    await agent.sign_in_agent()
    await world.deliver()
    return Case(world, reference, citizen, agent)
