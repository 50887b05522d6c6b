"""What people wrote on a demande, as the citizen reads it, and the form of their answer."""

from __future__ import annotations

from grc.access.actors import Visitor
from grc.attachments.commands import AttachmentView
from grc.submissions import conversation, thread
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.queries import Whole
from grc.web import exchange, uploads
from grc.web.exchange import Panel, Taken
from grc.web.frame import Problems
from grc.web.visit import Visit

_SAID = "Votre message est envoyé."
_EMPTY = "Aucun message pour l’instant. Le service peut vous écrire ici, et vous pouvez lui poser une question."
_SEEN = "Le service lit votre message avec votre demande. Il ne change ni son examen ni le délai de réponse."


def panel(visit: Visit[Visitor], found: Whole, taken: Taken | None = None) -> Panel:
    """The messages of people on this demande, and the form of the citizen's answer."""
    row, service = found.submission, found.service
    is_open = thread.may_be_written_to(row)
    reach = " ou ".join(filter(None, (service.email, service.telephone)))
    closed = f"Cette demande est close : on ne peut plus y écrire. Pour écrire au service {service.name} : {reach}."

    def author(entry: ThreadEntry) -> str:
        if entry.author_kind == "citizen":
            return "Vous"
        return f"{found.agents.get(entry.author_id or 0, 'La mairie')}, {service.name}"

    def href(file: AttachmentView) -> str:
        return visit.links.file(row.reference, file.public_id)

    return Panel(
        id="thread",
        title="Messages",
        messages=exchange.messages(visit, found, conversation.MESSAGE, author=author, mine="citizen", href=href),
        empty=_EMPTY if is_open else "Aucun message.",
        label="Votre message au service",
        button="Envoyer mon message",
        action=visit.links.submission(row.reference, "messages") if is_open else "",
        hint=_SEEN,
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        closed="" if is_open else closed,
        said=_SAID if visit.query.get("fait") == "message" else "",
        typed=taken.text if taken else "",
        problems=Problems(taken.problems if taken else ()),
    )
