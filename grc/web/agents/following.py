"""What the law opens on a demande beside its workflow, for agents: buttons, and what is owed by when."""

from __future__ import annotations

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.receipts import DocumentsRequested, wording
from grc.submissions import attesting, correcting, decisions, late_refusals, phases, reasons, transfers, withdrawing
from grc.submissions.events import Kind
from grc.submissions.models import Task
from grc.submissions.notices import PRINT_LETTER
from grc.submissions.queries import Whole
from grc.submissions.registering import OWED
from grc.web.agents import views
from grc.web.agents.letter_views import TITLES
from grc.web.openings import events_open_to
from grc.web.visit import Visit


def acts(visit: Visit[AgentActor], found: Whole) -> list[views.Act]:
    """The buttons that the law opens on this demande beside those of its workflow."""
    row, owed = found.submission, {task.kind for task in found.tasks}
    made: list[tuple[bool, views.Act]] = []

    def offer(condition: bool, label: str, page: str, *, posts: bool = False, style: str = "other") -> None:
        made.append((condition, views.Act(label, visit.links.agent_submission(row.reference, page), posts, style)))

    decided = list(found.decisions)
    attested = any(notice.name == attesting.NAME for notice in found.notices)
    is_accepted = attesting.may_attest(row, decided, visit.today, zone=visit.authority.zone)
    offer(OWED in owed, "Envoyer l’accusé de réception", "accuse", posts=True, style="main")
    if may(visit.actor, Permission.SUBMISSION_DECIDE, row):
        offer(reasons.OWED in owed, "Donner les motifs du refus", "motifs", style="main")
        offer(is_accepted and not attested, "Délivrer l’attestation d’acceptation", "attestation", posts=True)
        offer(correcting.correctable(decided) is not None, "Corriger la décision", "erratum")
        offer(withdrawing.acceptance(decided) is not None, "Retirer l’acceptation", "retrait", style="warning")
    is_sent_on = any(event.kind == Kind.TRANSFERRED for event in found.events)
    is_left = row.phase in phases.OPEN and row.implied_on is None and not is_accepted
    is_told = is_left and bool(row.contact_email or not row.is_report)
    may_go = is_told and transfers.EVENT not in events_open_to(visit.actor, found)  # the workflow's own leads there
    offer(may_go, "Transmettre à une autre administration", "transmission")
    offer(is_sent_on, "Télécharger le dossier à remettre", "dossier.zip")
    for task in found.tasks:
        offer(
            task.kind == PRINT_LETTER,
            _letter("Imprimer et poster\u00a0: {letter}", found, task),
            f"lettres/{task.notice_id or 0}",
        )
    may_handle = may(visit.actor, Permission.SUBMISSION_HANDLE, row)
    return [act for condition, act in made if condition and may_handle]


def alerts(visit: Visit[AgentActor], found: Whole) -> list[str]:
    """What is owed and by when, late or not."""
    said = {
        OWED: "L’accusé de réception complet est dû avant le {day} : complétez le service, puis envoyez-le.",
        reasons.OWED: "L’usager a demandé les motifs du refus implicite : ils sont dus avant le {day} (L232-4).",
        attesting.OWED: "L’usager a demandé l’attestation de l’acceptation implicite (L232-3) : délivrez-la.",
        late_refusals.NAME: "Le refus n’a pas été notifié avant le {day} : le silence a accepté (L231-1). "
        "Si sa lettre est partie avant, notez le jour de son envoi.",
        PRINT_LETTER: "Une lettre attend d’être imprimée et postée\u00a0: {letter}.",
    }
    told = []
    for task in found.tasks:
        if task.kind in said:
            late = "En retard. " if task.due_on is not None and task.due_on < visit.today else ""
            day = wording.short_date(task.due_on) if task.due_on else ""
            told.append(late + _letter(said[task.kind].replace("{day}", day), found, task) + _unsent(found, task))
    return [*told, *_appeals(visit, found)]


def _letter(text: str, found: Whole, task: Task) -> str:
    """A text about a task, with the letter that it is about by its name."""
    kind = next((notice.kind for notice in found.notices if notice.id == task.notice_id), "")
    name = TITLES.get(kind, "Lettre")
    return text.replace("{letter}", name[0].lower() + name[1:])


def _unsent(found: Whole, task: Task) -> str:
    """That the clock runs on until this letter is posted, where it is one that stops the clock (L114-5)."""
    waits = any(notice.id == task.notice_id and notice.kind == DocumentsRequested.KIND for notice in found.notices)
    return " Le délai de réponse court tant que l’envoi n’est pas noté." if waits else ""


def _appeals(visit: Visit[AgentActor], found: Whole) -> list[str]:
    """That a recours came after the time to go to court: it is examined all the same, and interrupts nothing."""
    decided = decisions.standing(found.decisions)
    if decided is None or not found.appeals_on:
        return []
    zone, holidays = visit.authority.zone, visit.authority.holidays
    ways = found.procedure.appeal_for(found.submission.answers)
    period = decisions.time_to_appeal(found.submission, decided, ways, zone=zone, holidays=holidays)
    if any(event.kind == Kind.REASONS_ASKED for event in found.events):
        return []  # the time runs until two months after they are given: the page of dates says until when (L232-4)
    late = [day for day in found.appeals_on if period is not None and day > period.last_on]
    return ["Un recours est arrivé après le délai : examinez-le, il n’interrompt rien (L411-2)."] if late else []
