"""What a person reads in an archive without our program: a word of explanation, tables, forms and their schemas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select
from sqlmodel import Session

from grc import __version__, clock
from grc import tables as every_table
from grc.archives import mails
from grc.archives.contents import FORMAT, LEFT_OUT, MAIL, at_once, of_value, tables
from grc.archives.writing import Writer
from grc.catalogue import queries as catalogue
from grc.catalogue.definition import Procedure
from grc.conditions import render
from grc.errors import GrcError
from grc.forms import export, schema
from grc.web.operators_words import MAILS

_TABLES = every_table.submissions.Submission.metadata.tables
_SUBMISSION, _ATTACHMENT, _DECISION = _TABLES["submission"], _TABLES["attachment"], _TABLES["decision"]
_BOM = "\ufeff"
_OUTCOMES = {"accepted": "acceptée", "refused": "refusée"}


def write(session: Session, archive: Writer, authority: Mapping[str, Any], *, revision: str) -> list[str]:
    """Writes the readable part of an authority's archive. revision: of the tables.

    Gives the versions that this program cannot read any more: these have their document, no schema and no CSV.
    """
    unread: list[str] = []
    with archive.member("LISEZMOI.md") as member:
        member.write(_words(authority, revision).encode())
    filed = set(
        session.execute(select(_SUBMISSION.c.version_id).where(_mine(_SUBMISSION, authority)).distinct()).scalars()
    )
    for version in _versions(session, authority["id"]):
        name = f"{version.slug}-v{version.number}"
        _document(session, archive, name, version.id)
        try:
            procedure = catalogue.version(session, authority["id"], version.id)
        except GrcError:
            unread.append(name)
            continue
        _schema(archive, name, procedure)
        if version.id in filed:
            _demandes(session, archive, authority, (version.id, f"demandes/{name}.csv"), procedure)
    _pieces(session, archive, authority["id"])
    _courriers(session, archive, authority)
    _columns(archive)
    return unread


def _mine(table: Any, authority: Mapping[str, Any]) -> Any:
    return table.c.authority_id == authority["id"]


def _versions(session: Session, authority_id: int) -> Sequence[Row[Any]]:
    """Every version that was published."""
    version, procedure = _TABLES["procedure_version"], _TABLES["procedure"]
    wanted = (
        select(version.c.id, version.c.number, procedure.c.slug)
        .join(procedure, procedure.c.id == version.c.procedure_id)
        .where(version.c.authority_id == authority_id)
    )
    return session.execute(wanted.order_by(procedure.c.slug, version.c.number)).all()


def _document(session: Session, archive: Writer, name: str, version_id: int) -> None:
    """A form as it was published, whole, whether this program reads it or not."""
    version = _TABLES["procedure_version"]
    _json(
        archive,
        f"{name}.json",
        session.execute(select(version.c.document).where(version.c.id == version_id)).scalar_one(),
    )


def _schema(archive: Writer, name: str, procedure: Procedure) -> None:
    """The JSON Schema of its answers, which needs nothing else."""
    _json(archive, f"{name}.schema.json", {"title": procedure.title, **schema.stand_alone(procedure.form)})


def _json(archive: Writer, name: str, document: Any) -> None:
    with archive.member(f"formulaires/{name}") as member:
        member.write(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")


def _demandes(
    session: Session, archive: Writer, authority: Mapping[str, Any], which: tuple[int, str], procedure: Procedure
) -> None:
    """A line for each demande: what it is, then each answer."""
    version_id, name = which
    columns = export.columns(procedure.form)
    names = {"authority": {"name": authority["name"]}}
    about = ("Numéro", "Reçue le", "État", "Décision", "Décidée le", "Demandeur", "Courriel")
    with archive.member(name) as member:
        member.write(_line([_BOM + about[0], *about[1:], *(render(column.title, names) for column in columns)]))
        wanted = (of_value(_SUBMISSION.c.authority_id, authority["id"]), of_value(_SUBMISSION.c.version_id, version_id))
        for page in _pages(session.connection(), _SUBMISSION, wanted):
            decided = _decisions(session, authority["id"], [row.id for row in page])
            for row in page:
                cells = export.row(procedure.form, row.answers if row.edited is None else row.edited)
                outcome, at = decided.get(row.id, ("", None))
                told = (
                    row.reference,
                    _local(authority, row.received_at),
                    _state(procedure, row.state),
                    _OUTCOMES.get(outcome, outcome),
                    "" if at is None else _local(authority, at),
                    row.applicant_name,
                    row.contact_email,
                )
                member.write(_line([*told, *(cells[column.name] for column in columns)]))


def _decisions(session: Session, authority_id: int, ids: Sequence[int]) -> dict[int, tuple[str, Any]]:
    """The last decision of each of these demandes."""
    mine = (_DECISION.c.authority_id == authority_id, _DECISION.c.submission_id.in_(ids))
    wanted = select(_DECISION.c.submission_id, _DECISION.c.outcome, _DECISION.c.decided_at).where(*mine)
    return {row[0]: (row[1], row[2]) for row in session.execute(wanted.order_by(_DECISION.c.id))}


def _pieces(session: Session, archive: Writer, authority_id: int) -> None:
    """A line for each file: of which demande, its name, where it is in the archive."""
    references = _SUBMISSION.c.id, _SUBMISSION.c.reference
    with archive.member("pieces.csv") as member:
        member.write(_line([_BOM + "Numéro", "Question", "Nom", "Type", "Octets", "SHA-256", "Fichier de l’archive"]))
        for page in _pages(session.connection(), _ATTACHMENT, (of_value(_ATTACHMENT.c.authority_id, authority_id),)):
            ids = {row.submission_id for row in page if row.submission_id is not None}
            wanted = select(*references).where(_SUBMISSION.c.authority_id == authority_id, _SUBMISSION.c.id.in_(ids))
            of = {row.id: row.reference for row in session.execute(wanted)}
            for row in page:
                told = (of.get(row.submission_id, ""), row.field, row.name, row.media_type, str(row.size_bytes))
                member.write(_line([*told, row.sha256, f"files/{row.key}"]))


def _courriers(session: Session, archive: Writer, authority: Mapping[str, Any]) -> None:
    """A line for each mail and each letter on paper: of which demande, what it was, to whom, when, its file."""
    titles = ("Numéro", "Courrier", "Voie", "Adresse", "Parti le", "SHA-256", "Fichier de l’archive")
    wanted = mails.selected(is_whole=False)
    with archive.member("courriers.csv") as member:
        member.write(_line([_BOM + titles[0], *titles[1:]]))
        for page in _pages(session.connection(), MAIL, (of_value(MAIL.c.authority_id, authority["id"]),), wanted):
            for row in page:
                sent = "" if row.sent_at is None else _local(authority, row.sent_at)
                way = "papier" if row.channel == "paper" else "courriel"
                told = (row.reference or "", MAILS.get(row.kind, row.kind), way, row.to_address, sent, row.sha256)
                member.write(_line([*told, mails.name_of(row) or ""]))


def _columns(archive: Writer) -> None:
    """A line for each column of each table: its type, what it refers to."""
    with archive.member("colonnes.csv") as member:
        member.write(_line([_BOM + "Table", "Colonne", "Type", "Vide permis", "Renvoie à"]))
        for table in tables(of_installation=False):
            for each in table.c:
                refers = ", ".join(key.target_fullname for key in each.foreign_keys)
                kind = type(getattr(each.type, "impl_instance", each.type)).__name__
                member.write(_line([table.name, each.name, kind, "oui" if each.nullable else "non", refers]))


def _pages(
    connection: Connection, table: Any, mine: Sequence[Any], wanted: Select[Any] | None = None
) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a table, in order, a few hundred at a time."""
    after = 0
    statement = (select(table) if wanted is None else wanted).where(*mine).order_by(table.c.id).limit(at_once(table))
    while page := connection.execute(statement.where(table.c.id > after)).all():
        yield page
        after = page[-1].id


def _line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(export.defused(cell) for cell in cells)
    return written.getvalue().encode("utf-8", "replace")


def _local(authority: Mapping[str, Any], at: Any) -> str:
    return clock.local(authority["zone"], at).isoformat(timespec="seconds")


def _state(procedure: Procedure, state: str) -> str:
    try:
        return procedure.workflow.state(state).label
    except GrcError:
        return state


def _words(authority: Mapping[str, Any], revision: str) -> str:
    left = "\n".join(f"- `{name}` : {reason}." for name, reason in LEFT_OUT.items())
    return f"""# Archive de {authority["name"]}

Tout ce que l’installation gardait de cette collectivité, pris au même instant. Rien ici ne demande notre logiciel.

- `demandes/` : un tableau par démarche et par version de son formulaire, une ligne par demande, une colonne par
  réponse. CSV en UTF-8, séparé par des points-virgules : un tableur l’ouvre.
- `courriers/` : un dossier par demande, avec les accusés de réception, les décisions et les autres courriels tels
  qu’ils sont partis, octet pour octet. Un `.eml` s’ouvre dans un logiciel de messagerie, sa lettre y est jointe en
  PDF ; un `.pdf` est une lettre imprimée. `courriers.csv` en est la liste. Ceux qui portent un code de suivi, et ceux
  dont le contenu a été effacé, leur durée passée, n’ont pas de fichier.
- `pieces.csv` : les documents joints, avec leur demande, leur nom et leur place dans `files/`.
- `formulaires/` : chaque version publiée d’une démarche. `….json` en est tout le document (questions, pages, règles,
  circuit, textes) ; `….schema.json` est le schéma JSON (2020-12) de ses réponses, qui se lit seul.
  Un formulaire trop ancien pour ce programme n’a ni schéma ni tableau : ses demandes sont dans `tables/`.
- `tables/` : chaque table de la base, une ligne JSON par enregistrement ; `colonnes.csv` décrit les colonnes. Les
  dates sont en ISO 8601, les instants en UTC, les octets en base64. `notice` dit ce qu’affirme chaque accusé et chaque
  lettre, `event` ce qui est arrivé à chaque demande, `journal_entry` le journal des accès. Dans `message`, `raw` nomme
  le fichier du courrier ; dans une colonne `sealed_…`, `true` tient la place d’un secret.
- `files/` : les documents joints, octet pour octet.
- `manifest.json` : date, version, révision, nombre de lignes. `SHA256SUMS` : l’empreinte de chaque fichier ;
  `sha256sum --check SHA256SUMS` les vérifie.
- `secrets.sealed` : les secrets de la collectivité (fournisseurs d’identité, autres logiciels, seconds facteurs, clés
  qui retrouvent les codes de suivi, courriers qui en portent un), scellés par la phrase de passe choisie à l’export. Ce
  fichier peut manquer.

Cette archive contient des données personnelles : gardez-la comme telle.

Pour la remettre dans le logiciel : GRC {__version__}, format {FORMAT}, révision {revision} des tables. Une version plus
récente dit quoi faire.

N’y sont pas, exprès :

{left}
"""
