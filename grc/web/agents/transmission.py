"""Sending a demande on to the competent administration: here or elsewhere, previewed, and its bundle to hand over."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO, Literal

import anyio.to_thread
from sqlmodel import Session
from starlette.responses import Response, StreamingResponse

from grc.access.actors import AgentActor
from grc.access.permissions import Permission
from grc.attachments.commands import AttachmentView
from grc.attachments.storage import Storage
from grc.authorities import queries as authorities
from grc.authorities.views import AuthorityView
from grc.catalogue import queries as catalogue
from grc.conditions import render
from grc.errors import Invalid, Problem, StaleSubmission
from grc.forms import summary
from grc.receipts import Administration, wording
from grc.submissions import phases, queries, transfers
from grc.submissions.queries import Whole
from grc.submissions.transfers import Transfer
from grc.sweeping.forwarding import forward
from grc.web import security
from grc.web.agents import letter_views, views
from grc.web.agents.inbox import applicant
from grc.web.agents.letter_views import Question
from grc.web.agents.previews import preview_of
from grc.web.agents.submission import conflict
from grc.web.bodies import Posted
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_ELSEWHERE = "ailleurs"
_CHUNK = 1 << 16
MOST_RADIOS = 20
"""Beyond as many communes they stand in a box, where the first letters of a name find it."""


async def show(visit: Visit[AgentActor]) -> Response:
    """Whom it goes to, and what the person will be told."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_HANDLE)
    return _page(visit, found, Posted(), await _offering(visit, found))


async def send(visit: Visit[AgentActor]) -> Response:
    """Previewed, then sent on: closed here, made there at once or by the next passage of the sweeps."""
    posted = await visit.form()
    reference = visit.path["reference"]
    found: Whole = await visit.read(queries.whole, reference, to=Permission.SUBMISSION_HANDLE)
    offering = await _offering(visit, found)
    preview, problems = None, tuple[Problem, ...]()
    try:
        made = _made(posted, offering)
        if posted.one("then") == "send":
            await visit.write(transfers.transfer, visit.authority, reference, made)
            await forward(visit.platform.db, visit.platform.storage, visit.authority, now=visit.now)
            visit.platform.wake()
            return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=transmission")
        preview = await visit.read(transfers.preview, visit.authority, reference, made, now=visit.now)
    except StaleSubmission as stale:
        return await conflict(visit, stale, typed=posted.text("note"))
    except Invalid as invalid:
        problems = invalid.problems
    shown = None if preview is None else preview_of(preview)
    return _page(visit, found, posted, offering, preview=shown, problems=problems)


async def bundle(visit: Visit[AgentActor]) -> Response:
    """Everything that the other administration needs, to hand over by a safe way: never by plain mail."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"], to=Permission.SUBMISSION_HANDLE)
    text = _as_text(visit, found)
    files = [file for file in found.files if file.is_readable and file.sender == "citizen"]
    content = await anyio.to_thread.run_sync(partial(_zipped, visit.platform.storage, text, files))
    name = f"demande-{found.submission.reference}.zip"
    headers = {**security.DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_chunks(content), media_type="application/zip", headers=headers)


async def _offering(visit: Visit[AgentActor], found: Whole) -> list[AuthorityView]:
    """The other communes of this installation that offer the same procedure."""

    def ask(session: Session) -> list[AuthorityView]:
        others = [one for one in authorities.municipalities(session) if one.id != visit.authority.id]
        keys = catalogue.offering(session, found.procedure.slug, [one.id for one in others])
        return [one for one in others if one.id in keys]

    return await visit.platform.db.read(ask, scope=None)


def _made(posted: Posted, offering: Sequence[AuthorityView]) -> Transfer:
    chosen, note = posted.one("to"), posted.text("note").replace("\r\n", "\n")
    known = next((one for one in offering if one.slug == chosen), None)
    if known is not None:
        to = Administration(known.name, tuple(known.postal_address), known.email, known.telephone)
        return Transfer(to, known.id, note, posted.revision)
    if chosen != _ELSEWHERE:
        raise Invalid("", [Problem("to", "required", "Choisissez l’administration compétente.")])
    lines = tuple(line.strip()[:200] for line in posted.text("address").splitlines() if line.strip())[:6]
    named = [posted.text(name).strip()[:254] for name in ("name", "email", "telephone")]
    return Transfer(Administration(named[0], lines, named[1], named[2]), None, note, posted.revision)


def _page(
    visit: Visit[AgentActor],
    found: Whole,
    posted: Posted,
    offering: Sequence[AuthorityView],
    *,
    preview: views.Preview | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    row = found.submission
    is_open = row.phase in phases.OPEN and row.implied_on is None
    page = letter_views.LetterPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        action=visit.links.agent_submission(row.reference, "transmission"),
        back=visit.links.agent_submission(row.reference),
        revision=posted.revision or row.revision,
        heading="Transmettre à l’administration compétente",
        send="Transmettre la demande",
        questions=_questions(posted, offering),
        notes=[
            "La commune n’est pas compétente : elle transmet la demande et prévient la personne (article L114-2).",
            "Le délai de refus court depuis la première réception ; celui d’acceptation commence là-bas (L114-3).",
        ],
        blocked="" if is_open else "Cette demande a déjà sa décision, ou elle est close : elle ne se transmet plus.",
        preview=preview,
        problems=Problems(problems),
    )
    code = 422 if problems else 200
    return visit.page("agents/submission/letter.html", code=code, frame=agent_frame(visit), page=page)


def _questions(posted: Posted, offering: Sequence[AuthorityView]) -> list[Question]:
    chosen = posted.one("to") or (_ELSEWHERE if not offering else "")
    options = [views.Option(one.slug, one.name, selected=one.slug == chosen) for one in offering]
    options.append(views.Option(_ELSEWHERE, "Une autre administration", selected=chosen == _ELSEWHERE))
    kind: Literal["select", "choice"] = "select" if len(options) > MOST_RADIOS else "choice"
    only = "Pour une autre administration seulement. "
    after = "Remettez-lui ensuite le dossier, à télécharger sur la page de la demande, par un moyen sûr."
    return [
        Question("to", "À qui ?", kind, options=options),
        Question("name", "Son nom", "text", only + after, posted.text("name"), required=False),
        Question("address", "Son adresse postale", "long", only, posted.text("address"), required=False),
        Question("email", "Son adresse électronique", "text", only, posted.text("email"), required=False),
        Question("telephone", "Son téléphone", "text", only, posted.text("telephone"), required=False),
        Question(
            "note", "Votre message à l’usager", "long", "Il le lit tel quel.", posted.text("note"), required=False
        ),
    ]


def _as_text(visit: Visit[AgentActor], found: Whole) -> str:
    """The answers as a page of text, with what the other administration must keep: the first reception."""
    row, names = found.submission, {"authority": {"name": visit.authority.name}}
    lines = [
        f"Demande {row.reference} – {found.procedure.title}",
        f"Première réception : {wording.long_date(row.first_received_on)}, {visit.authority.name}",
        f"Demandeur : {row.applicant_name}",
    ]
    for section in summary.sections(found.procedure.form, row.current_answers):
        lines += ["", render(section.title, names)]
        lines += [f"- {render(line.label, names)} : {line.text}" for line in section.lines if not line.missing]
    return "\n".join(lines) + "\n"


def _zipped(storage: Storage, text: str, files: Sequence[AttachmentView]) -> IO[bytes]:
    """The archive in a temporary file, at its beginning."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 - closed once it is sent
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("demande.txt", text)
        for number, file in enumerate(files, start=1):
            with storage.open(file.key) as source, archive.open(f"{number:02d}-{_plain(file.name)}", "w") as kept:
                while chunk := source.read(_CHUNK):
                    kept.write(chunk)
    made.seek(0)
    return made


def _plain(name: str) -> str:
    """The name without anything that a file system reads as a path."""
    return "".join(c if c.isalnum() or c in ".-_ " else "_" for c in name)[-100:].lstrip(".") or "fichier"


def _chunks(content: IO[bytes]) -> Iterator[bytes]:
    with content:
        while chunk := content.read(_CHUNK):
            yield chunk
