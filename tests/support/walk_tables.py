"""What the paths of a procedure send, on which days, as a text that people read and that a change shows in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path as File

from grc.catalogue.definition import Procedure, SilenceItem
from grc.forms import answers as form_answers
from tests.support import walks
from tests.support.walking import Done, Mail, Walker
from tests.support.walks import Path, Start

FOLDER = File(__file__).parents[1] / "integration" / "catalogue" / "walks"
_RULES = {"acceptance": "acceptation", "rejection": "refus", "none": "aucune décision"}
_TO = {"citizen": "usager", "service": "service"}


@dataclass(frozen=True)
class Followed:
    """A path, and what each of its deeds left, the filing first."""

    path: Path
    done: tuple[Done, ...]


@dataclass(frozen=True)
class Silent:
    """A rule of silence, an example that falls under it, what its filing left, and what silence made of it, if any."""

    rule: SilenceItem
    start: Start
    filed: Done
    decided: Done | None


@dataclass(frozen=True)
class Table:
    """All that happened to the demandes of a procedure."""

    procedure: Procedure
    followed: tuple[Followed, ...]
    silent: tuple[Silent, ...]


def made(walker: Walker, procedure: Procedure) -> Table:
    """Each path followed for real, then each rule of silence left to itself."""
    paths = walks.paths(procedure)
    followed = tuple(Followed(path, tuple(walker.follow(procedure, path))) for path in paths)
    return Table(procedure, followed, tuple(_silent(walker, procedure)))


def _silent(walker: Walker, procedure: Procedure) -> Iterator[Silent]:
    starts = [
        (start, procedure.silence_for(form_answers.prune(procedure.form, start.answers, as_of=start.as_of)))
        for start in walks.starts(procedure)
    ]
    for rule in procedure.silence:
        start = next((start for start, mine in starts if mine is rule), None)
        if start is None and (
            (len(procedure.silence) > 1 and rule.condition is None) or _is_met_otherwise(procedure, rule)
        ):
            continue  # the rules before it leave nothing to the last one, or an authority must set a parameter first
        assert start is not None, f"{procedure.slug}: no example that passes falls under « {rule.source} »"
        yield Silent(rule, start, *walker.fall_silent(procedure, start))


def _is_met_otherwise(procedure: Procedure, rule: SilenceItem) -> bool:
    place = procedure.silence.index(rule)
    return any(
        set_so.silence_for(form_answers.prune(set_so.form, start.answers, as_of=start.as_of)) is set_so.silence[place]
        for set_so, start in walks.otherwise(procedure)
    )


def written(table: Table) -> str:
    """The table as text."""
    parts = [_head(table.procedure), *map(_path, table.followed), *map(_left_to_silence, table.silent)]
    return "\n".join(parts)


def _head(procedure: Procedure) -> str:
    flow = procedure.workflow
    return (
        f"{procedure.title} ({procedure.slug})\n"
        f"Circuit {flow.id} : {len(flow.states)} états, {len(flow.transitions)} transitions.\n"
        "Écrit par « python tools/walk_tables.py », d’après de vraies demandes ; ne pas modifier à la main.\n"
    )


def _path(followed: Followed) -> str:
    first, *rest = followed.done
    lines = [f"=== {followed.path.title}", f"{_day(first)} dépôt de {followed.path.start.name} → {first.state}"]
    lines += _left(first, None)
    for before, done in zip(followed.done, rest, strict=False):
        assert done.deed is not None
        by = ", ".join(done.deed.transition.by)
        form = f" {dict(done.deed.answers)}" if done.deed.answers else ""
        lines.append(f"{_day(done)} {done.deed.transition.event} ({by}){form} → {done.state}")
        lines += _left(done, before)
    return "\n".join(lines) + "\n"


def _left_to_silence(silent: Silent) -> str:
    rule, filed = silent.rule, silent.filed
    period = "" if rule.rule == "none" else f", {rule.period} {'mois' if rule.unit == 'month' else 'jours'}"
    head = f"=== Silence : {_RULES[rule.rule]}{period} ({rule.source})"
    first = f"{_day(filed)} dépôt de {silent.start.name} → {filed.state}"
    if silent.decided is None:
        return "\n".join([head, first, "    rien n’est décidé par le silence"]) + "\n"
    done = silent.decided
    return (
        "\n".join([head, first, *_left(filed, None), f"{_day(done)} silence → {done.state}", *_left(done, filed)])
        + "\n"
    )


def _left(done: Done, before: Done | None) -> list[str]:
    """The mails, then the days that are new or changed."""
    lines = [f"    {_to(mail)} : {mail.subject} [{mail.template}]" for mail in done.mails]
    if done.silence_on != (before.silence_on if before else None):
        lines.append(f"    silence : {_iso(done.silence_on)}")
    known = before.clocks if before else {}
    lines += [f"    échéance {name} : {_iso(day)}" for name, day in done.clocks.items() if known.get(name) != day]
    lines += [f"    échéance {name} : arrêtée" for name in known if name not in done.clocks]
    return lines or ["    aucun courriel"]


def _to(mail: Mail) -> str:
    return f"{_TO.get(mail.recipient, mail.recipient.partition(':')[0])} {mail.to}"


def _day(done: Done) -> str:
    return done.on.isoformat()


def _iso(day: date | None) -> str:
    return "aucune date" if day is None else day.isoformat()
