"""A recours gracieux, from the decision it attacks to its receipt, and what it does to the time to go to court."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from grc import clock
from grc.deadlines.administrative_appeals import AdministrativeAppeal
from grc.submissions import appeals, implied, naming
from grc.submissions.exchange_models import SubmissionLink
from grc.submissions.models import Decision, Draft, Event, Notice, Submission
from tests.support import cases, invented
from tests.support.world import World, posted_of

pytestmark = pytest.mark.anyio
ANSWERS = {
    "decision": "Le refus de mon banc",
    "decided_on": "2026-03-01",
    "grounds": "Le banc est abîmé.",
    "for_whom": "myself",
    "applicant": invented.WHOLE_PERSON | {"family_name": "Exemple"},
}


@pytest.mark.law("R1")
async def test_a_recours_begins_on_the_decision_and_is_tied_to_it(world: World) -> None:
    cases.offered(world.database, "rejection")
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=75))
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        implied.record_implied(session, authority.id, clock.now())
    citizen, agent = world.browser(), world.browser()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", demande.draft.token)
    page = await citizen.get(f"/tilleul/demandes/{demande.reference}")
    assert "Faire un recours gracieux" in page.text
    begun = await citizen.post(f"/tilleul/demandes/{demande.reference}/recours")
    assert begun.status_code == 303, begun.text
    first = await citizen.get(begun.headers["location"])
    assert demande.reference in first.text.replace("\u00a0", " ")
    draft = begun.headers["location"].split("/brouillons/")[1].split("/")[0]
    path = first.url.path
    for _ in range(5):
        fields, _files = posted_of(ANSWERS)
        answer = await citizen.post(path, fields | {"then": "continue"})
        assert answer.status_code == 303, answer.text
        path = (await citizen.get(answer.headers["location"])).url.path
        if path.endswith("/verification"):
            break
    world.age_drafts()
    assert (await citizen.post(f"/tilleul/brouillons/{draft}/envoi")).status_code == 303
    (decision,) = cases.rows(world.database, Decision, demande)
    with world.database.reading(scope=authority.id) as session:
        (link,) = session.execute(select(SubmissionLink)).scalars()
        recours = session.get_one(Submission, link.to_id)
        facts = session.execute(select(Notice.facts).where(Notice.submission_id == recours.id)).scalars().first()
        assert session.execute(select(Draft.attacks_id).where(Draft.public_id == draft)).scalar_one() == decision.id
        lodged = appeals.lodged_against(session, cases.submission(world.database, demande))
    assert (link.kind, link.from_id, link.decision_id) == ("appeal", demande.id, decision.id)
    assert facts is not None
    assert facts["attacked"] == {
        "kind": "implicit_rejection",
        "on": decision.born_on.isoformat(),
        "reference": demande.reference,
    }
    assert facts["silence"]["rule"] == "rejection"
    assert [one.reference for one in lodged] == [recours.reference]
    assert cases.rows(world.database, Event, demande)[-1].kind == "decision:appealed"
    shown = await citizen.get(f"/tilleul/demandes/{demande.reference}")
    assert recours.reference in shown.text
    await agent.sign_in_agent()
    assert recours.reference in (await agent.get(f"/tilleul/agents/demandes/{demande.reference}")).text
    await world.deliver()
    assert "recours" in world.mail("camille@exemple.example", recours.reference).text.lower()


@pytest.mark.law("R35")
async def test_a_refusal_that_goes_to_the_commission_offers_no_recours_here(world: World) -> None:
    cada = {"kind": "cada", "to": "la CADA", "delay_months": 2, "source": "CRPA, art. L342-1 et R343-1"}
    cases.offered(world.database, "rejection", appeal=[cada, cases.CONTENTIEUX])
    demande = cases.filed(world.database, at=clock.now() - timedelta(days=75))
    authority = world.authority()
    with world.database.writing(scope=authority.id) as session:
        implied.record_implied(session, authority.id, clock.now())
    citizen = world.browser()
    citizen.client.cookies.set("grc-citizen-tilleul-8000", demande.draft.token)
    shown = (await citizen.get(f"/tilleul/demandes/{demande.reference}")).text.replace("\u00a0", " ")
    assert "Faire un recours gracieux" not in shown
    assert "saisissez la CADA dans les deux mois" in shown.replace("\u202f", " ")
    begun = await citizen.post(f"/tilleul/demandes/{demande.reference}/recours")
    assert begun.status_code == 409
    assert "saisissez la CADA" in begun.text.replace("\u00a0", " ")


@pytest.mark.law("R12")
def test_a_recours_interrupts_the_time_to_go_to_court_and_a_late_one_does_not() -> None:
    row = Submission(legal_parameters="2016-11-07")
    decision = Decision(id=1, kind="implicit_rejection", outcome="refused", born_on=date(2017, 8, 23))
    place = {"zone": "Europe/Paris", "holidays": "metropole"}
    alone = naming.time_to_appeal(row, decision, (), **place)
    lodged, late = (AdministrativeAppeal("gracieux", date(2017, 10, day)) for day in (24, 25))
    assert alone is not None
    assert alone.last_on == date(2017, 10, 24)
    interrupted = naming.time_to_appeal(row, decision, (), [lodged], **place)
    assert interrupted is not None
    assert interrupted.started_on == date(2017, 12, 24)
    assert naming.time_to_appeal(row, decision, (), [late], **place) == alone
