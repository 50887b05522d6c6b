"""The actions `link` and `redirect`: where the citizen's page leads next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from grc.submissions.effects.told import Told
from grc.submissions.exchange_models import SubmissionLink
from grc.workflow.definition import Action

if TYPE_CHECKING:
    from grc.submissions.acts import Act

LINKED = "linked"


def link(act: Act, action: Action, _told: Told) -> None:
    """Offers another procedure on the citizen's page, once; the link knows the demande made from it."""
    slug, table = str(action.params["procedure"]), SubmissionLink
    mine = (col(table.authority_id) == act.authority.id, col(table.from_id) == act.id, col(table.kind) == LINKED)
    offered = select(col(table.id)).where(*mine, col(table.other_reference) == slug)
    if act.session.execute(offered).first() is None:
        act.session.add(
            table(authority_id=act.authority.id, kind=LINKED, from_id=act.id, other_reference=slug, at=act.now)
        )


def redirect(act: Act, action: Action, _told: Told) -> None:
    """Shows a link on the citizen's page, until the demande leaves its state."""
    act.submission.redirect = {"url": str(action.params["url"]), "label": str(action.params["label"])}
    act.session.add(act.submission)
