"""The letter that an authority wrote: previewed, sent and kept as one text, with the values of the demande."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from grc.errors import Invalid
from grc.notifications import letters
from grc.receipts import DecisionNotice, from_json, markdown
from grc.submissions import commands, writing
from grc.submissions.acts import Act
from grc.submissions.commands import DecisionMade
from grc.submissions.models import Decision, Notice
from tests.support import cases, invented
from tests.support.world import World
from tests.unit.notifications.reading import Page, pdf_text

pytestmark = pytest.mark.anyio
RECEIVED = date(2025, 6, 30)
NOON = cases.local(RECEIVED, hour=12)
LETTER = """# {{ procedure.title }}

{{ applicant.name }}, votre demande {{ submission.reference }} du {{ submission.received_on | date }} porte sur
**{{ answers.subject }}** ({{ shown.who | lower }}). Décidé le {{ decision.on | date }} à {{ authority.name }}.

- {{ service.name }} : {{ service.telephone }}, {{ service.email }}
{% if answers.nothing %}- rien{% endif %}
"""
MADE = DecisionMade("accepted", "", 2)


def offered(world: World, monkeypatch: pytest.MonkeyPatch, letter: str = LETTER) -> Any:
    """A demande taken in charge, whose procedure has a letter for acceptances."""
    plain = invented.document

    def with_letter(**parts: Any) -> dict[str, Any]:
        return {**plain(**parts), "letters": {"accepted": letter}}

    monkeypatch.setattr(invented, "document", with_letter)
    cases.offered(world.database, "rejection")
    answers = {**cases.ANSWERS, "subject": "Un banc *neuf*\n# [ici](x)"}
    demande = cases.filed(world.database, at=NOON, answers=answers)
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        commands.take_charge(session, authority, demande.reference, revision=1, by=world.agent(), now=NOON)
    return demande


@pytest.mark.law("R48")
async def test_the_letter_previewed_is_the_letter_sent_and_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande, authority, agent = offered(world, monkeypatch), world.authority(), world.agent()
    at = NOON + timedelta(days=3)
    with world.database.reading(scope=authority.id) as session:
        preview = commands.preview_decision(session, authority, demande.reference, MADE, by=agent, now=at)
    with world.database.writing(scope=authority.id) as session:
        commands.decide(session, authority, demande.reference, MADE, by=agent, now=at)
    (kept,) = cases.rows(world.database, Decision, demande)
    stored = from_json(cases.rows(world.database, Notice, demande)[-1].facts)
    assert isinstance(stored, DecisionNotice)
    assert preview.letter == kept.letter == stored.letter
    text = pdf_text(letters.render(stored))
    assert f"votre demande {demande.reference} du 30 juin 2025 porte sur Un banc *neuf* # [ici](x)" in text
    assert "Décidé le 3 juillet 2025" in text
    assert stored.agent.name in text


async def test_an_agent_sees_the_letter_before_it_leaves(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande, agent = (
        offered(world, monkeypatch, "# La salle\n\n**À vous** : {{ answers.subject }}\n\n1. <b>"),
        world.browser(),
    )
    await agent.sign_in_agent()
    seen = {"outcome": "accepted", "reasons": "", "revision": "2", "then": "preview"}
    page = Page((await agent.post(f"/tilleul/agents/demandes/{demande.reference}/decision", seen)).text)
    assert "La salle" in page.text
    assert "À vous : Un banc *neuf*# [ici](x)" in page.text
    assert "<b>" in page.text
    assert page.count("b") == 0
    assert {"class": "govuk-list govuk-list--number"} in page.having("ol")


async def test_a_procedure_without_a_letter_decides_as_before(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande, authority, agent = offered(world, monkeypatch), world.authority(), world.agent()
    refused = DecisionMade("refused", "Le banc est rouge.", 2)
    with world.database.reading(scope=authority.id) as session:
        preview = commands.preview_decision(session, authority, demande.reference, refused, by=agent, now=NOON)
    assert preview.letter == ""
    assert markdown.blocks(preview.letter) == []


async def test_a_letter_longer_than_what_is_kept_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demande = offered(world, monkeypatch, "x" * 18_700 + "{{ answers.subject }}" * 60)
    with world.database.reading(scope=world.authority().id) as session:
        row = cases.submission(world.database, demande)
        act = Act(session, world.authority(), row, by=world.agent(), now=NOON)
        with pytest.raises(Invalid, match="20000"):
            writing.decision_letter(act, "accepted")
