"""What mail servers think of a sender address, asked of a real DNS server on loopback; no server, no failure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import update
from sqlmodel import col

from grc import checks
from grc.authorities.models import Authority
from grc.notifications import senders
from tests.support.dns_server import dns_server
from tests.support.world import a_world, seeded

pytestmark = pytest.mark.anyio
RELAY = "relais.example"
Records = Mapping[str, Sequence[str]]
MX = {"MX": ["10 mx.example."]}


def key(bits: int) -> str:
    public = rsa.RSAPublicNumbers(65537, (1 << bits) - 1).public_key()
    text = base64.b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    halves = (f"v=DKIM1; k=rsa; p={text[:200]}", text[200:])  # a record holds texts of 255 bytes at most
    return " ".join(f'"{half}"' for half in halves)


ZONE: Mapping[str, Records] = {
    "good.example": MX | {"TXT": ['"v=spf1 include:_spf.relais.example -all"', '"google-site-verification=x"']},
    "s1._domainkey.good.example": {"TXT": [key(2048)]},
    "_dmarc.good.example": {"TXT": ['"v=DMARC1; p=reject; rua=mailto:d@good.example"']},
    "bare.example": {"A": ["192.0.2.1"]},
    "null.example": {"MX": ["0 ."], "TXT": ['"v=spf1 -all"']},
    "_dmarc.null.example": {"TXT": ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"']},
    "s1._domainkey.null.example": {"TXT": ['"v=DKIM1; p="']},
    "mairie.good.example": MX | {"TXT": ['"v=spf1 +all"']},
    "s1._domainkey.mairie.good.example": {"TXT": ['"v=DKIM1; p=AAAA"']},
    "two.example": {"TXT": ['"v=spf1 mx -all"', '"v=spf1 a -all"']},
    "_dmarc.two.example": {"TXT": ['"v=DMARC1; p=maybe"']},
}


async def told(domain: str, server: str, selector: str = "s1") -> list[tuple[str, str]]:
    ask = senders.lookup(server)
    return [(one.level, one.text) for one in await senders.look(f"d@{domain}", ask, selector=selector, relay=RELAY)]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("good.example", [("well", "relais.example"), ("well", "2048 bits"), ("well", "DMARC reject")]),
        ("bare.example", [("wrong", "SPF absent"), ("wrong", "DKIM absent"), ("wrong", "DMARC absent")]),
        (
            "null.example",
            [("wrong", "MX nul"), ("wrong", "n’autorise aucun"), ("wrong", "révoquée"), ("wrong", "2 enregistrements")],
        ),
        ("mairie.good.example", [("wrong", "+all"), ("wrong", "pas lisible"), ("well", "DMARC reject")]),
        (
            "two.example",
            [("wrong", "pas de MX"), ("wrong", "2 enregistrements SPF"), ("wrong", "absent"), ("wrong", "« p=maybe »")],
        ),
        ("nowhere.example", [("wrong", "n’existe pas")]),
        ("broken.example", [("unknown", "non vérifié")]),
    ],
)
async def test_each_verdict_says_what_to_do(domain: str, expected: list[tuple[str, str]]) -> None:
    async with dns_server(ZONE) as server:
        found = await told(domain, server)
    assert [level for level, _ in found] == [level for level, _ in expected], found
    for (_, text), (_, part) in zip(found, expected, strict=True):
        assert part in text


@pytest.mark.parametrize(
    ("text", "level", "part"),
    [
        ("v=spf1 ip4:192.0.2.1 ~all", "well", "ip4"),
        ("v=spf1 redirect=_spf.relais.example", "well", "redirect"),
        ("v=spf1 mx ?all", "wrong", "Finissez par"),
        ("v=spf10 -all", "wrong", "SPF absent"),
    ],
)
def test_what_an_spf_record_says(text: str, level: str, part: str) -> None:
    verdict = senders.spf([text], relay=RELAY)
    assert (verdict.level, part in verdict.text) == (level, True), verdict


def test_a_short_key_and_a_policy_for_subdomains() -> None:
    assert "trop courte" in senders.dkim([key(512).replace('"', "").replace(" ", "")], name="s1").text
    assert senders.dkim(["v=DKIM1; k=ed25519; p=abc"], name="s1").level == "well"
    assert "quarantine" in senders.dmarc(["v=DMARC1; p=none; sp=quarantine"], is_above=True).text
    assert "none" in senders.dmarc(["v=DMARC1; p=none; sp=quarantine"]).text


async def test_grc_check_says_it_and_a_machine_without_dns_does_not_fail(tmp_path: Path) -> None:
    async with (
        a_world(seeded(tmp_path), tmp_path) as world,
        dns_server(ZONE) as server,
        dns_server({}, deaf=True) as deaf,
    ):
        with world.database.writing(scope=None) as session:
            session.execute(update(Authority).values(sender_address="d@good.example"))
            commune = col(Authority.slug) == "marronnier"
            session.execute(update(Authority).where(commune).values(sender_address="d@bare.example"))

        async def of(**changes: str) -> dict[bool, list[str]]:
            about = await checks.of_senders(world.settings.model_copy(update=changes), world.database)
            return {well: [one.text for one in about if one.is_well is well] for well in (True, False)}

        seen = await of(dns=server, dkim_selector="s1")
        assert any("d@good.example" in text and "DMARC reject" in text for text in seen[True]), seen
        assert any("d@bare.example" in text and "SPF absent" in text for text in seen[False]), seen
        assert any("GRC_DKIM_SELECTOR" in text for text in (await of(dns=server))[True])
        first = ["a@broken.example", "d@bare.example"]
        looked = await senders.look_each(first, server, selector="s1", relay=RELAY)
        assert [found[0].level for _, found in looked] == ["unknown", "wrong"], (
            "one broken domain, first, hides no other"
        )
        silent = await of(dns=deaf)
        assert (len(silent[True]), silent[False]) == (1, [])
        assert "aucun DNS ne répond" in silent[True][0]
        assert await of() == {True: [], False: []}, "names of examples are asked of nobody"
