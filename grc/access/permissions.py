"""One table of roles, what each may do and which functions of a workflow it holds; one question, `require`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from grc.access.actors import Actor, AgentActor, Visitor
from grc.access.reach import Placed, Right
from grc.errors import Forbidden


class Permission(StrEnum):
    """What can be done, named subject first."""

    SUBMISSION_READ = "submission:read"
    SUBMISSION_HANDLE = "submission:handle"
    SUBMISSION_DECIDE = "submission:decide"
    SUBMISSION_FILE = "submission:file"
    """For a citizen, at the desk or on the telephone."""
    LIST_CHANGE = "list:change"
    ACCOUNT_RELINK = "account:relink"
    """Attach a citizen's account to a new identity, on a proof."""
    AGENT_MANAGE = "agent:manage"
    RIGHT_GRANT = "right:grant"
    ABSENCE_STATE = "absence:state"
    """For another agent: everybody states their own."""
    GUEST_ADMIT = "guest:admit"
    SERVICE_CHANGE = "service:change"
    AUTHORITY_CHANGE = "authority:change"
    """Its closures, look and statements too."""
    PROCEDURE_CHANGE = "procedure:change"
    KEY_MANAGE = "key:manage"
    """The keys of programs, and where they are told of news."""
    JOURNAL_READ = "journal:read"
    REGISTER_READ = "register:read"
    """The register of processing (GDPR, article 30)."""
    VISA_RECORD = "visa:record"
    """Before submissions are destroyed."""
    FIGURES_READ = "figures:read"
    """Statistics and health of every commune, without anybody's data."""


LABELS: dict[Permission, str] = {
    Permission.SUBMISSION_READ: "Lire les demandes",
    Permission.SUBMISSION_HANDLE: "Traiter les demandes",
    Permission.SUBMISSION_DECIDE: "Décider",
    Permission.SUBMISSION_FILE: "Enregistrer une demande au guichet ou au téléphone",
    Permission.LIST_CHANGE: "Tenir les listes",
    Permission.ACCOUNT_RELINK: "Rattacher le compte d’un usager",
    Permission.AGENT_MANAGE: "Tenir les comptes des agents",
    Permission.RIGHT_GRANT: "Accorder et retirer des droits",
    Permission.ABSENCE_STATE: "Déclarer l’absence d’un collègue",
    Permission.GUEST_ADMIT: "Ouvrir un accès temporaire au syndicat",
    Permission.SERVICE_CHANGE: "Tenir les services",
    Permission.AUTHORITY_CHANGE: "Tenir l’apparence, les fermetures et les mentions de la commune",
    Permission.PROCEDURE_CHANGE: "Adapter les démarches",
    Permission.KEY_MANAGE: "Tenir les clés des logiciels",
    Permission.JOURNAL_READ: "Lire le journal des accès",
    Permission.REGISTER_READ: "Lire le registre des traitements",
    Permission.VISA_RECORD: "Viser la destruction des demandes",
    Permission.FIGURES_READ: "Lire les chiffres et l’état de chaque commune",
}

_P = Permission
_READS = frozenset({_P.SUBMISSION_READ})
_HANDLES = _READS | {_P.SUBMISSION_HANDLE, _P.SUBMISSION_DECIDE, _P.SUBMISSION_FILE}
_AUTHORS = frozenset({_P.LIST_CHANGE, _P.PROCEDURE_CHANGE, _P.REGISTER_READ})
_OF_SYNDICATE = frozenset({_P.FIGURES_READ})
_GUARDS = frozenset({_P.JOURNAL_READ, _P.REGISTER_READ, _P.VISA_RECORD})

ON_SUBMISSIONS = _HANDLES
"""What reaches people's demandes: given by any right, whole or narrow, one's own or an absent colleague's."""
_LETS_IN = frozenset({_P.AGENT_MANAGE, _P.RIGHT_GRANT, _P.ABSENCE_STATE, _P.GUEST_ADMIT, _P.KEY_MANAGE})
_BINDS = frozenset({_P.VISA_RECORD, _P.ACCOUNT_RELINK, _P.AUTHORITY_CHANGE, _P.SERVICE_CHANGE})
NEVER_OF_GUESTS = _LETS_IN | _BINDS
"""What lets people or programs in, or binds the authority: never held by who was let in for a time, in any role."""
_ON_PROCEDURES = frozenset({_P.PROCEDURE_CHANGE})
"""What a right over one procedure gives beside."""


@dataclass(frozen=True)
class Role:
    """A line of the table. name: as stored. says: what the holder may do, in a sentence. is_agents: not the public."""

    name: str
    label: str
    says: str
    permissions: frozenset[Permission] = frozenset()
    functions: frozenset[str] = frozenset()
    is_agents: bool = True


TABLE: tuple[Role, ...] = (
    Role(
        "citizen",
        "Usager",
        "Dépose ses demandes, suit celles de son compte ou de son code de suivi, y répond, les retire.",
        functions=frozenset({"citizen"}),
        is_agents=False,
    ),
    Role(
        "helper",
        "Aidant",
        "Remplit une demande pour une autre personne, et la suit par le code de suivi que celle-ci lui confie.",
        functions=frozenset({"citizen"}),
        is_agents=False,
    ),
    Role("reader", "Lecture (élu, direction)", "Lit les demandes, ne fait rien d’autre.", _READS),
    Role(
        "front_desk",
        "Accueil",
        "Lit les demandes et en enregistre au guichet ou au téléphone.",
        _READS | {_P.SUBMISSION_FILE},
    ),
    Role("handler", "Instruction", "Traite les demandes et décide.", _HANDLES, frozenset({"handler"})),
    Role(
        "supervisor",
        "Responsable",
        "Traite les demandes, tient les listes, rattache un compte d’usager.",
        _HANDLES | {_P.LIST_CHANGE, _P.ACCOUNT_RELINK},
        frozenset({"handler", "supervisor"}),
    ),
    Role(
        "author",
        "Conception des démarches",
        "Adapte les démarches et tient les listes ; ne lit aucune demande.",
        _AUTHORS,
    ),
    Role(
        "administrator",
        "Administration",
        "Fait tout, et tient les comptes des agents. Un second moyen est demandé.",
        frozenset(Permission) - _OF_SYNDICATE,
        frozenset({"handler", "supervisor"}),
    ),
    Role(
        "dpo",
        "Protection des données",
        "Lit le journal des accès et le registre, vise les destructions ; ne lit aucune demande. Un second moyen est "
        "demandé.",
        _GUARDS,
    ),
    Role(
        "platform_admin",
        "Exploitation (syndicat)",
        "Lit les chiffres et l’état de chaque commune, sans aucune donnée d’usager.",
        _OF_SYNDICATE,
    ),
)
"""Who may do what: the only table. Sensitive procedures are open to rights that name them, or their service, alone."""

ROLES: dict[str, frozenset[Permission]] = {role.name: role.permissions for role in TABLE if role.is_agents}
_FUNCTIONS: dict[str, frozenset[str]] = {role.name: role.functions for role in TABLE if role.is_agents}
NARROW = ("reader", "front_desk", "handler", "supervisor", "author")
"""The roles that can be given over one service or one procedure."""

NEEDS_SECOND_FACTOR = frozenset({Permission.AGENT_MANAGE, Permission.VISA_RECORD})
"""Who holds one of these never comes in with one factor alone."""

_REFUSED = "Votre rôle ne permet pas cette action. Demandez-la au responsable du service."
_REFUSED_HERE = (
    "Vos droits sur cette démarche ne permettent pas cette action. Demandez-la au responsable du service, "
    "ou ce droit à l’administrateur de la commune."
)


def gives(right: Right, permission: Permission) -> bool:
    """Whether a right holds the permission over what it covers.

    What is not about submissions comes from one's own role in the whole authority; one procedure may be changed by a
    right that names it.
    """
    if permission not in ROLES.get(right.role, frozenset()):
        return False
    if permission in ON_SUBMISSIONS:
        return True
    if right.absent_id is not None:
        return False
    return right.is_whole or (right.procedure_id is not None and permission in _ON_PROCEDURES)


def covering(actor: AgentActor, permission: Permission, placed: Placed | None = None) -> tuple[Right, ...]:
    """The rights by which the agent holds the permission there; anywhere without a place."""
    if actor.guest_from and permission in NEVER_OF_GUESTS:
        return ()
    held = (right for right in actor.rights.rights if gives(right, permission))
    return tuple(right for right in held if placed is None or actor.rights.covers(right, placed))


def functions_of(actor: Actor, placed: Placed | None = None) -> frozenset[str]:
    """The workflow functions that the actor holds there: "citizen", "handler", "supervisor" or "system"."""
    if isinstance(actor, Visitor):
        return frozenset({"citizen"})
    if isinstance(actor, AgentActor):
        rights = covering(actor, Permission.SUBMISSION_READ, placed)
        return frozenset().union(*(_FUNCTIONS.get(right.role, frozenset()) for right in rights))
    return frozenset({"system"})


def may(actor: Actor, permission: Permission, placed: Placed | None = None) -> bool:
    """Whether the actor holds the permission there; without a place: anywhere, so that a menu shows what leads on."""
    return isinstance(actor, AgentActor) and bool(covering(actor, permission, placed))


def require(actor: Actor, permission: Permission, placed: Placed | None = None) -> None:
    """Nothing, or Forbidden with a sentence that says whom to ask. placed: the submission that the act is about."""
    if not may(actor, permission, placed):
        elsewhere = placed is not None and may(actor, permission)
        raise Forbidden(_REFUSED_HERE if elsewhere else _REFUSED)
