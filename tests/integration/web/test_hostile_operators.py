"""The operators' page from other sites, and what servers and names may leave on it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from grc.outbox.models import OutboxEntry
from tests.integration.web.test_operators import PATH, given_up, operator, world
from tests.support.world import World

pytestmark = pytest.mark.anyio
__all__ = ["world"]


async def test_another_site_cannot_press_its_buttons_with_our_secret(world: World) -> None:
    await given_up(world)
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        client = operator(world).client
        client.headers.pop("sec-fetch-site", None)
        for path in (f"{PATH}/reprises", f"{PATH}/envois/1/reprise", f"{PATH}/envois/1/abandon"):
            assert (await client.post(path, headers=headers)).status_code == 403, (path, headers)


async def test_numbers_that_are_none_are_404(world: World) -> None:
    for number in ("0", "-1", "9" * 18, "9" * 40, "9" * 5000, "x", "1%00", "١"):
        for act in ("reprise", "abandon"):
            answer = await operator(world).post(f"{PATH}/envois/{number}/{act}")
            assert answer.status_code == 404, number


@pytest.mark.parametrize(
    "fault",
    [
        "550 5.1.1 <camille@exemple.example>: Recipient address rejected",
        "550 camille@exemple.example",
        "550 mailto:camille@exemple.example?x",
        'SMTPRecipientsRefused "camille"@exemple.example',
        "550 =?utf-8?q?camille=40exemple.example?=",
        "550 camille%40exemple.example unknown",
        "550 RCPT TO:<camille@exemple.example> ORCPT=rfc822;camille+40exemple.example",
    ],
)
async def test_what_a_server_repeats_of_an_address_is_blanked(world: World, fault: str) -> None:
    await given_up(world)
    with world.database.writing(scope=None) as session:
        session.execute(update(OutboxEntry).values(last_fault=fault))
    page = (await operator(world).get(PATH)).text
    assert "camille" not in page.lower()
