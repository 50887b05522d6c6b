"""A demande that somebody filed for its applicant, for agents: who, how to reach them, and the end of their access."""

from __future__ import annotations

from starlette.responses import Response

from grc.access.actors import AgentActor
from grc.access.permissions import Permission, may
from grc.receipts import wording
from grc.submissions import helpers, helping
from grc.submissions.helpers import Helper
from grc.submissions.queries import Whole
from grc.web.agents import views
from grc.web.visit import Visit

PAGE = "aidant"
_BEHIND = {
    helpers.BY_FRANCECONNECT: "Nom confirmé par FranceConnect",
    helpers.BY_AIDANTS_CONNECT: "Aidants Connect, l’identité confirmée est celle du demandeur",
    "": "Nom déclaré, non vérifié",
}


def facts(found: Whole) -> list[tuple[str, str]]:
    """Who filed it for whom, the agreement declared, and how to reach the helper; nothing where nobody helped."""
    helper = Helper.of(found.submission.helper)
    if helper is None:
        return []
    whom = found.submission.applicant_name or "une autre personne"
    told = [("Déposée par", f"{helper.words}, pour {whom}"), ("L’aidant", _BEHIND.get(helper.vouched_by, _BEHIND[""]))]
    if helping.is_contested(found):
        return [*told, ("Accord de la personne", "Contesté\u00a0: l’accès de l’aidant est coupé")]
    reach = "\n".join(part for part in (helper.email, wording.unbroken(helper.telephone)) if part)
    told.append(("Joindre l’aidant", reach))
    agreed = f"Déclaré le {wording.short_date(helper.agreed_on)}" if helper.agreed_on else "Déclaré"
    copies = "Il reçoit une copie des messages" if helper.is_copied else "Il ne reçoit pas de copie des messages"
    return [*told, ("Accord de la personne", f"{agreed}. {copies}.")]


def acts(visit: Visit[AgentActor], found: Whole) -> list[views.Act]:
    """The button that cuts a helper's access, for who hears the person's objection."""
    is_open = found.submission.helper is not None and not helping.is_contested(found)
    if not is_open or not may(visit.actor, Permission.SUBMISSION_HANDLE, found.submission):
        return []
    href = visit.links.agent_submission(found.submission.reference, PAGE)
    return [views.Act("Couper l’accès de l’aidant", href, posts=True, style="warning")]


async def cut(visit: Visit[AgentActor]) -> Response:
    """The helper's access cut, because the person told an agent that they never agreed."""
    await visit.form()
    reference = visit.path["reference"]
    await visit.write(helping.contest, visit.authority, reference)
    return visit.redirect(f"{visit.links.agent_submission(reference)}?fait=aidant-coupe")
