"""A demande, for an agent: what it says, where it is, what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from starlette.responses import Response

from grc import clock
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may, require
from grc.attachments.commands import AttachmentView
from grc.conditions import render, value_at
from grc.errors import StaleSubmission, UnreadMessage
from grc.forms import summary
from grc.notifications import bounces
from grc.outbox.delivery import ALERT_AFTER
from grc.receipts import Acknowledgement, DocumentsRequested, PaperReceipt, StateNotice, wording
from grc.receipts import from_json as notice_of
from grc.submissions import commands, conversation, events, queries, staleness, timers
from grc.submissions.helpers import Helper
from grc.submissions.notices import HELPER
from grc.submissions.queries import Mailing, Whole
from grc.web import channels, gone, outcomes
from grc.web.agents import awaited, beside, consulted, deadlines, following, helped, messages, views
from grc.web.agents.inbox import applicant, due, due_of_clock
from grc.web.downloads import hindrance
from grc.web.exchange import Panel, written_with
from grc.web.flashes import with_flash
from grc.web.frame import PlaceLinks
from grc.web.framing import agent_frame
from grc.web.openings import open_to
from grc.web.visit import Visit
from grc.workflow.definition import Transition

_MAILS = {
    "acknowledgement": "Accusé de réception",
    "receipt_copy": "Copie de l’accusé de réception",
    "tracking_code": "Code de suivi",
    "new_submission": "Annonce au service",
    "documents_requested": "Demande de pièces",
    "decision": "Décision",
    "service_update": "Nouvel état, au service",
    "new_message": "Message à l’usager",
    "service_message": "Message de l’usager, annoncé au service",
    "envoi": "Accusé de réception d’un envoi",
    "filed_for_you": "Dépôt par un aidant, dit à la personne",
    "documents_reminder": "Rappel des pièces demandées",
    "registration": "Accusé d’enregistrement",
    "implied_decision": "Décision sans réponse",
    "attestation": "Attestation d’acceptation implicite",
    "reasons": "Motifs du refus",
    "acceptance_withdrawn": "Retrait de l’acceptation",
    "erratum": "Correction de la décision",
    "transfer": "Transmission à l’administration compétente",
    "paper_receipt": "Accusé de réception",
}
_DATED = (Acknowledgement, PaperReceipt, DocumentsRequested, StateNotice)
"""The notices that tell the date on which silence decides."""
_CHANGES = {
    "taken_charge": "Prise en charge",
    "documents_received": "Réception des documents",
    "withdrawn": "Retrait",
    "state_changed": "Nouvel état",
    "reminder": "Rappel du rendez-vous",
}
"""The mails that tell of a change of state, by change."""
_IDENTITIES = {
    "verified": "Confirmée par FranceConnect",
    "differs": "Compte FranceConnect, mais nom ou prénoms modifiés par l’usager : à vérifier",
    "declared": "Déclarée, non vérifiée",
}
_IDENTITY_ROLES = frozenset({"family-name", "given-names", "organisation-name", "siret", "siren", "rna"})
_ACTS = {
    "take_charge": ("prise-en-charge", True, "main"),
    "request_documents": ("pieces-manquantes", False, "other"),
    "accept": ("decision?issue=accepted", False, "other"),
    "refuse": ("decision?issue=refused", False, "warning"),
    "transfer": ("transmission", False, "other"),
}
"""The acts that have their own page, by event: page, done at once or not, style."""


async def show(visit: Visit[AgentActor]) -> Response:
    """The demande with its answers as asked then, its documents, history and mails."""
    require(visit.actor, Permission.SUBMISSION_READ)
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    return await page_of(visit, found)


async def page_of(
    visit: Visit[AgentActor],
    found: Whole,
    *,
    thread: Panel | None = None,
    notes: Panel | None = None,
    code: int = 200,
) -> Response:
    """The page of a demande. thread, notes: with what was typed and refused; None: as they are."""
    frame = with_flash(agent_frame(visit), visit.query.get("fait", ""))
    if found.submission.destroyed_at is not None:
        shown = [_mailing(visit, found, mail) for mail in found.mailings]
        letters = [gone.Letter(mail.title, mail.at, mail.href) for mail in shown if mail.href]
        destroyed = await visit.read(gone.look, found)
        left = gone.page(visit.authority, found, destroyed, letters, back=visit.links.agents())
        return visit.page("agents/submission/destroyed.html", code=code, frame=frame, page=left)
    page = replace(
        _page(visit, found),
        thread=thread or messages.thread_panel(visit, found),
        notes=notes or messages.notes_panel(visit, found),
    )
    around = await beside.of(visit, found)
    return visit.page("agents/submission/show.html", code=code, frame=frame, page=page, beside=around)


async def take_charge(visit: Visit[AgentActor]) -> Response:
    """In charge from now on."""
    posted = await visit.form()
    reference = visit.path["reference"]
    try:
        await visit.write(commands.take_charge, visit.authority, reference, revision=posted.revision)
    except StaleSubmission as stale:
        return await conflict(visit, stale)
    visit.platform.wake()
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=prise-en-charge")


async def conflict(visit: Visit[AgentActor], stale: StaleSubmission, *, typed: str = "") -> Response:
    """Somebody was quicker: who, when, what, and what the agent had written, so that nothing is lost."""
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    if isinstance(stale, UnreadMessage) and not visit.is_htmx:
        return messages.unread(visit, found, typed=typed)
    last = staleness.last_change(found.events)
    page = views.ConflictPage(
        reference=found.submission.reference,
        title=found.procedure.title,
        author=_author(found, last.actor_kind, last.actor_id),
        at=clock.local(visit.authority.zone, last.at),
        done=events.told(last, found.state_at(last).label),
        reload=visit.links.agent_submission(found.submission.reference),
        typed=typed,
    )
    if visit.is_htmx:
        return Response(status_code=204, headers={"HX-Redirect": page.reload})
    return visit.page("agents/submission/conflict.html", code=409, frame=agent_frame(visit), page=page)


def panel(visit: Visit[AgentActor], found: Whole) -> views.StatusPanel:
    """Where the demande is and what this agent may do: the fragment that an act returns."""
    row = found.submission
    state = found.procedure.workflow.state(row.state)
    answer_due = first = due(row, visit.today)
    label = "Refus implicite" if row.silence_rule == "rejection" else "Acceptation implicite"
    clocked = _first_clock(visit, found)
    if clocked is not None and (first is None or (first.level != "late" and clocked[1].on < first.on)):
        label, first = clocked
    return views.StatusPanel(
        reference=row.reference,
        state=state.label,
        sentence=outcomes.sentence(found),
        revision=row.revision,
        agent=found.agents.get(row.case_agent_id or 0, ""),
        due=first,
        due_label=label,
        steps=_steps_of_date(found) if first is not None and first is answer_due else (),
        acts=_acts(visit, found),
    )


def _first_clock(visit: Visit[AgentActor], found: Whole) -> tuple[str, views.Due] | None:
    """The first clock of the workflow that runs: what it is for, and its last day; None when none runs."""
    clocks = found.procedure.workflow.clocks
    running = [
        (each.due_at, clocks[name].label)
        for each in found.timers
        if each.state == "running" and (name := each.event.removeprefix(timers.CLOCK)) in clocks
    ]
    if not running:
        return None
    over, label = min(running)
    return label, due_of_clock(over, visit.today, visit.authority.zone)


def _acts(visit: Visit[AgentActor], found: Whole) -> list[views.Act]:
    acts = [_act(visit, found, transition) for transition in open_to(visit.actor, found)]
    return [*acts, *awaited.act_of(visit, found), *following.acts(visit, found), *helped.acts(visit, found)]


def _act(visit: Visit[AgentActor], found: Whole, transition: Transition) -> views.Act:
    """The button of a transition: its own page, or that of the moves when it has something to say or to ask."""
    at_once = not transition.confirm and not transition.asks and not transition.form
    page, posts, style = _ACTS.get(transition.event, (f"suites/{transition.event}", at_once, "other"))
    href = visit.links.agent_submission(found.submission.reference, page)
    return views.Act(transition.label, href, posts=posts, style=style)


def _steps_of_date(found: Whole) -> tuple[str, ...]:
    """How the date of implicit decision was computed, as last told to the citizen."""
    for notice in reversed(found.notices):
        facts = notice_of(notice.facts)
        if isinstance(facts, _DATED) and facts.silence is not None:
            return facts.silence.explanation
    return ()


def _page(visit: Visit[AgentActor], found: Whole) -> views.SubmissionPage:
    row, zone, notes = found.submission, visit.authority.zone, found.notes
    sections = _sections(visit, found)
    return views.SubmissionPage(
        reference=row.reference,
        title=found.procedure.title,
        applicant=applicant(row),
        received_at=clock.local(zone, row.received_at),
        back=visit.links.agents(),
        status=panel(visit, found),
        facts=[
            ("Nature", "Signalement, sans accusé de réception ni délai légal" if row.is_report else "Demande"),
            ("Service", found.service.name),
            ("Adresse électronique", row.contact_email or "Non donnée"),
            ("Identité", visit.tenant.named(_identity(found))),
            ("Déposée", _came(visit, found)),
            *((label, visit.tenant.named(text)) for label, text in helped.facts(found)),
            *consulted.facts(visit, found),
        ],
        alerts=_alerts(visit, found),
        sections=sections,
        places=_map(visit, sections),
        exports=[
            (name, visit.links.agent_submission(row.reference, f"reponses.{name.lower()}")) for name in ("CSV", "JSON")
        ],
        files=[_file(visit, found, file) for file in found.files if file.sender == "citizen"],
        history=[
            views.HistoryLine(
                at=clock.local(zone, event.at),
                author=_author(found, event.actor_kind, event.actor_id),
                text=events.told(event, found.state_at(event).label),
                note=notes.get(event.sequence, "") or written_with(found, event),
            )
            for event in reversed(found.events)
            if event.kind not in conversation.SPOKEN
        ],
        mailings=[_mailing(visit, found, mail) for mail in found.mailings],
        workflow=visit.links.agent_workflow(found.procedure.slug, version=str(row.version_id), etat=row.state),
        dates=deadlines.dates(visit, found),
        has_message=staleness.has_word_to_read(found.events),
        read=visit.links.agent_submission(row.reference, "messages/lecture")
        if may(visit.actor, Permission.SUBMISSION_HANDLE, row)
        else "",
        access=visit.links.agent_submission(row.reference, "acces"),
    )


def _came(visit: Visit[AgentActor], found: Whole) -> str:
    """How the demande came; of one that an agent typed, who, when, and the day of its reception."""
    row = found.submission
    how = channels.WORDS.get(row.channel, row.channel)
    if row.entered_by_id is None:
        return how
    typed_on = clock.day_in(visit.authority.zone, row.recorded_at)
    agent, stamp = found.agents.get(row.entered_by_id, "un agent"), wording.long_date(row.first_received_on)
    return wording.typeset(f"{how}, le {stamp}. Saisie par {agent} le {wording.long_date(typed_on)}")


def _author(found: Whole, kind: str, key: int | None) -> str:
    if kind == "agent":
        return found.agents.get(key or 0, "Un agent")
    return {"citizen": "L’usager", "key": "Un logiciel"}.get(kind, "Le système")


def _alerts(visit: Visit[AgentActor], found: Whole) -> list[str]:
    """What needs a hand: mails given up, or that have waited too long."""
    said = {
        "mail_undelivered": (
            "Un courriel n’a pas pu être remis : il n’a pas été transmis à l’usager, et les délais de recours qu’il "
            "annonce ne lui sont pas opposables (L112-12). Téléphonez-lui, ou faites corriger son adresse."
        ),
        "service_unreachable": "La boîte du service ne reçoit pas nos courriels. Faites corriger son adresse.",
        "file_infected": "Un document contenait un virus : il est détruit. Demandez-en un autre à l’usager.",
        "agent_file_infected": "Un document d’un agent contenait un virus : il est détruit. Joignez-en un autre.",
        "receipt_late": "L’accusé de réception n’est pas encore parti. Prévenez l’exploitant : la loi fixe un délai.",
    }
    alerts = [said[task.kind] for task in found.tasks if task.kind in said]
    waiting = [mail for mail in found.mailings if mail.state == "pending" and mail.tries]
    if waiting and visit.now - waiting[0].created_at > ALERT_AFTER:
        alerts.append("Des courriels attendent : le serveur de messagerie ne répond pas. L’envoi est retenté.")
    return [*alerts, *following.alerts(visit, found)]


def _identity(found: Whole) -> str:
    """How far the name of who asks is vouched for."""
    if not found.submission.applicant_name:
        return "Non donnée"
    return _IDENTITIES.get(str(found.events[0].data.get("identity", "")), _IDENTITIES["declared"])


def _sections(visit: Visit[AgentActor], found: Whole) -> list[views.AnswerSection]:
    names = {"authority": {"name": visit.authority.name}}
    by_id = {file.public_id: file for file in found.files}
    vouched = frozenset(found.events[0].data.get("verified") or ())
    form = found.procedure.entered_by(found.submission.channel).form
    return [
        views.AnswerSection(
            title=render(section.title, names),
            lines=[
                views.AnswerLine(
                    label=render(line.label, names),
                    text="" if line.files else line.text,
                    missing=line.missing,
                    files=[_file(visit, found, by_id[f["id"]]) for f in line.files if f["id"] in by_id],
                    mark=visit.tenant.named(_mark(line, vouched)) if not line.missing else "",
                    pin=_pin(visit, line, found),
                )
                for line in section.lines
            ],
        )
        for section in summary.sections(form, found.submission.current_answers)
    ]


def _pin(visit: Visit[AgentActor], line: summary.Line, found: Whole) -> tuple[float, float] | None:
    """Where an answer is on the map, None for any other answer and where there is no map."""
    if line.field.kind != "place" or not visit.platform.tiles.is_offered:
        return None
    value = value_at(found.submission.current_answers, line.field.path)
    point = value.get("coordinates") if isinstance(value, dict) else None
    return (point[0], point[1]) if point else None


def _map(visit: Visit[AgentActor], sections: Sequence[views.AnswerSection]) -> PlaceLinks | None:
    """What the maps of these answers need."""
    if not any(line.pin for section in sections for line in section.lines):
        return None
    return PlaceLinks(tiles=visit.links.places("cartes"), credit=visit.platform.config.map_credit)


def _mark(line: summary.Line, vouched: frozenset[str]) -> str:
    """Whether an identity is vouched for or only declared; "" for any other answer."""
    if line.name in vouched:
        return "vérifié par FranceConnect"
    return "déclaré" if line.field.role in _IDENTITY_ROLES else ""


def _file(visit: Visit[AgentActor], found: Whole, file: AttachmentView) -> views.SentFile:
    names = {"authority": {"name": visit.authority.name}}
    titles = {field.name: render(field.title, names) for field in found.procedure.form.fields if field.kind == "file"}
    titles |= {piece.field: piece.title for piece in found.procedure.pieces}
    return views.SentFile(
        name=file.name,
        size=file.size_bytes,
        href=visit.links.agent_file(found.submission.reference, file.public_id) if file.is_readable else "",
        hindrance=hindrance(file),
        field=titles.get(file.field, "Joint à un message" if file.thread_entry_id else "Envoyé en plus"),
        received_at=clock.local(visit.authority.zone, file.received_at),
        fingerprint=file.sha256,
    )


def _mailing(visit: Visit[AgentActor], found: Whole, mail: Mailing) -> views.Mailing:
    level, words = _returned(visit, mail) or {
        "sent": ("sent", f"Envoyé. Réponse du serveur de messagerie\u00a0: {mail.smtp_answer}"),
        "pending": ("waiting", f"Pas encore parti\u00a0: {mail.last_fault}" if mail.last_fault else "En cours d’envoi"),
        "dropped": ("waiting", "Remplacé par un envoi à l’adresse corrigée"),
        "awaited": ("waiting", "Lettre à imprimer"),
        "printed": ("waiting", "Lettre préparée, à poster"),
        "posted": ("sent", "Lettre postée"),
    }.get(mail.state, ("failed", f"Pas parti, envoi abandonné\u00a0: {mail.last_fault}"))
    to = mail.to_address or _will_go_to(found, mail)
    has_letter = mail.message_id is not None and mail.has_letter
    return views.Mailing(
        title=_MAILS.get(mail.kind) or _change(found, mail),
        to=to,
        at=clock.local(visit.authority.zone, mail.sent_at or mail.created_at),
        level=level,
        state=words,
        href=visit.links.agent_letter(found.submission.reference, mail.message_id or 0) if has_letter else "",
    )


def _will_go_to(found: Whole, mail: Mailing) -> str:
    """Where a mail goes that has not left yet."""
    helper = Helper.of(found.submission.helper)
    if mail.recipient == HELPER and helper is not None:
        return helper.email
    return found.submission.contact_email if mail.recipient == "citizen" else found.service.email


def _returned(visit: Visit[AgentActor], mail: Mailing) -> tuple[str, str] | None:
    """That a mail came back, when and why; None for one that did not."""
    if mail.bounced_at is None:
        return None
    when = wording.moment(mail.bounced_at, visit.authority.zone)
    return "failed", f"Revenu le {when} : {bounces.in_words(mail.bounce_code)} ({mail.bounce_code})"


def _change(found: Whole, mail: Mailing) -> str:
    """The name of a mail that tells of a change of state."""
    facts = next((notice_of(notice.facts) for notice in found.notices if notice.id == mail.notice_id), None)
    return _CHANGES[facts.change] if isinstance(facts, StateNotice) else mail.kind
