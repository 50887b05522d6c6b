"""Every address of the installation: how it is filled in, who is admitted, what it answers when all is well.

Read from the applications themselves: an address that has no recipe fails the crawl.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from starlette.routing import Mount, Route

from grc.access.permissions import ROLES, Permission
from grc.web.api.programs import KEYED
from grc.web.problems import is_api
from grc.web.tiles import TILES
from tests.integration.crawl.administered import ADMINISTERED
from tests.integration.crawl.ground import (
    AGENTS,
    CITIZEN,
    EVERYBODY,
    FRAMED,
    HOLDER,
    MAYOR,
    OPERATOR,
    PROGRAM,
    STRANGER,
    VISITOR,
    Ground,
    Scene,
)

READ, HANDLE = Permission.SUBMISSION_READ, Permission.SUBMISSION_HANDLE
DECIDE, LISTS = Permission.SUBMISSION_DECIDE, Permission.LIST_CHANGE
FILE, MANAGE = Permission.SUBMISSION_FILE, Permission.AGENT_MANAGE
_API = ("application/json", "application/schema+json", "application/problem+json")
_PARAMETER = re.compile(r"\{([a-z_]+)(?::[a-z]+)?\}")
_OURS = (HOLDER, CITIZEN)


@dataclass(frozen=True)
class Place:
    """One method of one address. base: what stands before it.

    names: the parameters in its path, in order. whom: who is admitted. told: the status of a good GET. scene: whose
    demande stands in the address. media: what it answers that is no page of ours, as beginnings of Content-Type.
    away: whether 503 is wanted, its partner being away.
    """

    method: str
    path: str
    base: str
    names: tuple[str, ...]
    whom: frozenset[str]
    told: tuple[int, ...] = (200,)
    scene: str = ""
    media: tuple[str, ...] = ()
    away: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def filled(self, scene: Scene, **instead: str) -> str:
        """The address as a request line writes it. instead: what stands for a parameter, encoded already."""
        encoded = {name: quote(scene.names[name]) for name in self.names} | instead
        return self.base + _PARAMETER.sub(lambda one: encoded[one[1]], self.path)

    @property
    def who(self) -> str:
        """Somebody who is admitted: who may do most."""
        first = (
            (MAYOR, OPERATOR)
            if self.path.startswith(("/agents", "/exploitation"))
            else (HOLDER, CITIZEN, FRAMED, PROGRAM)
        )
        return next(one for one in (*first, VISITOR, *sorted(self.whom)) if one in self.whom)


def routes_of(app: Any) -> list[tuple[str, Route]]:
    """Every route that the installation serves, with what stands before its path."""
    own = [("", route) for route in app._own.routes if not isinstance(route, Mount)]
    return [*(("/tilleul", route) for route in app._pages.routes), *own]


def places(ground: Ground) -> list[Place]:
    """Every method of every address that has a recipe."""
    return [place for place in _places(ground) if isinstance(place, Place)]


def framed(ground: Ground) -> list[Place]:
    """What another site may show in a frame of its own, and what it may not: every address of citizens."""
    shown = [replace(place, base="/tilleul/cadre", whom=frozenset({FRAMED})) for place in places(ground)]
    return [place for place in shown if not place.path.startswith(_NOT_FRAMED)]


_NOT_FRAMED = ("/agents", "/api", "/exploitation", "/healthz", "/readyz", "/theme", "/embed.js", "/.well-known")


def unknown(ground: Ground) -> list[str]:
    """The addresses of which nobody has said who is admitted, or what stands for a parameter."""
    names = ground.scenes[""].names
    missing = [f"{place}: {name}" for place in places(ground) for name in place.names if name not in names]
    return [place for place in _places(ground) if isinstance(place, str)] + missing


def _places(ground: Ground) -> Iterator[Place | str]:
    for base, route in routes_of(ground.world.app):
        for method in sorted((route.methods or set()) - {"HEAD", "OPTIONS"}):
            told = (_GET if method == "GET" else _POST).get(route.path, {})
            if is_api(route.path):
                told = {"media": _API, **told}
            names, whom = tuple(_PARAMETER.findall(route.path)), admitted(method, route.path)
            yield f"{method} {route.path}" if whom is None else Place(method, route.path, base, names, whom, **told)


def roles_with(permission: Permission) -> frozenset[str]:
    """The agents who hold it."""
    return frozenset(f"agent:{role}" for role, held in ROLES.items() if permission in held)


def admitted(method: str, path: str) -> frozenset[str] | None:
    """Who is admitted there; None for an address of which nobody has said it."""
    if path.startswith("/agents"):
        return _AGENTS.get(f"{method} {path}", _AGENTS.get(path))
    if path.startswith("/exploitation"):
        return frozenset({OPERATOR})
    if path.startswith(("/brouillons/", "/demandes/")):
        return frozenset(_OURS)
    if path.startswith("/compte"):
        return frozenset({CITIZEN, STRANGER})
    if path in _KEYED:
        return frozenset({PROGRAM})
    return frozenset({VISITOR, HOLDER, CITIZEN, STRANGER}) if path in _ANYBODY else None


_KEYED = frozenset(each.path for each in KEYED)
_ANYBODY = frozenset(
    {
        *("/", "/demarches/{slug}", "/demarches/{slug}/identification", "/demarches/{slug}/brouillons"),
        "/demarches/{slug}/pour-qui",
        "/demarches/{slug}/donnees-personnelles",
        *("/adresses", "/communes", "/cartes/centre", "/cartes/{zoom}/{column}/{row}.png"),
        *("/suivi", "/mes-demandes", "/deconnexion"),
        *("/connexion", "/connexion/lien", "/connexion/lien-envoye", "/connexion/lien/{token}"),
        *("/connexion/adresse/{token}", "/connexion/adresse"),
        *("/connexion/ouverture", "/connexion/mot-de-passe"),
        *("/franceconnect/connexion", "/franceconnect/callback", "/franceconnect/deconnexion"),
        *("/modalites", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/aide", "/securite"),
        *("/api/v1/procedures", "/api/v1/procedures/{slug}", "/api/v1/openapi.json"),
        *(f"/api/v1/procedures/{{slug}}/{name}.json" for name in ("schema", "ui", "example", "lists")),
        "/api/v1/signals/{reference}/{name}",
        *(
            "/healthz",
            "/readyz",
            "/theme/{colour:str}-{digest:str}.css",
            "/theme/logo-{digest:str}.{extension:str}",
            "/embed.js",
            "/.well-known/security.txt",
        ),
    }
)
_DEMANDE = "/agents/demandes/{reference}"
_LISTS = ("", "/nouveau", "/creneaux", "/{item}", "/{item}/place", "/{item}/etat")
_OF_SYNDICATE = (
    "/agents/syndicat",
    "/agents/syndicat/chiffres.csv",
    "/agents/syndicat/communes/{slug}",
    "/agents/syndicat/communes/{slug}/chiffres.csv",
)
"""A commune has none of them, whatever a role of the syndicate is given there."""
_AT_THE_DOOR = frozenset(EVERYBODY) - {OPERATOR}
_AGENTS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "/agents/connexion",
            "/agents/connexion/code",
            "/agents/connexion/cle",
            "/agents/connexion/cle/defi",
            "/agents/connexion/protection",
            "/agents/connexion/protection/cle",
            "/agents/connexion/protection/cle/defi",
            "/agents/connexion/mot-de-passe/{link}",
            "/agents/proconnect/connexion",
            "/agents/proconnect/callback",
            "/agents/proconnect/refus",
            "/agents/proconnect/sortie",
            "/agents/proconnect/deconnexion",
        ),
        _AT_THE_DOOR,
    ),
    **dict.fromkeys(
        (
            "/agents",
            "/agents/deconnexion",
            "/agents/compte",
            "/agents/compte/confirmation",
            "/agents/compte/confirmation/cle",
            "/agents/compte/confirmation/cle/defi",
            "/agents/compte/mot-de-passe",
            "/agents/compte/application",
            "/agents/compte/application/retrait",
            "/agents/compte/cles",
            "/agents/compte/cles/defi",
            "/agents/compte/cles/{key}/retrait",
            "/agents/compte/codes",
            "/agents/compte/codes/notes",
            "/agents/compte/sessions/fin",
            "/agents/compte/sessions/{session}/fin",
            "/agents/compte/absence",
            "/agents/compte/absence/{absence}/annulation",
            "/agents/administration/roles",
        ),
        frozenset(AGENTS),
    ),
    **dict.fromkeys(
        (
            "/agents/identites",
            "/agents/collegues",
            "/agents/collegues/nouveau",
            "/agents/collegues/{agent}",
            "/agents/collegues/{agent}/fermeture",
            "/agents/collegues/{agent}/reouverture",
            "/agents/collegues/{agent}/moyens",
            "/agents/collegues/{agent}/sessions",
            "/agents/collegues/{agent}/mot-de-passe",
        ),
        roles_with(MANAGE),
    ),
    **dict.fromkeys(
        ("/agents/collegues/{agent}/droits", "/agents/collegues/{agent}/droits/{right}/retrait"),
        roles_with(Permission.RIGHT_GRANT),
    ),
    **dict.fromkeys(
        ("/agents/collegues/{agent}/absences", "/agents/collegues/{agent}/absences/{absence}/annulation"),
        roles_with(Permission.ABSENCE_STATE),
    ),
    "/agents/administration": frozenset().union(*(roles_with(tile.permission) for tile in TILES)),
    **{path: roles_with(permission) for path, permission in ADMINISTERED.items()},
    **dict.fromkeys(_OF_SYNDICATE, roles_with(Permission.FIGURES_READ)),
    **dict.fromkeys(("/agents/rattachements",), roles_with(Permission.ACCOUNT_RELINK)),
    **dict.fromkeys(
        (
            "/agents/demandes-papier",
            "/agents/saisies",
            *(
                f"/agents/saisies/{{draft}}/{act}"
                for act in ("aide", "suite", "verification", "envoi", "confirmation", "code", "suppression", "{page}")
            ),
            "/agents/saisies/{draft}/fichiers/{file}/suppression",
            "/agents/saisies/{draft}/{page}/fichiers",
            f"{_DEMANDE}/lettres/{{letter}}",
            f"{_DEMANDE}/lettres/{{letter}}/envoi",
        ),
        roles_with(FILE),
    ),
    **dict.fromkeys(
        (
            "/agents/circuits/{slug}",
            _DEMANDE,
            f"{_DEMANDE}/acces",
            f"{_DEMANDE}/reponses.csv",
            f"{_DEMANDE}/rendez-vous.ics",
            f"{_DEMANDE}/reponses.json",
            f"{_DEMANDE}/courriers/{{letter}}.pdf",
            f"{_DEMANDE}/lettres/{{letter}}.pdf",
            f"{_DEMANDE}/fichiers/{{file}}",
        ),
        roles_with(READ),
    ),
    **dict.fromkeys(
        (
            f"{_DEMANDE}/prise-en-charge",
            f"{_DEMANDE}/aidant",
            f"{_DEMANDE}/pieces-manquantes",
            f"{_DEMANDE}/accuse",
            f"{_DEMANDE}/transmission",
            f"{_DEMANDE}/dossier.zip",
            f"{_DEMANDE}/taches/{{task}}",
            f"{_DEMANDE}/suites/{{event}}",
            f"{_DEMANDE}/pieces-recues",
            f"{_DEMANDE}/messages",
            f"{_DEMANDE}/messages/lecture",
            f"{_DEMANDE}/notes",
        ),
        roles_with(HANDLE),
    ),
    **dict.fromkeys(
        (f"{_DEMANDE}/{act}" for act in ("decision", "motifs", "retrait", "erratum", "attestation")),
        roles_with(DECIDE),
    ),
    **dict.fromkeys(("/agents/agenda", "/agents/agenda/{source}"), roles_with(READ) | roles_with(LISTS)),
    **dict.fromkeys(
        (
            *("/agents/listes", *(f"/agents/listes/{{source}}{act}" for act in _LISTS)),
            *("/agents/agenda/{source}/{booking}/retrait", "POST /agents/agenda/{source}"),
        ),
        roles_with(LISTS),
    ),
}
"""Who is admitted to each address of agents, by path, or by method and path where they differ."""

_PDF, _ZIP = {"media": ("application/pdf",)}, {"media": ("application/zip",)}
_JSON = {"media": ("application/json", "application/schema+json")}
_CALENDAR = {"scene": "appointed", "media": ("text/calendar",)}
_GET: dict[str, dict[str, Any]] = {
    "/agents/administration/journal.csv": {"media": ("text/csv",)},
    "/agents/administration/registre.csv": {"media": ("text/csv",)},
    "/agents/administration/registre.json": _JSON,
    "/agents/administration/conservation/listes/{visa}/bordereau.csv": {"media": ("text/csv",)},
    "/api/v1/submissions/{reference}/documents/{document}": {"media": ("application/pdf", *_API)},
    **{path: {"told": (404,), "media": ("text/csv",) if path.endswith(".csv") else ()} for path in _OF_SYNDICATE},
    "/agents/listes/{source}/creneaux": {"scene": "slots"},
    "/agents/connexion/code": {"told": (303,)},
    "/agents/connexion/protection": {"told": (303,)},
    "/agents/proconnect/callback": {"told": (303,)},
    "/agents/proconnect/deconnexion": {"told": (303,)},
    "/agents/connexion/mot-de-passe/{link}": {"told": (404,)},
    "/agents/compte/application": {"told": (303,)},
    "/agents/saisies/{draft}/suite": {"told": (303,), "scene": "desk"},
    "/agents/saisies/{draft}/verification": {"scene": "desk"},
    "/agents/saisies/{draft}/confirmation": {"told": (404,), "scene": "desk"},
    "/agents/saisies/{draft}/code": {"told": (404,), "scene": "desk"},
    "/agents/saisies/{draft}/{page}": {"scene": "desk"},
    "/agents/saisies/{draft}/aide": {"scene": "desk"},
    "/connexion/lien/{token}": {"told": (404,)},
    "/connexion/adresse/{token}": {"told": (404,)},
    "/compte/donnees.zip": _ZIP,
    "/demandes/{reference}/donnees.zip": _ZIP,
    "/demarches/{slug}/identification": {"told": (200, 303)},
    **{f"/demandes/{{reference}}/{act}": {"told": (409,)} for act in ("aidant", "choix/{event}")},
    "/brouillons/{draft}/suite": {"told": (303,)},
    "/brouillons/{draft}/confirmation": {"told": (404,)},
    "/franceconnect/callback": {"told": (303,)},
    "/franceconnect/deconnexion": {"told": (303,)},
    "/cartes/{zoom}/{column}/{row}.png": {"told": (404,), "media": ("image/png", "text/plain")},
    "/adresses": _JSON,
    "/cartes/centre": _JSON,
    "/communes": _JSON,
    "/demandes/{reference}/complements": {"scene": "waiting"},
    "/demandes/{reference}/modification": {"scene": "circuit"},
    "/demandes/{reference}/rendez-vous.ics": _CALENDAR,
    "/demandes/{reference}/courriers/{letter}.pdf": _PDF,
    "/demandes/{reference}/fichiers/{file}": _PDF,
    f"{_DEMANDE}/courriers/{{letter}}.pdf": _PDF,
    f"{_DEMANDE}/fichiers/{{file}}": _PDF,
    f"{_DEMANDE}/lettres/{{letter}}": {"scene": "paper"},
    f"{_DEMANDE}/lettres/{{letter}}.pdf": {"scene": "paper", **_PDF},
    f"{_DEMANDE}/suites/{{event}}": {"scene": "circuit"},
    f"{_DEMANDE}/pieces-recues": {"scene": "waiting"},
    f"{_DEMANDE}/motifs": {"scene": "refused"},
    f"{_DEMANDE}/retrait": {"scene": "accepted"},
    f"{_DEMANDE}/erratum": {"scene": "refused"},
    f"{_DEMANDE}/dossier.zip": _ZIP,
    f"{_DEMANDE}/reponses.csv": {"media": ("text/csv",)},
    f"{_DEMANDE}/reponses.json": _JSON,
    f"{_DEMANDE}/rendez-vous.ics": _CALENDAR,
    "/.well-known/security.txt": {"told": (404,)},
    "/healthz": {"media": ("text/plain",)},
    "/embed.js": {"media": ("text/javascript", "text/plain")},
    "/readyz": {"media": ("text/plain",), "away": True, "told": (503,)},
    "/theme/{colour:str}-{digest:str}.css": {"media": ("text/css",)},
    "/theme/logo-{digest:str}.{extension:str}": {"told": (404,)},
}
_POST: dict[str, dict[str, Any]] = {
    "/franceconnect/connexion": {"away": True},
    "/agents/listes/{source}/creneaux": {"scene": "slots"},
    "/agents/administration/demarches/{slug}/ouverture": {"scene": "circuit"},
    **{
        f"/agents/saisies/{{draft}}/{act}": {"scene": "desk"}
        for act in ("aide", "envoi", "suppression", "{page}", "fichiers/{file}/suppression", "{page}/fichiers")
    },
    **{
        f"/demandes/{{reference}}/{act}": {"scene": scene}
        for act, scene in (
            ("complements", "waiting"),
            ("modification", "circuit"),
            ("suites/{link}", "circuit"),
            ("attestation", "accepted"),
            ("motifs", "refused"),
            ("recours", "refused"),
        )
    },
    **{
        f"{_DEMANDE}/{act}": {"scene": scene}
        for act, scene in (
            ("lettres/{letter}", "paper"),
            ("lettres/{letter}/envoi", "paper"),
            ("suites/{event}", "circuit"),
            ("taches/{task}", "circuit"),
            ("pieces-recues", "waiting"),
            ("motifs", "refused"),
            ("retrait", "accepted"),
            ("erratum", "refused"),
            ("attestation", "accepted"),
        )
    },
}
