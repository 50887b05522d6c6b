"""What a citizen may ask after a decision: the attestation, the reasons, to contest it; decisions on paper.

Beside it, what the workflow itself lets them choose.
"""

from __future__ import annotations

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.catalogue import queries as catalogue
from grc.deadlines import reasons as periods
from grc.errors import NotFound
from grc.receipts import ImpliedDecisionNotice, sentences, statements, wording
from grc.receipts import from_json as notice_of
from grc.submissions import appeals, attesting, decisions, letters, phases, reasons
from grc.submissions.events import Kind
from grc.submissions.queries import Whole
from grc.web.citizen import choices, views
from grc.web.citizen.beginnings import first_page
from grc.web.visit import Visit


async def attest(visit: Visit[Visitor]) -> Response:
    """The attestation asked for; asked again, nothing changes."""
    await visit.form()
    await visit.write(attesting.attest, visit.authority, visit.path["reference"])
    visit.platform.wake()
    return _back(visit, "attestation-demandee")


async def ask_reasons(visit: Visit[Visitor]) -> Response:
    """The reasons asked for; asked again, nothing changes."""
    await visit.form()
    await visit.write(reasons.ask, visit.authority, visit.path["reference"])
    visit.platform.wake()
    return _back(visit, "motifs-demandes")


async def choose_paper(visit: Visit[Visitor]) -> Response:
    """Decisions on paper from now on, or by mail again."""
    posted = await visit.form()
    wanted = posted.one("papier") == "oui"
    await visit.write(letters.choose_paper, visit.authority, visit.path["reference"], wanted=wanted)
    return _back(visit, "papier" if wanted else "papier-fin")


async def contest(visit: Visit[Visitor]) -> Response:
    """A draft of a recours gracieux, which names the decision already."""
    await visit.form()
    started = await visit.write(appeals.begin, visit.authority, visit.path["reference"], client=visit.client_address)
    return first_page(visit, started)


async def offers(visit: Visit[Visitor], found: Whole) -> list[views.Offer]:
    """What is offered on this demande now, what silence decided first, then what the workflow lets them choose."""
    contested = await visit.read(_contesting, found)
    action = _action(visit, found, "recours")
    return [
        *_of_silence(visit, found),
        *choices.offers(visit, found),
        *_attestation(visit, found),
        *await visit.read(_reasons, visit, found),
        *(views.Offer("recours", "Contester cette décision", *said, action) for said in contested),
        *_paper(visit, found),
    ]


def _contesting(session: Session, found: Whole, *, by: Visitor) -> list[tuple[list[str], str]]:
    """The sentences and the button of a recours gracieux, those that were lodged, or whom to ask first; may be none."""
    standing = decisions.standing(found.decisions)
    if standing is None or standing.outcome != "refused" or appeals.is_recours(session, found.submission):
        return []
    lodged = appeals.lodged_against(session, found.submission)
    if lodged:
        return [
            ([f"Votre recours {one.reference} est arrivé le {wording.short_date(one.lodged_on)}."], "")
            for one in lodged
        ]
    ways = appeals.ways_against(session, found.submission)
    if not appeals.leads_here(ways):
        return [([said], "")] if (said := appeals.before_court(ways)) else []
    try:
        is_open = catalogue.published(session, by.authority_id, appeals.PROCEDURE).is_open
    except NotFound:
        is_open = False
    said = "Vous pouvez demander à la mairie de revoir sa décision. Ce recours est gratuit."
    return [([said], "Faire un recours gracieux")] if is_open else []


def _of_silence(visit: Visit[Visitor], found: Whole) -> list[views.Offer]:
    """What silence decided, as it was told; no more once somebody has answered."""
    told = [notice_of(one.facts) for one in found.notices if one.kind == ImpliedDecisionNotice.KIND]
    standing = decisions.standing(found.decisions)
    last = told[-1] if told else None
    if not isinstance(last, ImpliedDecisionNotice) or standing is None or standing.born_on is None:
        return []
    title = "Votre demande est acceptée, faute de réponse"
    if last.rule == "rejection":
        title = "Votre demande est refusée, faute de réponse"
    said = [statements.born(last.rule, last.born_on), *(appeal.text for appeal in last.appeals)]
    interruption = sentences.interruption(last.appeals)
    return [views.Offer("silence", title, [*said, interruption] if interruption else said)]


def _attestation(visit: Visit[Visitor], found: Whole) -> list[views.Offer]:
    if not attesting.may_attest(found.submission, list(found.decisions), visit.today, zone=visit.authority.zone):
        return []
    if any(event.kind == Kind.ATTESTED for event in found.events):
        return []
    return [
        views.Offer(
            "attestation",
            "Obtenir une attestation",
            [statements.ATTESTATION_CAN_BE_ASKED],
            "Demander mon attestation",
            _action(visit, found, "attestation"),
        )
    ]


def _reasons(session: Session, visit: Visit[Visitor], found: Whole, *, by: Visitor) -> list[views.Offer]:
    rejection = decisions.standing(found.decisions)
    if rejection is None or rejection.kind != "implicit_rejection":
        return []
    if any(event.kind == Kind.REASONS_ASKED for event in found.events):
        return []
    zone, holidays = visit.authority.zone, visit.authority.holidays
    period = appeals.time_to_appeal(session, found.submission, rejection, zone=zone, holidays=holidays)
    if period is None or not periods.are_owed(visit.today, period, born_on=rejection.born_on):
        return []
    return [
        views.Offer(
            "motifs",
            "Connaître les motifs du refus",
            [statements.REASONS_CAN_BE_ASKED],
            "Demander les motifs",
            _action(visit, found, "motifs"),
        )
    ]


def _paper(visit: Visit[Visitor], found: Whole) -> list[views.Offer]:
    """R30: whoever wants no electronic answer gets decisions by post."""
    row = found.submission
    if row.is_report or row.phase not in phases.OPEN or not row.contact_email:
        return []
    if row.on_paper:
        said, button, wanted = "Les décisions vous viennent par la poste.", "Les recevoir par courriel", "non"
    else:
        said, button, wanted = "Les décisions vous viennent par courriel.", "Les recevoir par la poste", "oui"
    action = _action(visit, found, "papier")
    return [views.Offer("papier", "Comment recevoir les décisions", [said], button, action, [("papier", wanted)])]


def _action(visit: Visit[Visitor], found: Whole, act: str) -> str:
    return visit.links.submission(found.submission.reference, act)


def _back(visit: Visit[Visitor], done: str) -> Response:
    return visit.redirect(f"{visit.links.submission(visit.path['reference'])}?fait={done}")
