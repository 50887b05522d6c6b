"""The register of processing: who holds the data is who the authority says; nothing is stated that nobody looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grc.authorities.models import Authority
from grc.submissions import register
from tests.support import demandes
from tests.support.archived import NOW, opened
from tests.support.world import SECRET, seeded


@pytest.mark.law("R42")
def test_the_processor_is_the_only_syndicate_then_the_host_that_the_authority_states(tmp_path: Path) -> None:
    with opened(seeded(tmp_path), SECRET) as database:
        commune = demandes.commune(database)

        def told(host: list[str], name: str = commune.name) -> str:
            stated = replace(commune, name=name, texts={"legal": {"host": host}})
            with database.reading(scope=commune.id) as session:
                return ", ".join(register.processor_of(session, stated))

        host, syndicate = ["Hébergeur inventé", "99000 Exemple"], "Syndicat numérique du Val-d’Exemple"
        both = told(host)
        assert both.startswith(f"{syndicate}, ")
        assert both.endswith(", et, pour l’hébergement, Hébergeur inventé, 99000 Exemple")
        assert told([commune.name, "1 place du Modèle"]) == told([syndicate]) == told([])
        assert told([]).startswith(syndicate)
        with database.writing(scope=None) as session:
            another = {"slug": "autre", "kind": "syndicate", "name": "Autre", "sender_address": "x@autre.example"}
            session.add(Authority(**another, created_at=NOW))
        assert told([]) == told([commune.name]) == ""
        assert told(host) == "Hébergeur inventé, 99000 Exemple"


@pytest.mark.law("R42")
def test_what_the_operator_alone_can_state_is_left_to_the_operator() -> None:
    (line,) = (each for each in register.SECURITY if "sauvegardes" in each)
    assert line.startswith("À l’exploitant")
