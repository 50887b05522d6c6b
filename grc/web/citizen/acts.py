"""What a citizen can do on a demande: correct the address, add a document, answer a request, withdraw."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from grc.access.actors import Visitor
from grc.attachments.commands import StoredFile
from grc.errors import Conflict, Problem
from grc.submissions import arrivals, queries
from grc.submissions import citizen_commands as commands
from grc.submissions.commands import REASONS
from grc.submissions.models import DocumentsRequest
from grc.submissions.queries import Whole
from grc.web import uploads
from grc.web.bodies import Posted
from grc.web.citizen import views
from grc.web.citizen.tracking import rule_of_request
from grc.web.downloads import hindrance
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

_DOCUMENT = "document"
_NOTHING_CHOSEN = "Choisissez un document sur votre appareil."


async def show_email(visit: Visit[Visitor]) -> Response:
    """Where a mistyped address is corrected."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return _email_page(visit, found)


async def correct_email(visit: Visit[Visitor]) -> Response:
    """The address corrected; the receipt goes again with its original date."""
    posted = await visit.form()
    typed = posted.one("email")
    problem = await visit.write(commands.correct_email, visit.authority, visit.path["reference"], typed)
    if problem is not None:
        found: Whole = await visit.read(queries.whole, visit.path["reference"])
        return _email_page(visit, found, typed=typed, problem=problem)
    visit.platform.wake()
    return _back(visit, "adresse")


async def show_piece(visit: Visit[Visitor]) -> Response:
    """Where one more document is sent."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return _piece_page(visit, found)


async def add_piece(visit: Visit[Visitor]) -> Response:
    """One more document, kept and shown to the service."""
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    kept, problems = await _keep(visit, found, posted, _DOCUMENT)
    if not kept and not problems:
        problems = [Problem(_DOCUMENT, "required", _NOTHING_CHOSEN)]
    if problems:
        return _piece_page(visit, found, problems=problems)
    async with uploads.kept_by(visit.platform.storage, kept):
        await visit.write(
            commands.add_piece, visit.authority, visit.path["reference"], kept, client=visit.client_address
        )
    visit.platform.wake()
    return _back(visit, "piece")


async def show_complement(visit: Visit[Visitor]) -> Response:
    """The documents asked for, and nothing else."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return _complement_page(visit, found)


async def answer_complement(visit: Visit[Visitor]) -> Response:
    """The documents sent; with the last one the examination resumes."""
    posted = await visit.form(max_files=uploads.MOST_AT_ONCE)
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    request = _waiting(found)
    files: dict[str, list[StoredFile]] = {}
    problems: list[Problem] = []
    for item in request.items:
        name = str(item["field"])
        kept, wrong = await _keep(visit, found, posted, name)
        problems += wrong
        if kept:
            files[name] = kept
    if not files:
        problems = problems or [Problem(str(request.items[0]["field"]), "required", _NOTHING_CHOSEN)]
        return _complement_page(visit, found, problems=problems)
    reference, kept_files = visit.path["reference"], [file for found_files in files.values() for file in found_files]
    async with uploads.kept_by(visit.platform.storage, kept_files):
        _, still = await visit.write(commands.answer_request, visit.authority, reference, files)
    visit.platform.wake()
    if not still:
        after: Whole = await visit.read(queries.whole, reference)
        return _back(visit, "analyse" if after.submission.phase == "waiting" else "complet")
    if not problems:
        return _to_complement(visit)
    found = await visit.read(queries.whole, reference)
    return _complement_page(visit, found, problems=problems)


async def withdraw(visit: Visit[Visitor]) -> Response:
    """The demande, withdrawn."""
    posted = await visit.form()
    await visit.write(commands.withdraw, visit.authority, visit.path["reference"], revision=posted.revision)
    visit.platform.wake()
    return _back(visit, "retrait")


def _back(visit: Visit[Visitor], done: str) -> Response:
    return visit.redirect(f"{visit.links.submission(visit.path['reference'])}?fait={done}")


def _to_complement(visit: Visit[Visitor]) -> Response:
    return visit.redirect(f"{visit.links.submission(visit.path['reference'], 'complements')}?fait=incomplet")


async def _keep(
    visit: Visit[Visitor], found: Whole, posted: Posted, name: str
) -> tuple[list[StoredFile], list[Problem]]:
    already = sum(file.size_bytes for file in found.files if file.sender == "citizen")
    return await uploads.keep(
        visit.platform, posted.files(name), authority=visit.authority.slug, field=name, already=already
    )


def _email_page(visit: Visit[Visitor], found: Whole, typed: str = "", problem: Problem | None = None) -> Response:
    row = found.submission
    page = views.EmailPage(
        reference=row.reference,
        current=row.contact_email,
        action=visit.links.submission(row.reference, "adresse"),
        back=visit.links.submission(row.reference),
        typed=typed,
        problems=Problems([problem] if problem else []),
    )
    code = 422 if problem else 200
    return visit.page("citizen/email_correction.html", code=code, frame=citizen_frame(visit), page=page)


def _piece_page(visit: Visit[Visitor], found: Whole, problems: list[Problem] | None = None) -> Response:
    row = found.submission
    page = views.PiecePage(
        reference=row.reference,
        action=visit.links.submission(row.reference, "pieces"),
        back=visit.links.submission(row.reference),
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        problems=Problems(problems or []),
    )
    code = 422 if problems else 200
    return visit.page("citizen/piece.html", code=code, frame=citizen_frame(visit), page=page)


def _complement_page(visit: Visit[Visitor], found: Whole, problems: list[Problem] | None = None) -> Response:
    row, request = found.submission, _waiting(found)
    page = views.ComplementPage(
        reference=row.reference,
        title=found.procedure.title,
        action=visit.links.submission(row.reference, "complements"),
        back=visit.links.submission(row.reference),
        deadline=request.due_on,
        items=[_item(found, request, item) for item in request.items if arrivals.RECEIVED_ON not in item],
        note=request.remark,
        sentences=rule_of_request(found),
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        problems=Problems(problems or []),
    )
    code = 422 if problems else 200
    return visit.page("citizen/complement.html", code=code, frame=citizen_frame(visit), page=page)


def _item(found: Whole, request: DocumentsRequest, item: dict[str, Any]) -> views.RequestedItem:
    files = [
        views.SentFile(file.public_id, file.name, file.size_bytes, hindrance=hindrance(file))
        for file in found.files
        if file.documents_request_id == request.id and file.field == item["field"]
    ]
    return views.RequestedItem(
        name=str(item["field"]),
        title=str(item["title"]),
        reason=f"Document {REASONS[item['reason']]}.",
        files=files,
    )


def _waiting(found: Whole) -> DocumentsRequest:
    request = found.open_request
    if request is None or found.submission.phase != "waiting":
        raise Conflict("La mairie n’attend plus de document pour cette demande.")
    return request
