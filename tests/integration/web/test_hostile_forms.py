"""Every page of every form posted with what no person types: kept as it is or refused with a reason, never a fault."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from grc import clock, references, resources
from grc.catalogue import queries as catalogue
from grc.conditions import value_at
from grc.forms import answers as form_answers
from grc.forms import journey, rows
from grc.forms.answers import ASKED
from grc.forms.definition import Form, Page
from grc.lists.models import ReferenceItem
from grc.sessions import commands as sessions
from grc.submissions import drafts
from grc.submissions.models import Draft
from tests.support import campaign, filling
from tests.support.hostile import HOSTILE, Read
from tests.support.postgres import Cluster
from tests.support.world import Browser, World, a_world, seeded

pytestmark = pytest.mark.anyio
TODAY = clock.day_in("Europe/Paris", clock.now())
SLUGS = sorted(filling.procedures())
ANSWERED = frozenset({200, 204, 303, 400, 404, 409, 413, 422, 429})
EACH = campaign.size(4, 1)
"""`make proof` puts every text in every input; else each input gets one in four, by turns."""


@dataclass
class Attack:
    """A world, a browser, and the drafts that it holds."""

    world: World
    browser: Browser
    session_id: int
    answers: dict[str, Any] = field(default_factory=dict)

    def draft(self, slug: str, answers: Mapping[str, Any]) -> str:
        """A draft of that procedure with these answers; gives its path."""
        key, now = self.world.authority().id, clock.now()
        with self.world.database.writing(scope=key) as session:
            offered = catalogue.published(session, key, slug)
            row = Draft(
                authority_id=key,
                public_id=references.new_public_id(),
                procedure_id=offered.procedure_id,
                version_id=offered.version_id,
                session_id=self.session_id,
                answers=dict(answers),
                created_at=now,
                saved_at=now,
                expires_at=now + drafts.LIFE,
            )
            session.add(row)
            session.flush()
            return f"/tilleul/brouillons/{row.public_id}"

    def stored(self, path: str) -> dict[str, Any]:
        with self.world.database.reading(scope=self.world.authority().id) as session:
            found = session.execute(select(col(Draft.answers)).where(col(Draft.public_id) == path.rsplit("/", 1)[1]))
            return dict(found.scalar_one())

    async def post(self, path: str, data: Mapping[str, Any], **options: Any) -> httpx2.Response:
        """The answer to a post, which no post may turn into a fault of ours."""
        answer = await self.browser.post(path, data, **options)
        assert answer.status_code in ANSWERED, (path, answer.status_code, {k: str(v)[:40] for k, v in data.items()})
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        if answer.status_code >= 400:
            assert 'lang="fr"' in answer.text, (path, answer.status_code)
        return answer


@pytest.fixture
async def attack(tmp_path: Path) -> AsyncIterator[Attack]:
    async with a_world(seeded(tmp_path), tmp_path) as world:
        yield begun(world)


def begun(world: World) -> Attack:
    """A browser of the world with a session, before lists that offer what the examples choose."""
    key, now = world.authority().id, clock.now()
    with world.database.writing(scope=key) as session:
        opened = sessions.open_session(session, authority_id=key, public="citizen", now=now)
        for example in filling.examples(TODAY):
            offer(session, key, example)
    browser = world.browser()
    browser.client.cookies.set("grc-citizen-tilleul-8000", opened.token)
    return Attack(world, browser, opened.id)


def offer(session: Any, key: int, example: filling.Example) -> None:
    for source, items in example.lists.items():
        session.execute(delete(ReferenceItem).where(col(ReferenceItem.source) == source))
        for position, item in enumerate(items):
            told: dict[str, Any] = {"slug": item.id, "label": item.label, "attributes": dict(item.attributes)}
            session.add(
                ReferenceItem(authority_id=key, source=source, position=position, changed_at=clock.now(), **told)
            )


def _refused(slug: str) -> Iterator[Mapping[str, Any]]:
    """The answers of the examples that fail: a page that a parameter keeps from being sent is opened by these alone."""
    for path in sorted((resources.folder("form_catalogue") / slug / "examples").glob("fails-*.json")):
        yield json.loads(path.read_text(encoding="utf-8"))["answers"]


@cache
def stages(slug: str) -> tuple[tuple[Page, Mapping[str, Any]], ...]:
    """Each page of the form, with the answers of an example that opens it, fullest first."""
    form = filling.procedures()[slug].form
    mine = sorted((one for one in filling.examples(TODAY) if one.slug == slug), key=lambda one: -len(str(one.answers)))
    found: dict[str, Mapping[str, Any]] = {}
    for said in (*(one.answers for one in mine), *_refused(slug)):
        answers = form_answers.prune(form, said, as_of=TODAY)
        for page in journey.pages(form, answers):
            found.setdefault(page.id, answers)
    return tuple((page, found[page.id]) for page in form.pages if page.id in found)


def expected(kind: str, text: str) -> str:
    """What is kept of a text that is accepted: composed, its spaces tidied; NUL never comes in."""
    plain = unicodedata.normalize("NFC", text.replace("\x00", ""))
    if kind == "text":
        return " ".join(plain.split())
    lines = plain.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def kept_texts(form: Form, page: Page, answers: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The input, kind and value of each text of the page that is among the answers; those of rows by their place."""
    for each in page.fields:
        value = value_at(answers, each.path)
        if each.kind in ("text", "longtext") and isinstance(value, str):
            yield each.name, each.kind, value


@pytest.mark.parametrize("slug", SLUGS)
async def test_whatever_stands_in_each_input_is_kept_or_refused(attack: Attack, slug: str) -> None:
    form = filling.procedures()[slug].form
    assert {page.id for page, _ in stages(slug)} == {page.id for page in form.pages}
    for page, answers in stages(slug):
        path = attack.draft(slug, answers)
        here = f"{path}/{page.id}"
        shown = Read((await attack.browser.get(here)).text)
        names = [name for name in shown.names if name not in (ASKED, "then")]
        assert names, here
        for turn in range(0, len(HOSTILE), EACH):
            posted = {name: HOSTILE[(turn + 7 * at) % len(HOSTILE)] for at, name in enumerate(names)}
            then = ("continue", "redraw", "autosave", "continue", "later")[turn // EACH % 5]
            answer = await attack.post(here, {**shown.values, **posted, "then": then})
            after = attack.stored(path)
            for name, kind, value in kept_texts(form, page, after):
                if name in posted:
                    assert value == expected(kind, posted[name]), (here, name)
            if answer.status_code == 422 or then == "redraw":
                again = Read(answer.text).texts
                for name in again.keys() & posted.keys():
                    assert same(again[name], posted[name]), (here, name, posted[name][:40], again[name][:40])


def same(shown: str, typed: str) -> bool:
    """Whether an input shows what was typed, as HTML lets it: NUL cannot be said, line ends are of one kind."""
    return shown == typed.replace("\x00", "") or " ".join(shown.split()) == " ".join(typed.replace("\x00", "").split())


async def test_what_no_page_would_post_costs_nothing(attack: Attack) -> None:
    """Words of buttons, names and keys that no page holds: nothing of the draft changes but what was asked."""
    for slug in SLUGS:
        for page, answers in stages(slug)[:: campaign.size(2, 1)]:
            path = attack.draft(slug, answers)
            here = f"{path}/{page.id}"
            shown = Read((await attack.browser.get(here)).text)
            before = attack.stored(path)
            for then in words(page):
                await attack.post(here, {ASKED: "nothing", "then": then})
            for posted in odd(shown):
                await attack.post(here, posted)
            assert attack.stored(path) == before, here


def words(page: Page) -> list[str]:
    """What `then` may say beside the words of the buttons."""
    names = [each.name for each in page.fields][:1] + [each.name for each in page.fields if each.form is not None]
    found = ["", "\x00", "add", "add:", "remove:", "add:.", "add:é", "<script>alert(1)</script>", "add:nothing.here.1"]
    for name in names:
        found += [f"add:{name}.9999", f"remove:{name}", f"remove:{name}.9999", f"remove:{name}.-1", f"ADD:{name}"]
    return [*found, "remove:" + "a." * 10_000, "add:" + "a" * 20_000, "autosave", "redraw"]


def odd(shown: Read) -> list[Mapping[str, Any]]:
    """Posts of which nothing is an answer of the page."""
    none = {ASKED: "<script>alert(1)</script>"}
    return [
        {
            **none,
            "applicant.email.x": "x",
            "__proto__": "x",
            "": "x",
            "é": "x",
            "x" * 5_000: "x",
            "_wrong": "x" * 5_000,
        },
        {**none, **{f"{name}.0.{number}": "x" for name in list(shown.names)[:1] for number in range(300)}},
        {**none, **{f"name{number}": "x" for number in range(2_000)}},
        {**none, ASKED: ["nothing"] * 400},
        {**none, "huge": "x" * 999_000},
        {**none, "more": "x" * 1_000_001},
    ]


async def test_a_draft_holds_no_more_rows_than_its_question_takes(attack: Attack) -> None:
    asked = 0
    for slug in SLUGS:
        for page, answers in stages(slug):
            for each in (one for one in page.fields if one.form is not None):
                asked += 1
                path = attack.draft(slug, answers)
                inner = next(one.name for one in each.form.fields if one.computed is None)  # type: ignore[union-attr]
                for keys in (
                    range(10_000),
                    range(400),
                    range(990, 1010),
                    ["0"] * 400,
                    ["-1", "٣", "00", "\x00"],
                ):
                    rows_posted = {each.name: [str(key) for key in keys]}
                    typed = {f"{each.name}.{key}.{inner}": "Œ<b>" for key in list(keys)[:90]}
                    for then in ("continue", "redraw", "autosave", f"add:{each.name}", f"remove:{each.name}.0"):
                        answer = await attack.post(f"{path}/{page.id}", {**rows_posted, **typed, "then": then})
                        assert "Œ<b>" not in answer.text
                        kept = value_at(attack.stored(path), each.path) or ()
                        assert len(kept) <= rows.most(each)
    assert asked >= 3


async def test_a_body_that_lies_is_refused(attack: Attack) -> None:
    slug = "probleme-voirie"
    page, answers = stages(slug)[0]
    path = attack.draft(slug, answers)
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\nx\r\n--b--\r\n'
    multipart = "multipart/form-data; boundary=b"
    for kind, body in (
        (multipart, part % (b"\xff" * 10)),
        (multipart, part % (b"_asked" + b"a" * 200_000)),
        (multipart, b"--b\r\nContent-Disposition: ;;;\r\n\r\nx\r\n--b--\r\n"),
        (multipart, b"--b\r\n" + b"X: y\r\n" * 5_000 + b"\r\nx\r\n--b--\r\n"),
        (multipart, part % b'photo"; filename="' + b"\x00../\xff.pdf"),
        (multipart, b"--b" * 50_000),
        ("multipart/form-data; boundary=" + "b" * 300, b"x"),
        ('multipart/form-data; boundary=""', b"x"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"%2BADw-=%"),
        ("application/x-www-form-urlencoded", b"&" * 900_000),
        ("application/x-www-form-urlencoded", b"_asked=" + b"%" * 900_000),
        ("application/json", b"[" * 500_000),
        ("text/plain", b"x"),
        ("\xff", b"x"),
    ):
        headers = {b"content-type": kind.encode("latin-1")}
        answer = await attack.browser.client.post(f"{path}/{page.id}", content=body, headers=headers)
        assert answer.status_code in ANSWERED, (kind, body[:40])
        assert answer.status_code < 400 or 'lang="fr"' in answer.text


async def test_a_long_post_takes_a_time_that_its_length_explains(attack: Attack) -> None:
    """Four times as many characters, or rows, never take sixteen times as long."""
    found = []
    for slug in SLUGS:
        page, answers = max(stages(slug), key=lambda stage: len(stage[0].fields))
        path = attack.draft(slug, answers)
        here = f"{path}/{page.id}"
        shown = Read((await attack.browser.get(here)).text)
        for repeated in LONG:
            texts = dict.fromkeys(shown.texts, repeated)
            found.append(await slow_post(attack, here, shown.values, texts))
    assert [each for each in found if each] == []


LONG = ("a", "\u0300\u0316", " x", "<")


async def slow_post(attack: Attack, here: str, values: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What is wrong with the time that two posts take, one with texts four times as long; "" when nothing is."""
    size = 30_000 // max(len(texts), 1)
    for _ in range(3):
        spent = []
        for times in (1, 4):
            start = time.process_time()
            typed = {name: text * (times * size // len(text)) for name, text in texts.items()}
            await attack.post(here, {**values, **typed, "then": "redraw"})
            spent.append(time.process_time() - start)
        if spent[1] <= 10 * spent[0]:
            return ""
    return f"{here} {list(texts.values())[:1]!r}: {spent}"


async def test_a_link_fills_in_nothing_hostile(attack: Attack) -> None:
    for slug in SLUGS:
        form = filling.procedures()[slug].form
        for turn in range(0, len(HOSTILE), EACH):
            link = {f"prefill.{each.name}": HOSTILE[(turn + at) % len(HOSTILE)] for at, each in enumerate(form.fields)}
            sent = dict(list(link.items())[:40])
            answer = await attack.post(f"/tilleul/demarches/{slug}/brouillons", {**sent, "autre": "oui"})
            assert answer.status_code in (303, 413, 429), slug
            query = {name: text[:300].replace("\x00", "") for name, text in sent.items()}
            page = await attack.browser.get(f"/tilleul/demarches/{slug}/identification?autre=oui", params=query)
            assert page.status_code == 200, slug
            assert "<script>alert" not in page.text


async def test_the_same_on_postgresql(postgres_cluster: Cluster, tmp_path: Path) -> None:
    """A sample: what a column takes and what JSONB keeps."""
    try:
        async with a_world(seeded(tmp_path, postgres=postgres_cluster, name="hostile"), tmp_path) as world:
            attack = begun(world)
            for slug in SLUGS:
                page, answers = stages(slug)[-1]
                path = attack.draft(slug, answers)
                shown = Read((await attack.browser.get(f"{path}/{page.id}")).text)
                for hostile in HOSTILE[:: campaign.size(2, 1)]:
                    posted = dict.fromkeys((name for name in shown.names if name not in (ASKED, "then")), hostile)
                    await attack.post(f"{path}/{page.id}", {**shown.values, **posted, "then": "continue"})
                    assert (await attack.browser.get(f"{path}/{page.id}")).status_code == 200
    finally:
        postgres_cluster.drop("hostile")
