"""What is known before a question is asked is judged on the commune's own day, not on that of Greenwich."""

from __future__ import annotations

import copy
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from grc import resources
from grc.access.actors import Visitor
from grc.catalogue import loading, publishing
from grc.submissions import drafts
from grc.submissions.models import Draft
from tests.support.world import World

AFTER_MIDNIGHT = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
"""Half past midnight on 1 December in Paris."""


@pytest.mark.anyio
@pytest.mark.parametrize(("day", "is_kept"), [("2026-12-01", True), ("2026-12-02", False)])
async def test_a_link_may_say_today_as_the_commune_counts_days(world: World, day: str, is_kept: bool) -> None:
    whole = loading.load_folder(resources.folder("form_catalogue"))
    document = copy.deepcopy(dict(next(each for each in whole if each.slug == "acte-de-naissance").document))
    since = {"type": "string", "format": "date", "title": "Depuis quand ?", "x-max": {"days": 0}}
    document["schema"]["properties"]["since"] = since | {"x-prefill": {"source": "link"}}
    document["ui"]["elements"][0]["elements"].append({"type": "Control", "scope": "#/properties/since"})
    by, link = Visitor(world.authority().id), {"prefill.since": day}
    with world.database.writing(scope=by.authority_id) as session:
        publishing.publish(
            session,
            by.authority_id,
            loading.from_document(document),
            service_slug="etat-civil",
            confirmed={"silence", "appeal", "lint"},
            by="test",
            now=AFTER_MIDNIGHT,
        )
        drafts.start(session, "acte-de-naissance", client="::1", by=by, now=AFTER_MIDNIGHT, link=link)
    with world.database.reading(scope=by.authority_id) as session:
        kept = session.execute(select(Draft)).scalar_one().answers
    assert kept.get("since") == (day if is_kept else None)
