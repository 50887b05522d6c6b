"""The journal of access and administration, in words: filtered, page by page, as a table to take away."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlmodel import Session, select
from starlette.responses import Response

from grc import clock, references
from grc.access.actors import AgentActor
from grc.access.permissions import Permission, require
from grc.authorities import queries as authorities
from grc.authorities.models import Service
from grc.catalogue.models import InstalledProcedure
from grc.errors import Problem
from grc.forms import export
from grc.journal import chaining, reading, verifying
from grc.journal.acts import LABELS, JournalAct
from grc.journal.chain import Seal
from grc.journal.reading import Entry, Page, Wanted
from grc.journal.recording import record
from grc.web.admin import journal_words as words
from grc.web.admin.forms import NO_PROBLEM, Choice
from grc.web.agents import holding
from grc.web.frame import Problems
from grc.web.framing import agent_frame
from grc.web.tiles import PATH as ADMINISTRATION
from grc.web.visit import Visit

PATH = f"{ADMINISTRATION}/journal"
_MONTHS = 37
_MOST_VERIFIED = 100_000
_MOST_TAKEN = 50_000
_CUT = f"Les {_MOST_TAKEN} dernières lignes seulement. Choisissez un mois, ou demandez « grc journal export »."


@dataclass(frozen=True)
class JournalRow:
    """A line in words. href: of the submission that it speaks of, or "". details: what else is known, may be empty."""

    at: datetime
    who: str
    what: str
    subject: str
    href: str
    details: str


@dataclass(frozen=True)
class JournalPage:
    """Lines of the journal. sealed_at: when the chain was last sealed, None before. waiting: recent lines without seal.

    next, first: other pages, or "". csv: where the same is taken away. is_filtered: some filter is set.
    """

    rows: Sequence[JournalRow]
    months: Sequence[Choice]
    acts: Sequence[Choice]
    agents: Sequence[Choice]
    typed: Mapping[str, str]
    action: str
    back: str
    csv: str
    next: str
    first: str
    sealed_at: datetime | None
    waiting: int
    verify: str
    verified: str = ""
    """What a verification asked for just now found; "" where none was. verify: the address that asks for it."""
    problems: Problems = NO_PROBLEM
    """The filter that is none, where the address was written by hand."""

    @property
    def is_filtered(self) -> bool:
        return any(self.typed.values())


async def show(visit: Visit[AgentActor]) -> Response:
    """A page of the journal, filtered as the address says."""
    require(visit.actor, Permission.JOURNAL_READ)
    typed = _typed(visit)
    wanted, problems = _wanted(typed)
    found, names, last, waiting = await visit.read(_read, wanted, visit.query.get("apres", ""))
    zone, query = visit.authority.zone, {name: value for name, value in typed.items() if value}
    here = visit.links.agents(PATH)
    page = JournalPage(
        rows=[] if problems else [_row(visit, one, names) for one in found.entries],
        months=[Choice(one, words.month(one)) for one in reading.months(visit.now, _MONTHS)],
        acts=sorted((Choice(str(act), label) for act, label in LABELS.items()), key=lambda one: one.label),
        agents=[Choice(str(key), name) for key, name in sorted(names.agents.items(), key=lambda one: one[1])],
        typed=typed,
        action=here,
        back=visit.links.agents(ADMINISTRATION),
        csv=visit.links.agents(f"{PATH}.csv", **query),
        next=f"{here}?{urlencode({**query, 'apres': found.following})}" if found.following else "",
        first=visit.links.agents(PATH, **query) if visit.query.get("apres") else "",
        sealed_at=None if last is None else clock.local(zone, last.sealed_at),
        waiting=waiting,
        verify=visit.links.agents(PATH, verifier="oui"),
        verified=await visit.read(_verified, visit.now) if visit.query.get("verifier") == "oui" else "",
        problems=Problems(problems),
    )
    return visit.page("admin/journal.html", code=422 if problems else 200, frame=agent_frame(visit), page=page)


async def as_csv(visit: Visit[AgentActor]) -> Response:
    """The lines as a table for a spreadsheet, and whether some are left out; that it was taken is a line too, first."""
    require(visit.actor, Permission.JOURNAL_READ)
    wanted, problems = _wanted(_typed(visit))
    await visit.write(_taken, wanted.month or "all")
    entries, names, is_cut = ([], words.Names(), False) if problems else await visit.read(_all, wanted)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("Quand", "Qui", "Quoi", "Sur quoi", "Précisions", "Numéro"))
    for one in entries:
        row = _row(visit, one, names)
        cells = (f"{row.at:%Y-%m-%d %H:%M:%S}", row.who, row.what, row.subject, row.details, str(one.id))
        writer.writerow([export.defused(cell) for cell in cells])
    if is_cut:
        writer.writerow([_CUT])
    headers = {"Content-Disposition": f'attachment; filename="journal-{visit.authority.slug}.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv", headers=headers)


def _typed(visit: Visit[AgentActor]) -> dict[str, str]:
    """The filters as the address says them."""
    return {name: visit.query.get(name, "").strip()[:60] for name in ("mois", "acte", "agent", "objet")}


def _wanted(typed: Mapping[str, str]) -> tuple[Wanted, list[Problem]]:
    """What to look for, and the filters that are none."""
    month, act, agent = typed["mois"], typed["acte"], typed["agent"]
    is_month = re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month, re.ASCII)
    is_agent = agent.isascii() and agent.isdigit() and len(agent) < 18
    wrong = {
        "mois": month and not is_month,
        "acte": act and act not in set(JournalAct),
        "agent": agent and not is_agent,
    }
    if any(wrong.values()):
        text = "Ce filtre n’existe pas. Choisissez dans la liste."
        return Wanted(), [Problem(name, "unknown", text) for name, is_so in wrong.items() if is_so]
    subject = references.read_reference(typed["objet"]) or typed["objet"]
    return Wanted(month, act, int(agent) if agent else None, subject), []


def _row(visit: Visit[AgentActor], one: Entry, names: words.Names) -> JournalRow:
    is_submission = one.subject_kind == "submission"
    return JournalRow(
        at=clock.local(visit.authority.zone, one.at),
        who=words.actor(one, names),
        what=words.act(one.act),
        subject=words.subject(one, names),
        href=visit.links.agent_submission(one.subject) if is_submission else "",
        details=words.details(one.data, names),
    )


def _read(
    session: Session, wanted: Wanted, after: str, *, by: AgentActor
) -> tuple[Page, words.Names, Seal | None, int]:
    found = reading.page(session, by.authority_id, wanted, after=after)
    waiting = len(chaining.unlinked(session, by.authority_id, most=chaining.BATCH))
    names = _names(session, by.authority_id)
    return found, names, chaining.last_seal(session, by.authority_id), waiting


def _all(session: Session, wanted: Wanted, *, by: AgentActor) -> tuple[list[Entry], words.Names, bool]:
    """The lines, newest first, the names of agents, and whether older lines are left out."""
    found = list(reading.every(session, by.authority_id, wanted, most=_MOST_TAKEN + 1))
    return found[:_MOST_TAKEN], _names(session, by.authority_id), len(found) > _MOST_TAKEN


def _names(session: Session, authority_id: int) -> words.Names:
    titles = holding.procedures(session, authority_id)
    mine = select(InstalledProcedure.id, InstalledProcedure.slug).where(InstalledProcedure.authority_id == authority_id)
    procedures = {key: titles[one] for one, slug in session.exec(mine) if one in titles for key in (str(one), slug)}
    ours = select(Service.id, Service.slug, Service.name).where(Service.authority_id == authority_id)
    services = {key: name for one, slug, name in session.exec(ours) for key in (str(one), slug)}
    return words.Names(authorities.agent_names(session, authority_id), services, procedures)


def _verified(session: Session, now: datetime, *, by: AgentActor) -> str:
    """What a verification of the whole journal found, in words; the operator's where it would take too long here."""
    lines = reading.count(session, by.authority_id, most=_MOST_VERIFIED + 1)
    if lines > _MOST_VERIFIED:
        return "Le journal est trop long pour cette page : l’exploitant le vérifie par « grc journal verify »."
    report = verifying.verify(session, by.authority_id, as_of=now)
    wrong = len(report.faults) + report.more
    if wrong:
        return f"{wrong} faute(s) : la première, {report.faults[0]}. Prévenez l’exploitant du site."
    return f"{report.entries} ligne(s) relues, aucune faute."


def _taken(session: Session, what: str, *, by: AgentActor, now: datetime) -> None:
    record(session, by.authority_id, JournalAct.JOURNAL_EXPORTED, ("journal", what), by=by, now=now)
