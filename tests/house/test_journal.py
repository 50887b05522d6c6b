"""Every act of administration is in the journal, or a reason says why it is not: commands, and what agents post."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from typing import Any

from click import Command, Group

from grc import web
from grc.journal.acts import LABELS, JournalAct
from tests.house.rules import ROOT

A = JournalAct
READS = "reads only"
COMMANDS: dict[str, JournalAct | str] = {
    "agent add": A.AGENT_OPENED,
    "agent close": A.AGENT_CLOSED,
    "agent factors reset": A.FACTORS_RESET,
    "agent grant": A.RIGHT_GRANTED,
    "agent link": A.PASSWORD_LINK_MADE,
    "agent password": A.PASSWORD_CHANGED,
    "agent relink": A.IDENTITY_ATTACHED,
    "agent reopen": A.AGENT_REOPENED,
    "agent rights": READS,
    "agent role": A.AGENT_CHANGED,
    "agent take-back": A.RIGHT_TAKEN_BACK,
    "agent unlink": A.IDENTITY_DETACHED,
    "api-key add": A.KEY_MADE,
    "api-key list": READS,
    "api-key revoke": A.KEY_REVOKED,
    "authority add": A.AUTHORITY_ADDED,
    "authority client": A.CLIENT_SET,
    "authority embed": A.EMBED_SITES_SET,
    "authority export": A.AUTHORITY_ARCHIVED,
    "authority import": A.AUTHORITY_IMPORTED,
    "authority list": READS,
    "authority restore": A.AUTHORITY_RESTORED,
    "authority second-factor": A.SECOND_FACTOR_SET,
    "authority show": READS,
    "authority siret": A.ESTABLISHMENTS_SET,
    "authority unused-accounts": A.UNUSED_ACCOUNTS_SET,
    "backup": "a copy of the database as it is, every night: a line in each journal would say nothing of who reads it",
    "bench": "on databases of its own",
    "bounces": "what the machine does with each mail that came back, told in the history of the demande",
    "catalogue install": A.PROCEDURE_PUBLISHED,
    "catalogue lint": READS,
    "catalogue migrate": A.SUBMISSIONS_MIGRATED,
    "catalogue overlay": A.PROCEDURE_SET,
    "catalogue publish": A.PROCEDURE_PUBLISHED,
    "catalogue update": A.PROCEDURE_PUBLISHED,
    "check": READS,
    "demo": "on a database of its own",
    "endpoint add": A.ENDPOINT_SET,
    "endpoint list": READS,
    "endpoint remove": A.ENDPOINT_REMOVED,
    "events verify": READS,
    "franceconnect check": READS,
    "journal export": A.JOURNAL_EXPORTED,
    "journal purge": A.JOURNAL_PURGED,
    "journal verify": READS,
    "keys reseal": A.KEYS_RESEALED,
    "list import": A.LIST_IMPORTED,
    "list show": READS,
    "migrate": "changes the tables, and no row of an authority",
    "migration": "writes a file for developers",
    "outbox list": READS,
    "outbox retry": A.OUTBOX_RETRIED,
    "proconnect check": READS,
    "proconnect follow": A.IDENTITIES_MOVED,
    "restore": "on an empty base: every journal comes back with its authority, and goes on",
    "retention draw-up": A.VISA_LISTED,
    "retention list": READS,
    "retention standing": A.VISA_RECORDED,
    "retention visa": A.VISA_RECORDED,
    "retention visas": READS,
    "retention withdraw": A.VISA_WITHDRAWN,
    "serve": "serves",
    "service add": A.SERVICE_ADDED,
    "simulate": READS,
    "sweep": "what the service does by itself every ten minutes; its passages are on the operators' page",
    "webhook add": A.WEBHOOK_ADDED,
    "webhook list": READS,
    "webhook remove": A.WEBHOOK_REMOVED,
    "webhook replay": A.WEBHOOK_REPLAYED,
    "worker": "serves",
    "workflow show": READS,
}
OWN_DOOR = "the way in or out of who does it: SignInRecord keeps each one"
POSTS: dict[str, JournalAct | str] = {
    "proconnect/connexion": OWN_DOOR,
    "proconnect/sortie": OWN_DOOR,
    "deconnexion": OWN_DOOR,
    "compte/confirmation": OWN_DOOR,
    "compte/confirmation/cle": OWN_DOOR,
    "compte/confirmation/cle/defi": OWN_DOOR,
    "compte/cles/defi": OWN_DOOR,
    "compte/codes/notes": "shows no more what was shown",
    "compte/sessions/fin": "one's own sessions, ended",
    "compte/sessions/{session}/fin": "one's own sessions, ended",
    "demandes-papier": "files a demande, told in its history",
    "compte/mot-de-passe": A.PASSWORD_CHANGED,
    "compte/application": A.OWN_FACTORS_CHANGED,
    "compte/application/retrait": A.OWN_FACTORS_CHANGED,
    "compte/cles": A.OWN_FACTORS_CHANGED,
    "compte/cles/{key}/retrait": A.OWN_FACTORS_CHANGED,
    "compte/codes": A.OWN_FACTORS_CHANGED,
    "compte/absence": A.ABSENCE_STATED,
    "compte/absence/{absence}/annulation": A.ABSENCE_CANCELLED,
    "identites": A.IDENTITY_ATTACHED,
    "collegues/nouveau": A.AGENT_OPENED,
    "collegues/{agent}": A.AGENT_CHANGED,
    "collegues/{agent}/fermeture": A.AGENT_CLOSED,
    "collegues/{agent}/reouverture": A.AGENT_REOPENED,
    "collegues/{agent}/moyens": A.FACTORS_RESET,
    "collegues/{agent}/sessions": A.SESSIONS_ENDED,
    "collegues/{agent}/mot-de-passe": A.PASSWORD_LINK_MADE,
    "collegues/{agent}/droits": A.RIGHT_GRANTED,
    "collegues/{agent}/droits/{right}/retrait": A.RIGHT_TAKEN_BACK,
    "collegues/{agent}/absences": A.ABSENCE_STATED,
    "collegues/{agent}/absences/{absence}/annulation": A.ABSENCE_CANCELLED,
    "listes/{source}/nouveau": A.LIST_CHANGED,
    "listes/{source}/creneaux": A.LIST_CHANGED,
    "listes/{source}/{item}": A.LIST_CHANGED,
    "listes/{source}/{item}/place": A.LIST_CHANGED,
    "listes/{source}/{item}/etat": A.LIST_CHANGED,
    "agenda/{source}": A.LIST_CHANGED,
    "agenda/{source}/{booking}/retrait": A.LIST_CHANGED,
    "rattachements": A.CITIZEN_RELINKED,
    "administration/collectivite": A.AUTHORITY_CHANGED,
    "administration/apparence": A.COLOUR_CHANGED,
    "administration/apparence/logo": A.LOGO_CHANGED,
    "administration/apparence/logo/retrait": A.LOGO_CHANGED,
    "administration/declarations/{statement}": A.STATEMENT_CHANGED,
    "administration/services/nouveau": A.SERVICE_ADDED,
    "administration/services/{service}": A.SERVICE_CHANGED,
    "administration/services/{service}/fermeture": A.SERVICE_CLOSED,
    "administration/services/{service}/reouverture": A.SERVICE_REOPENED,
    "administration/demarches/{slug}/installation": A.PROCEDURE_PUBLISHED,
    "administration/demarches/{slug}/mise-a-jour": A.PROCEDURE_PUBLISHED,
    "administration/demarches/{slug}/ouverture": A.PROCEDURE_OPENED,
    "administration/demarches/{slug}/adaptation/{part}": A.PROCEDURE_SET,
    "administration/demarches/{slug}/fichier": A.PROCEDURE_SET,
    "administration/fermetures": A.CLOSURE_STATED,
    "administration/fermetures/{closure}/retrait": A.CLOSURE_REMOVED,
    "administration/acces-du-syndicat/nouveau": A.GUEST_ADMITTED,
    "administration/acces-du-syndicat/{guest}/fin": A.GUEST_ENDED,
    "administration/conservation/listes": A.VISA_LISTED,
    "administration/conservation/listes/{visa}": A.VISA_RECORDED,
    "administration/conservation/listes/{visa}/retrait": A.VISA_WITHDRAWN,
    "administration/conservation/permanent": A.VISA_RECORDED,
    "administration/cles": A.KEY_MADE,
    "administration/cles/{key}/revocation": A.KEY_REVOKED,
    "administration/webhooks": A.WEBHOOK_ADDED,
    "administration/webhooks/{webhook}": A.WEBHOOK_CHANGED,
    "administration/webhooks/{webhook}/renvoi": A.WEBHOOK_REPLAYED,
    "administration/webhooks/{webhook}/suppression": A.WEBHOOK_REMOVED,
}
"""What agents post beside a demande (its history tells it) and the door, by what stands after /agents/."""
OF_DEMANDES = ("/agents/demandes/", "/agents/saisies", "/agents/connexion")


def commands(group: Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        assert isinstance(command, Command)
        yield from commands(command, f"{before}{name} ") if isinstance(command, Group) else [f"{before}{name}"]


def routes() -> list[Any]:
    """Every route of every site, from the modules named routes."""
    found = [one.name for one in pkgutil.walk_packages(web.__path__, "grc.web.") if one.name.endswith(".routes")]
    return [route for name in found for route in importlib.import_module(name).routes]


def untold(present: set[str], told: Mapping[str, JournalAct | str]) -> tuple[set[str], set[str]]:
    """What nobody has said anything of, and what is said of nothing."""
    return present - set(told), set(told) - present


def test_every_command_is_in_the_journal_or_says_why_not() -> None:
    from grc.cli import main

    assert isinstance(main, Group)
    assert untold(set(commands(main)), COMMANDS) == (set(), set())


def test_every_post_of_agents_is_in_the_journal_or_says_why_not() -> None:
    posts = [route.path for route in routes() if route.path.startswith("/agents/") and "POST" in (route.methods or ())]
    present = {path.removeprefix("/agents/") for path in posts if not path.startswith(OF_DEMANDES)}
    assert untold(present, POSTS) == (set(), set())


def test_a_demande_is_always_named_the_same_way() -> None:
    """The site watches {reference}: an address that named a demande otherwise would leave no line."""
    named = [route.path for route in routes() if re.search(r"\{(submission|demande|key_of_submission)", route.path)]
    assert named == []
    assert all("{reference}" in route.path for route in routes() if route.path.startswith("/agents/demandes/"))


def test_every_act_has_words_and_is_recorded_somewhere() -> None:
    modules = [path for path in (ROOT / "grc").rglob("*.py") if path.name != "acts.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    assert set(LABELS) == set(JournalAct)
    assert [act.name for act in JournalAct if f"JournalAct.{act.name}" not in code] == []


def test_what_is_not_told_is_seen() -> None:
    assert untold({"agent add", "agent burn"}, {"agent add": A.AGENT_OPENED, "gone": READS}) == (
        {"agent burn"},
        {"gone"},
    )
