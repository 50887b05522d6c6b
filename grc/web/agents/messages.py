"""What people wrote on a demande, as agents read it: the thread, their private notes, a word unread."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.attachments.commands import AttachmentView
from grc.submissions import automatic, conversation
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.queries import Whole
from grc.web import exchange, uploads
from grc.web.agents import views
from grc.web.exchange import Panel, Taken
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.visit import Visit

_READ_ALONE = "Votre rôle permet de lire, pas d’écrire."
_HINT = "L’usager le reçoit par courriel, avec votre nom, et peut répondre. Ni l’état ni les dates ne changent."
_NOBODY_TELLS = (
    "Aucun courriel ne préviendra l’usager : il n’a pas donné d’adresse électronique. Il lit ce message avec son code."
)


def thread_panel(visit: Visit[AgentActor], found: Whole, taken: Taken | None = None) -> Panel:
    """The messages between the citizen and the service, and the form to answer."""
    row = found.submission
    return Panel(
        id="thread",
        title="Échanges avec l’usager",
        messages=_messages(visit, found, conversation.MESSAGE),
        empty="Aucun message pour l’instant.",
        label="Votre message à l’usager",
        button="Envoyer le message",
        action=_action(visit, found, "messages"),
        hint=_HINT if automatic.is_told(row) else _NOBODY_TELLS,
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        closed=_READ_ALONE,
        said="Votre message est envoyé." if visit.query.get("fait", "").startswith("message-") else "",
        typed=taken.text if taken else "",
        oob="#mails,#journal,#word",
        problems=Problems(taken.problems if taken else ()),
    )


def notes_panel(visit: Visit[AgentActor], found: Whole, taken: Taken | None = None) -> Panel:
    """What agents keep among themselves, and the form to add to it."""
    return Panel(
        id="notes",
        title="Notes des agents",
        messages=_messages(visit, found, conversation.NOTE),
        empty="Aucune note. Ce que vous notez ici, l’usager ne le voit jamais sur ses pages.",
        label="Votre note",
        button="Garder la note",
        action=_action(visit, found, "notes"),
        hint="Lue par les agents seuls. Restez factuel : l’usager a un droit d’accès (RGPD, article 15).",
        limits=uploads.limits(visit.platform.config.max_file_bytes),
        closed=_READ_ALONE,
        said="Votre note est gardée." if visit.query.get("fait") == "note" else "",
        typed=taken.text if taken else "",
        oob="#journal,#word",
        problems=Problems(taken.problems if taken else ()),
    )


def unread(visit: Visit[AgentActor], found: Whole, *, typed: str) -> Response:
    """What the citizen wrote meanwhile, and everything that the agent had posted, to go on with (409)."""
    posted = visit.request.state.posted
    written = [entry for entry in found.entries if entry.kind == conversation.MESSAGE]
    shown = zip(written, _messages(visit, found, conversation.MESSAGE), strict=True)
    kept = [(name, value) for name, values in posted.values.items() if name != "revision" for value in values]
    page = views.UnreadPage(
        reference=found.submission.reference,
        title=found.procedure.title,
        messages=[
            message
            for entry, message in shown
            if entry.author_kind == "citizen" and (entry.event_sequence or 0) > posted.revision
        ],
        action=visit.request.url.path,
        revision=found.submission.revision,
        carried=[(name, "preview" if name == "then" else value) for name, value in kept],
        back=visit.links.agent_submission(found.submission.reference),
        typed=typed,
    )
    return visit.page("agents/submission/unread.html", code=409, frame=agent_frame(visit), page=page)


def _action(visit: Visit[AgentActor], found: Whole, act: str) -> str:
    if not may(visit.actor, Permission.SUBMISSION_HANDLE, found.submission):
        return ""
    return visit.links.agent_submission(found.submission.reference, act)


def _messages(visit: Visit[AgentActor], found: Whole, kind: str) -> list[exchange.Message]:
    def author(entry: ThreadEntry) -> str:
        if entry.author_kind == "citizen":
            return found.submission.applicant_name or "L’usager"
        return found.agents.get(entry.author_id or 0, "Le circuit de la démarche")

    def href(file: AttachmentView) -> str:
        return visit.links.agent_file(found.submission.reference, file.public_id)

    return exchange.messages(visit, found, kind, author=author, mine="agent", href=href)
