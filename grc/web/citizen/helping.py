"""A demande made for somebody else: the helper says who they are; the person helped may say that they never agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session
from starlette.responses import Response

from grc.access.actors import Visitor
from grc.catalogue import queries as catalogue
from grc.errors import Conflict, Invalid, Problem
from grc.franceconnect.claims import PivotIdentity
from grc.receipts import wording
from grc.submissions import drafts, helpers, helping, prefill, queries
from grc.submissions.drafts import DraftView
from grc.submissions.helpers import Helper
from grc.submissions.models import Submission
from grc.submissions.queries import Whole
from grc.web.bodies import Posted
from grc.web.citizen.beginnings import carried_by_link, first_page
from grc.web.citizen.helping_views import HelperNote, HelperPage, ObjectionPage, Quality
from grc.web.citizen.views import AnswerLine, AnswerSection
from grc.web.frame import Problems
from grc.web.framing import citizen_frame
from grc.web.visit import Visit

BEGIN, CHANGE, OBJECT = "pour-qui", "aide", "aidant"
_INPUTS = ("quality", "given_names", "family_name", "organisation", "email", "telephone", "mandate", "copied")
QUALITIES = (
    Quality(helpers.RELATIVE, "Je suis un proche", "Famille, ami, voisin."),
    Quality("france_services", "Je suis conseiller France services"),
    Quality(helpers.AIDANTS_CONNECT, "Je suis aidant habilité Aidants Connect"),
    Quality("professional", "Je suis un autre professionnel", "Travailleur social, association, tuteur…"),
)
TYPED_QUALITIES = tuple(Quality(value, words[0].upper() + words[1:]) for value, words in helpers.QUALITIES.items())
"""The same, as an agent types them."""


async def show_new(visit: Visit[Visitor]) -> Response:
    """The questions to a helper, before a demande begins."""
    offered, account = await visit.read(_offered, visit.path["slug"])
    return _page(
        visit,
        offered.procedure.title,
        action=visit.links.procedure(offered.procedure.slug, BEGIN),
        back=visit.links.procedure(offered.procedure.slug, "identification"),
        typed=helpers.proposed(account),
        account=account,
        carried=[*carried_by_link(offered.procedure, visit.query).items()],
    )


async def begin(visit: Visit[Visitor]) -> Response:
    """A new draft in the hands of a helper; what is wrong keeps what was typed."""
    posted, slug = await visit.form(), visit.path["slug"]
    link = {name: posted.one(name) for name in posted.values if name.startswith(prefill.LINK_NAME)}
    try:
        started = await visit.write(
            helping.begin, visit.authority, slug, _said(posted), client=visit.client_address, link=link
        )
    except Invalid as invalid:
        offered, account = await visit.read(_offered, slug)
        return _page(
            visit,
            offered.procedure.title,
            action=visit.links.procedure(slug, BEGIN),
            back=visit.links.procedure(slug, "identification"),
            typed=_said(posted),
            account=account,
            carried=[*link.items()],
            problems=invalid.problems,
        )
    return first_page(visit, started)


async def show(visit: Visit[Visitor]) -> Response:
    """The same questions, of a draft: to say it later, or otherwise."""
    draft, account = await visit.read(_drafted, visit.path["draft"])
    return _draft_page(visit, draft, _typed(draft.helper) or helpers.proposed(account), account)


async def declare(visit: Visit[Visitor]) -> Response:
    """Who helps, or that nobody does; then on with the form."""
    posted, public_id = await visit.form(), visit.path["draft"]
    following = visit.links.draft(public_id, "suite")
    if posted.one("then") == "self":
        await visit.write(helping.forget, visit.authority, public_id)
        return visit.redirect(following)
    try:
        await visit.write(helping.declare, visit.authority, public_id, _said(posted))
    except Invalid as invalid:
        draft, account = await visit.read(_drafted, public_id)
        return _draft_page(visit, draft, _said(posted), account, problems=invalid.problems)
    return visit.redirect(following)


async def show_objection(visit: Visit[Visitor]) -> Response:
    """What it means to say that one never agreed; its button is not the helper's."""
    found, helper = await _helped(visit)
    if not await visit.read(helping.may_object, found.submission):
        raise Conflict(helping.NOT_THEIRS)
    return _objection(visit, found, helper)


async def object_to(visit: Visit[Visitor]) -> Response:
    """The helper's access cut; the new code is shown, once."""
    await visit.form()
    code = await visit.write(helping.contest, visit.authority, visit.path["reference"])
    found, helper = await _helped(visit)
    return _objection(visit, found, helper, code=code)


def section_of(visit: Visit[Visitor], draft: DraftView) -> AnswerSection | None:
    """What a helper declared, as the page to check shows it; None where nobody helps."""
    helper = draft.helper
    if helper is None:
        return None
    change = visit.links.draft(draft.public_id, CHANGE)
    reach = ", ".join(part for part in (helper.email, _phone(helper.telephone)) if part)
    labels = _LABELS[visit.actor.agent is not None]
    texts = ("une autre personne, avec son accord", helper.words, reach, "Oui" if helper.is_copied else "Non")
    lines = [AnswerLine(label, text) for label, text in zip(labels, texts, strict=True)]
    lines[0] = replace(lines[0], change=change)
    return AnswerSection("La personne qui aide", lines)


def how_told(row: Submission) -> str:
    """How the person helped is told of what was filed for them; "" where nobody helped, or of a report."""
    if row.helper is None or row.is_report:
        return ""
    means = "par la poste" if row.on_paper else "par courriel"
    return (
        f"{row.applicant_name} reçoit {means} son code de suivi, et la nouvelle que vous avez déposé la demande. "
        "Vous la suivez dans ce navigateur, ou dans votre compte si vous êtes connecté."
    )


async def note_of(visit: Visit[Visitor], found: Whole) -> HelperNote | None:
    """Who filed the demande for whom; None where nobody helped. The helper is offered no objection."""
    row, helper = found.submission, Helper.of(found.submission.helper)
    if helper is None:
        return None
    whom = row.applicant_name or "une autre personne"
    if helping.is_contested(found):
        return HelperNote(f"Déposée par {helper.words} pour {whom}. Son accès à cette demande est coupé.", is_over=True)
    if not await visit.read(helping.may_object, row):
        return HelperNote(f"Vous avez déposé cette demande pour {whom}.")
    return HelperNote(
        f"Cette demande est déposée par {helper.words} pour {whom}.",
        object=visit.links.submission(row.reference, OBJECT),
    )


def _offered(session: Session, slug: str, *, by: Visitor) -> tuple[catalogue.Published, PivotIdentity | None]:
    return catalogue.published(session, by.authority_id, slug), helping.account_of(session, by)


def _drafted(session: Session, public_id: str, *, by: Visitor) -> tuple[DraftView, PivotIdentity | None]:
    return drafts.find(session, public_id, by=by), helping.account_of(session, by)


async def _helped(visit: Visit[Visitor]) -> tuple[Whole, Helper]:
    found: Whole = await visit.read(queries.whole, visit.path["reference"])
    helper = Helper.of(found.submission.helper)
    if helper is None:
        raise Conflict("Personne n’a déposé cette demande pour quelqu’un d’autre.")
    return found, helper


def _said(posted: Posted) -> dict[str, str]:
    return {name: posted.text(name)[:400] for name in _INPUTS}


def _typed(helper: Helper | None) -> dict[str, str]:
    """What a helper declared, as the inputs say it."""
    if helper is None:
        return {}
    told = {name: str(getattr(helper, name)) for name in _INPUTS[:6]}
    return {**told, "mandate": "yes" if helper.mandated_on else "", "copied": "yes" if helper.is_copied else ""}


def _draft_page(
    visit: Visit[Visitor],
    draft: DraftView,
    typed: Mapping[str, str],
    account: PivotIdentity | None,
    *,
    problems: Sequence[Problem] = (),
) -> Response:
    return _page(
        visit,
        draft.procedure.title,
        action=visit.links.draft(draft.public_id, CHANGE),
        back=visit.links.draft(draft.public_id, "suite"),
        typed=typed,
        account=account,
        problems=problems,
        is_change=True,
        is_helped=draft.helper is not None,
    )


def _page(
    visit: Visit[Visitor],
    procedure: str,
    *,
    action: str,
    back: str,
    typed: Mapping[str, str],
    account: PivotIdentity | None,
    carried: Sequence[tuple[str, str]] = (),
    problems: Sequence[Problem] = (),
    is_change: bool = False,
    is_helped: bool = False,
) -> Response:
    page = HelperPage(
        procedure=procedure,
        action=action,
        back=back,
        back_text="Retour" if not is_change else "Ma demande" if visit.actor.agent is None else "La demande",
        qualities=QUALITIES if visit.actor.agent is None else TYPED_QUALITIES,
        typed=typed,
        problems=Problems(problems),
        carried=carried,
        is_change=is_change,
        is_helped=is_helped,
        in_mandate=helpers.is_of_aidants_connect(account),
        is_desk=visit.actor.agent is not None,
    )
    code = 422 if problems else 200
    return visit.page("citizen/helper.html", code=code, frame=citizen_frame(visit), page=page)


def _objection(visit: Visit[Visitor], found: Whole, helper: Helper, *, code: str = "") -> Response:
    row = found.submission
    page = ObjectionPage(
        reference=row.reference,
        title=found.procedure.title,
        helper=helper.words,
        action="" if helping.is_contested(found) else visit.links.submission(row.reference, OBJECT),
        back=visit.links.submission(row.reference),
        consequences=[wording.typeset(sentence) for sentence in _CONSEQUENCES],
        code=code,
    )
    return visit.page("citizen/objection.html", frame=citizen_frame(visit), page=page)


_LABELS = {
    False: ("Vous faites cette demande pour", "Vous êtes", "Pour vous joindre", "Copie des messages pour vous"),
    True: ("La demande est faite pour", "L’aidant", "Pour joindre l’aidant", "Copie des messages pour l’aidant"),
}
"""The labels of what a helper declared: to the helper, and to the agent who types it."""
_CONSEQUENCES = (
    "Cette personne ne peut plus lire la demande ni recevoir de copie. L’ancien code de suivi ne fonctionne plus.",
    "La demande reste déposée à votre nom : rien de ce qu’elle contient ne change. Vous pouvez ensuite la retirer.",
    "Le service est prévenu, et vous contacte.",
)


def _phone(number: str) -> str:
    if len(number) != 10:
        return number
    return wording.NBSP.join(number[at : at + 2] for at in range(0, 10, 2))
