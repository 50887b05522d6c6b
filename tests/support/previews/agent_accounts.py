"""The pages of agents' accounts: the second factor at the door, one's own account, the colleagues'."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import segno

from grc.authorities import totp
from grc.web.agents import account_views as views
from grc.web.agents import roles
from grc.web.agents.views import SignInPage
from grc.web.frame import Flash
from tests.support.previews.world import Preview, agent_page, at, problems

_ROOT = "/tilleul/agents"
_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_OUTSIDE = {"person": "", "sign_out": "", "menu": ()}
SETUP = views.TotpSetup(
    f"{_ROOT}/connexion/protection",
    segno.make(
        totp.address(_SECRET, account="dominique.modele@tilleul.example", issuer="Tilleul-sur-Exemple"), micro=False
    ).svg_inline(scale=5, border=4, dark="#000", light="#fff"),
    totp.grouped(_SECRET),
)
KEY = views.PasskeyForm(f"{_ROOT}/connexion/cle", f"{_ROOT}/connexion/cle/defi")
SECOND = views.SecondFactorPage(f"{_ROOT}/connexion/code", f"{_ROOT}/connexion", True, 8, KEY)
ENROL = views.EnrolPage(f"{_ROOT}/connexion", SETUP, KEY)
CODES = tuple("K7PQ-2M4X-ABCD-EF2" + digit for digit in "23456723AB")
CODES_PAGE = views.CodesPage(f"{_ROOT}/compte", 10, f"{_ROOT}/compte/codes/notes", "", CODES)
CONFIRM = views.ConfirmPage(f"{_ROOT}/compte/confirmation", f"{_ROOT}/compte", f"{_ROOT}/compte/cles", True, True, KEY)
PASSWORD = views.PasswordPage(f"{_ROOT}/compte/mot-de-passe", f"{_ROOT}/compte", 12)


def _sign_in(when: datetime, outcome: str, *, alarming: bool = False) -> views.SignInRow:
    return views.SignInRow(when, "Mot de passe", outcome, "Firefox sous Linux", alarming)


SIGN_INS = (
    _sign_in(at(3, 17, 9, 5), "Ouverte"),
    _sign_in(at(3, 17, 9, 4), "Code faux", alarming=True),
    _sign_in(at(3, 17, 9, 3), "Second moyen attendu"),
)
ACCOUNT = views.AccountPage(
    facts=(
        ("Nom", "Dominique Modèle"),
        ("Adresse électronique", "dominique.modele@tilleul.example"),
        ("Qualité", "secrétaire de mairie"),
        ("Service", "Service de l’état civil"),
        ("Rôle", "Administration"),
    ),
    password=f"{_ROOT}/compte/mot-de-passe",
    has_password=True,
    is_needed=True,
    has_totp=True,
    totp=f"{_ROOT}/compte/application",
    totp_removal=f"{_ROOT}/compte/application/retrait",
    keys=(
        views.KeyRow("Téléphone", at(3, 2), at(3, 17, 9, 5), f"{_ROOT}/compte/cles/1/retrait"),
        views.KeyRow("Clé USB", at(3, 2), None, f"{_ROOT}/compte/cles/2/retrait"),
    ),
    new_key=f"{_ROOT}/compte/cles",
    codes=f"{_ROOT}/compte/codes",
    codes_left=8,
    sessions=(
        views.SessionRow("Firefox sous Linux", "Clé d’accès", at(3, 17, 9, 5), at(3, 17, 10), at(3, 17, 21)),
        views.SessionRow(
            "Chrome sous Android",
            "Mot de passe",
            at(3, 17, 8, 1),
            at(3, 17, 8, 30),
            at(3, 17, 20),
            f"{_ROOT}/compte/sessions/7/fin",
        ),
    ),
    end_others=f"{_ROOT}/compte/sessions/fin",
    sign_ins=SIGN_INS,
)
ROWS = (
    views.ColleagueRow(
        "Dominique Modèle",
        f"{_ROOT}/collegues/1",
        "dominique.modele@tilleul.example",
        "secrétaire de mairie",
        "Administration",
        "Application de codes, 2 clés d’accès",
        at(3, 17, 9, 5),
        True,
    ),
    views.ColleagueRow(
        "Alix Modèle",
        f"{_ROOT}/collegues/2",
        "alix.modele-de-la-longue-adresse@tilleul.example",
        "agente d’accueil",
        "Accueil",
        "Aucun",
        None,
        False,
    ),
)
COLLEAGUE = views.ColleaguePage(
    action=f"{_ROOT}/collegues/2",
    back=f"{_ROOT}/collegues",
    typed=views.ColleagueForm(
        "alix.modele@tilleul.example", "Alix", "Modèle", "agente d’accueil", "1", "front_desk", True
    ),
    roles=roles.choices(),
    services=(views.Choice("", "Aucun en particulier"), views.Choice("1", "Service de l’état civil")),
    name="Alix Modèle",
    facts=(("État", "Ouvert"), ("Mot de passe", "Choisi"), ("Second moyen", "Aucun"), ("Sessions ouvertes", "1")),
    acts=(
        views.ColleagueAct("Faire un lien pour choisir un mot de passe", f"{_ROOT}/x", "Pour un premier accès."),
        views.ColleagueAct("Fermer le compte", f"{_ROOT}/y", "L’agent ne peut plus se connecter.", warning=True),
    ),
    sign_ins=SIGN_INS,
    rights=("Instruction, sur la démarche « Demander une place en crèche », sans fin",),
    grants=f"{_ROOT}/collegues/2/droits",
    absences=f"{_ROOT}/collegues/2/absences",
)


def agent_accounts() -> dict[str, Preview]:
    """Every page by the name of its state."""
    return {**_door(), **_own(), **_colleagues()}


def _door() -> dict[str, Preview]:
    wrong = problems(code="Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis tapez-le.")
    spent = problems(recovery="Ce code de secours n’est pas le bon, ou il a déjà servi.")
    door = SignInPage(f"{_ROOT}/connexion", passkey=KEY, notice="Cinq codes étaient faux. Recommencez la connexion.")
    return {
        "sign-in-passkey": agent_page("sign_in", door, **_OUTSIDE),
        "second-factor": agent_page("second_factor", SECOND, **_OUTSIDE),
        "second-factor-wrong": agent_page("second_factor", replace(SECOND, passkey=None, problems=wrong), **_OUTSIDE),
        "second-factor-spent": agent_page("second_factor", replace(SECOND, problems=spent), **_OUTSIDE),
        "enrolment": agent_page("enrolment", ENROL, **_OUTSIDE),
        "enrolment-wrong": agent_page("enrolment", replace(ENROL, passkey=None, problems=wrong), **_OUTSIDE),
        "agent-password-by-link": agent_page("account/password", replace(PASSWORD, back=""), **_OUTSIDE),
    }


def _own() -> dict[str, Preview]:
    short = problems(password="Choisissez un mot de passe d’au moins 12 caractères.")
    bare = replace(
        ACCOUNT,
        has_password=False,
        is_needed=False,
        has_totp=False,
        totp_removal="",
        keys=(),
        codes="",
        sessions=ACCOUNT.sessions[:1],
        end_others="",
        sign_ins=(),
    )
    return {
        "agent-account": agent_page("account/show", ACCOUNT, account=f"{_ROOT}/compte", flash=Flash("C’est retiré.")),
        "agent-account-bare": agent_page("account/show", bare, account=f"{_ROOT}/compte"),
        "agent-account-password": agent_page("account/password", PASSWORD),
        "agent-account-password-wrong": agent_page("account/password", replace(PASSWORD, problems=short)),
        "agent-account-confirm": agent_page("account/confirm", CONFIRM),
        "agent-account-confirm-wrong": agent_page(
            "account/confirm", replace(CONFIRM, problems=problems(password="Ce mot de passe n’est pas le vôtre."))
        ),
        "agent-account-application": agent_page("account/application", views.TotpPage("/c", SETUP, replaces=True)),
        "agent-account-key": agent_page("account/key", views.NewKeyPage(f"{_ROOT}/compte", KEY)),
        "agent-account-key-impossible": agent_page("account/key", views.NewKeyPage(f"{_ROOT}/compte", None)),
        "agent-account-codes": agent_page("account/codes", CODES_PAGE),
        "agent-account-codes-noted": agent_page(
            "account/codes", replace(CODES_PAGE, codes=(), kept="", left=1, renew=f"{_ROOT}/compte/codes")
        ),
    }


def _colleagues() -> dict[str, Preview]:
    bare = replace(COLLEAGUE, name="", facts=(), acts=(), sign_ins=(), rights=(), grants="", absences="")
    new = replace(bare, typed=views.ColleagueForm())
    wrong = problems(email="Un agent a déjà cette adresse.", role="Choisissez le rôle de l’agent.")
    link = views.PasswordLinkPage(
        f"{_ROOT}/collegues/2", "Alix Modèle", "https://demarches.example/agents/connexion/mot-de-passe/1-" + "x" * 43
    )
    return {
        "colleagues": agent_page("colleagues/index", views.ColleaguesPage(f"{_ROOT}/collegues/nouveau", ROWS)),
        "colleague": agent_page("colleagues/show", COLLEAGUE),
        "colleague-new": agent_page("colleagues/show", new),
        "colleague-wrong": agent_page("colleagues/show", replace(COLLEAGUE, problems=wrong)),
        "colleague-link": agent_page("colleagues/link", link),
        "colleague-link-gone": agent_page("colleagues/link", replace(link, link="")),
    }
