"""Every form of the catalogue, filled in a browser from its examples: it arrives in the database as it was meant."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from grc import clock
from grc.authorities import queries as authorities
from grc.forms import answers as form_answers
from grc.lists.models import ReferenceItem
from grc.sessions.models import RateCounter
from grc.submissions.models import Submission
from tests.support import campaign, filling
from tests.support.browser import OpenPage, axe
from tests.support.filling import Example
from tests.support.people import press
from tests.support.site import Site
from tests.support.world import reference_in

ALL_OF_THEM = bool(campaign.size(0, 1))
"""`make proof` fills each example with scripts and without; else, of each form, those that fill every field once."""
LEAST = 2
WHOLE = frozenset(
    {
        *("acte-de-deces", "acte-de-mariage", "acte-de-naissance", "admission-creche", "dict", "donnees-personnelles"),
        *("probleme-voirie", "raccordement-assainissement", "recours-gracieux", "reservation-salle"),
    }
)
"""The forms that together ask every kind of question: each of their fields is filled. Of any other form, the example
that fills the most is enough: its rules are tested without a browser."""
TODAY = clock.day_in("Europe/Paris", clock.now())


def cases() -> list[tuple[Example, bool]]:
    """Examples, with scripts and without in turn: of the forms of WHOLE, those that together fill every field."""
    found: list[tuple[Example, bool]] = []
    for position, slug in enumerate(filling.procedures()):
        mine = [each for each in filling.examples(TODAY) if each.slug == slug]
        if ALL_OF_THEM:
            found += [(example, scripts) for example in mine for scripts in (True, False)]
        else:
            whole = slug in WHOLE
            chosen = enumerate(covering(mine) if whole else covering(mine)[:1], start=0 if whole else position)
            found += [(example, number % 2 == 0) for number, example in chosen]
    return found


def covering(examples: list[Example]) -> list[Example]:
    """The fewest examples, or nearly, that fill every field; two at least, where there are two."""
    left = sorted(examples, key=lambda each: -len(paths(each.answers)))
    chosen: list[Example] = []
    filled: set[str] = set()
    while left:
        best = max(left, key=lambda each: len(paths(each.answers) - filled))
        if len(chosen) >= LEAST and paths(best.answers) <= filled:
            break
        chosen.append(best)
        filled |= paths(best.answers)
        left.remove(best)
    return chosen


def paths(answers: object, where: str = "") -> set[str]:
    """Where the answers stand; rows of one list are one place."""
    if isinstance(answers, dict):
        return {path for name, each in answers.items() for path in paths(each, f"{where}/{name}")}
    if isinstance(answers, list):
        return {path for each in answers for path in paths(each, f"{where}/*")} or {where}
    return {where}


@pytest.mark.campaign
@pytest.mark.parametrize(
    ("example", "scripts"), cases(), ids=lambda each: each.slug + "-" + each.name if isinstance(each, Example) else each
)
def test_an_example_arrives_as_it_was_meant(open_page: OpenPage, site: Site, example: Example, scripts: bool) -> None:
    offer(site, example)
    page = open_page(site.at(f"/demarches/{example.slug}"), javascript=scripts)
    press(page, "Commencer ma demande")
    press(page, "Continuer sans compte")
    filling.fill(page, example.form, example.answers, scripts=scripts)
    if scripts:
        axe(page)
    site.age_drafts()
    page.get_by_role("button", name=re.compile("^Envoyer m")).click()
    reference = reference_in(page.locator("main").inner_html())
    meant = form_answers.prune(example.form, example.answers, as_of=TODAY)
    assert filling.compared(stored(site, reference)) == filling.compared(meant)


def offer(site: Site, example: Example) -> None:
    """Puts in the agents' lists what the example chooses from, and forgets how much was filed before."""
    with site.database.reading(scope=None) as session:
        found = authorities.authority_of_slug(session, "tilleul")
    assert found is not None
    with site.database.writing(scope=found.id) as session:
        session.execute(delete(RateCounter))  # every example has the same address and files within the hour
        for source, items in example.lists.items():
            session.execute(delete(ReferenceItem).where(col(ReferenceItem.source) == source))
            for position, item in enumerate(items):
                session.add(
                    ReferenceItem(
                        authority_id=found.id,
                        source=source,
                        slug=item.id,
                        label=item.label,
                        attributes=dict(item.attributes),
                        position=position,
                        changed_at=clock.now(),
                    )
                )


def stored(site: Site, reference: str) -> object:
    with site.database.reading(scope=None) as session:
        statement = select(Submission.answers).where(col(Submission.reference) == reference)  # type: ignore[call-overload]
        return session.execute(statement).scalar_one()
