"""The syndicate sees counts and health of its communes, at its own address, and nothing of anybody."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import update
from sqlmodel import col

from grc import clock
from grc.authorities import commands
from grc.authorities.models import Agent, Authority
from grc.demo import seed
from grc.submissions import figures
from tests.support import demandes
from tests.support.postgres import Cluster
from tests.support.world import World, a_world, seeded

pytestmark = pytest.mark.anyio
HERE = f"/{seed.SYNDICATE}/agents/syndicat"
YANN = "yann.essai@val-exemple.example"


@pytest.fixture(scope="module")
async def world(postgres_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """On PostgreSQL: what the syndicate reads is read as the platform, under row-level security."""
    folder = tmp_path_factory.mktemp("syndicate")
    async with a_world(seeded(folder, postgres=postgres_cluster, name="syndicate"), folder) as made:
        demandes.filed(made.database)
        key = made.authority().id
        with made.database.writing(scope=key) as session:
            figures.compute(session, key, clock.now())
        yield made
    postgres_cluster.drop("syndicate")


async def test_counts_and_health_without_anybody(world: World) -> None:
    browser = world.browser()
    signed = await browser.sign_in_agent(YANN, seed.SYNDICATE)
    assert signed.status_code == 303, signed.text
    page = await browser.get(f"/{seed.SYNDICATE}/agents")
    assert page.url.path == HERE
    assert "Tilleul-sur-Exemple" in page.text
    assert "Publiez l’attestation de sécurité" in page.text
    assert "Marronnier-le-Bois" not in (await browser.get(f"{HERE}?q=tilleul")).text
    assert "Aucune commune ne correspond" in (await browser.get(f"{HERE}?q=zzz")).text
    assert "Marronnier-le-Bois" in (await browser.get(f"{HERE}?vue=a-voir")).text

    one = await browser.get(f"{HERE}/communes/tilleul")
    assert "<svg" in one.text
    assert "1 en ligne" in one.text
    assert "Rien n’est encore compté" in (await browser.get(f"{HERE}/communes/marronnier")).text
    table = await browser.get(f"{HERE}/chiffres.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert f"Tilleul-sur-Exemple;{clock.now():%Y-%m};1;1;" in table.text
    assert (await browser.get(f"{HERE}/communes/tilleul/chiffres.csv")).text.count("Tilleul") == 1
    for text in (page.text, one.text, table.text):
        for personal in ("Camille", "@exemple", "acte-de-naissance"):
            assert personal not in text


async def test_nothing_else_answers_at_the_syndicate(world: World) -> None:
    browser = world.browser()
    root = f"/{seed.SYNDICATE}"
    assert (await browser.get(f"{root}/")).url.path == f"{root}/agents/connexion"
    for path in ("/suivi", "/demarches/acte-de-naissance", "/api/v1/procedures", "/cadre/", "/mes-demandes"):
        assert (await browser.get(root + path)).status_code == 404, path
    assert (await browser.get(f"{root}/accessibilite")).status_code == 200
    assert (await browser.post(f"{root}/demarches/acte-de-naissance/brouillons", {"autre": "oui"})).status_code == 404
    await browser.sign_in_agent(YANN, seed.SYNDICATE)
    for path in ("/agents/demandes/X", "/agents/saisies", "/agents/listes", "/agents/rattachements"):
        assert (await browser.get(root + path)).status_code == 404, path
    assert (await browser.get(f"{HERE}/communes/{seed.SYNDICATE}")).status_code == 404
    assert (await browser.get(f"{root}/agents/collegues")).status_code == 403


async def test_a_commune_is_closed_to_the_syndicate_and_the_syndicate_to_a_commune(world: World) -> None:
    browser = world.browser()
    await browser.sign_in_agent(YANN, seed.SYNDICATE)
    assert (await browser.get("/tilleul/agents")).url.path == "/tilleul/agents/connexion"
    await browser.sign_in_agent()
    assert (await browser.get("/tilleul/agents/syndicat")).status_code == 403
    commune = world.authority()
    with world.database.writing(scope=commune.id) as session:  # a role of the syndicate, given in a commune
        session.execute(update(Agent).where(col(Agent.email).like("claire%")).values(role="platform_admin"))
    assert (await browser.get("/tilleul/agents/syndicat")).status_code == 404
    assert (await browser.get("/tilleul/agents/syndicat/communes/marronnier")).status_code == 404


async def test_who_only_keeps_the_accounts_is_led_to_them_and_a_domain_is_no_path(world: World) -> None:
    key = world.authority(seed.SYNDICATE).id
    with world.database.writing(scope=key) as session:
        names = {"given_name": "Lou", "family_name": "Essai", "capacity": "direction"}
        commands.add_agent(
            session, key, email="lou@val.example", password=seed.PASSWORD, role="reader", now=clock.now(), **names
        )
        session.execute(update(Authority).where(col(Authority.id) == key).values(domain="val.example"))
    browser = world.browser()
    await browser.sign_in_agent("lou@val.example", seed.SYNDICATE)
    assert (await browser.get(HERE)).status_code == 403
    by_domain = await browser.get("/suivi", headers={"host": "val.example"})
    assert by_domain.status_code == 404
