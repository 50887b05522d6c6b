"""A demande whose answers no person would type: filed, confirmed by mail with its letter, shown, exported exactly."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest

from tests.support import demandes
from tests.support.hostile import HOSTILE
from tests.support.world import a_world, reference_in, seeded

pytestmark = pytest.mark.anyio
NAMES = [
    *(text for text in HOSTILE if 0 < len(text) <= 80 and text.isprintable() and text.strip() == text),
    *(
        "\ufffe\uffff",
        "Œ\u200f\u200eب",
        "a" + "\u0316\u0301" * 30,
        "\U000e0041\U0010fffd",
        "#set text(red) $x$ `raw` @ref",
    ),
    *("\\u{202e} *gras* _souligné_", "=1+1", "\u2028", "Zoé \u00ad\u200d"),
]


async def test_what_was_accepted_is_sent_shown_and_exported_as_it_is(tmp_path: Path) -> None:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        agent = world.browser()
        await agent.sign_in_agent()
        for number, name in enumerate(NAMES):
            browser, email = world.browser(), f"camille{number}@exemple.example"
            answers = demandes.answers_with(email)
            answers["applicant"]["family_name"] = answers["person"]["given_names"] = name
            draft = demandes.begun(world.database, answers)
            browser.client.cookies.set("grc-citizen-tilleul-8000", draft.token)
            sent = await browser.post(f"/tilleul/brouillons/{draft.public_id}/envoi")
            assert sent.status_code == 303, (ascii(name), sent.status_code)
            confirmed = await browser.get(sent.headers["location"])
            reference = reference_in(confirmed.text)
            await world.deliver()
            mail = world.mail(email)
            assert [letter.content[:5] for letter in mail.attachments] == [b"%PDF-"], ascii(name)
            assert "<script>" not in mail.html
            shown = await agent.get(f"/tilleul/agents/demandes/{reference}")
            assert name in html.unescape(shown.text), ascii(name)
            told = json.loads((await agent.get(f"/tilleul/agents/demandes/{reference}/reponses.json")).content)
            assert told["answers"]["applicant"]["family_name"] == name
            table = await agent.get(f"/tilleul/agents/demandes/{reference}/reponses.csv")
            assert table.status_code == 200
