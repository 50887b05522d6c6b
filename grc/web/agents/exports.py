"""The answers of one demande to take away: a row for a spreadsheet, or the values as they are kept."""

from __future__ import annotations

import csv
import io
import json

from sqlmodel import Session
from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.conditions import render
from grc.forms import export
from grc.forms.answers import prune
from grc.submissions import queries
from grc.submissions.models import Submission
from grc.web import security
from grc.web.visit import Visit

_BOM = "\ufeff"
"""Without it a spreadsheet reads accents wrong."""


async def as_csv(visit: Visit[AgentActor]) -> Response:
    """A heading and a row, separated by semicolons as French spreadsheets want; no cell can run as a formula."""
    row, procedure = await visit.read(_filed, visit.path["reference"])
    names = {"authority": {"name": visit.authority.name}}
    columns, cells = export.columns(procedure.form), export.row(procedure.form, row.current_answers)
    received = clock.local(visit.authority.zone, row.received_at).isoformat(timespec="seconds")
    about = (
        ("Numéro", row.reference),
        ("Reçue le", received),
        ("État", procedure.workflow.state(row.state).label),
    )
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    titles = (render(column.title, names) for column in columns)
    writer.writerow(export.defused(text) for text in (*(name for name, _ in about), *titles))
    writer.writerow([*(value for _, value in about), *(cells[column.name] for column in columns)])
    return _attachment(_BOM + written.getvalue(), row, "csv", "text/csv; charset=utf-8")


async def as_json(visit: Visit[AgentActor]) -> Response:
    """The answers as they are kept, what is hidden left out, with what tells them apart."""
    row, procedure = await visit.read(_filed, visit.path["reference"])
    document = {
        "reference": row.reference,
        "procedure": procedure.slug,
        "received_at": row.received_at.isoformat(),
        "state": row.state,
        "answers": prune(procedure.form, row.current_answers),
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    return _attachment(text, row, "json", "application/json")


def _filed(session: Session, reference: str, *, by: AgentActor) -> tuple[Submission, Procedure]:
    require(by, Permission.SUBMISSION_READ)
    row = queries.find(session, by, reference)
    return row, catalogue.version(session, row.authority_id, row.version_id)


def _attachment(text: str, row: Submission, extension: str, media_type: str) -> Response:
    name = f"reponses-{row.reference}.{extension}"
    headers = {**security.DOWNLOAD, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode(), media_type=media_type, headers=headers)
