"""Signing in without a provider, one's account, and one's data in a demande."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from grc.web.citizen import account_views as views
from tests.support.previews.world import ME, PROCEDURE, REFERENCE, Preview, at, citizen_page, problems

NEW = "nouvelle.adresse@courriel.example"
IDENTITY = (
    views.KnownDatum("Nom de naissance", "EXEMPLE", "remplir vos demandes et certifier votre nom au service"),
    views.KnownDatum("Prénoms", "Camille Dominique", "remplir vos demandes et certifier vos prénoms au service"),
    views.KnownDatum(
        "Date de naissance", "1er janvier 1985 (jour ou mois incertain)", "remplir les demandes d’état civil"
    ),
)
ACCOUNT = views.AccountPage(
    is_local=True,
    email=ME,
    identity=(),
    submissions=3,
    drafts=1,
    mine="/mes-demandes",
    address="/compte/adresse",
    profile="/compte/profil",
    password="/compte/mot-de-passe",
    sessions_action="/compte/sessions",
    export="/compte/donnees.zip",
    closing="/compte/fermeture",
    sessions=(
        views.SessionRow(
            2, "Lien reçu par courriel", "Firefox sous Linux", at(3, 16, 18), at(3, 16, 18, 42), is_this=True
        ),
        views.SessionRow(1, "Mot de passe", "Safari sous iPhone", at(3, 16, 18, 2), at(3, 16, 18, 20)),
    ),
    sign_ins=(
        views.SignInRow(at(3, 16, 18), "Lien reçu par courriel", "Firefox sous Linux", is_opened=True),
        views.SignInRow(at(3, 15, 7, 5), "Mot de passe", "Navigateur inconnu", is_opened=False),
    ),
)
RIGHTS = views.RightsPage(
    REFERENCE,
    PROCEDURE,
    "/donnees",
    "/demandes/x",
    "/donnees.zip",
    ("Vos réponses et vos documents sont gardés un an après la décision.",),
    "dpo@tilleul.example",
    (
        ("rectification", "Corriger une donnée fausse", "Dites laquelle, et ce qu’il faut écrire."),
        ("erasure", "Effacer des données", "La mairie vous dit lesquelles la loi l’oblige à garder."),
    ),
)


def accounts() -> dict[str, Preview]:
    signed_in = {"person": "Camille Exemple", "sign_out": "/deconnexion"}
    door = views.DoorPage("/lien", "/mot-de-passe", franceconnect="/fc", following="/tilleul/compte")
    half = views.HalfPage("/adresse", "abc", ME, NEW, is_old=True)
    link = views.LinkPage("/ouverture", "abc", ME)
    password = views.PasswordPage("/mot-de-passe", "/compte", ME, 12)
    address = views.AddressPage("/adresse", "/compte", ME, telephone="01 99 00 12 34")
    closing = views.ClosingPage("/fermeture", "/compte", "/donnees.zip", 3, 1, is_local=True)
    kept = (("Adresse postale", "12 rue des Modèles, 00000 Tilleul-sur-Exemple"), ("Téléphone", "01 99 00 12 34"))
    done = views.HalfDonePage("waiting", ME, NEW, "/compte")
    return {
        "account-door": citizen_page("account/door", door),
        "account-door-alone": citizen_page("account/door", replace(door, franceconnect="", trouble="Ce lien a servi.")),
        "account-door-wrong": citizen_page(
            "account/door", replace(door, typed="camille", problems=problems(email="Saisissez une adresse."))
        ),
        "account-door-refused": citizen_page(
            "account/door",
            replace(door, typed=ME, is_password=True, problems=problems(password="Cette adresse ne va pas avec.")),
        ),
        "account-link-sent": citizen_page("account/link_sent", views.LinkSentPage(ME, 30, "/connexion")),
        "account-link-sent-unknown": citizen_page("account/link_sent", views.LinkSentPage("", 30, "/connexion")),
        "account-link": citizen_page("account/link", link),
        "account-link-elsewhere": citizen_page(
            "account/link", replace(link, elsewhere=True, person="autre@courriel.example")
        ),
        "account": citizen_page("account/account", ACCOUNT, **signed_in),
        "account-provider": citizen_page(
            "account/account",
            replace(
                ACCOUNT,
                is_local=False,
                email="",
                proposed=ME,
                password="",
                identity=IDENTITY,
                consented_on=date(2026, 3, 2),
                kept=kept,
                pending=NEW,
                sign_ins=(),
            ),
            **signed_in,
        ),
        "account-empty": citizen_page(
            "account/account",
            replace(ACCOUNT, submissions=0, drafts=0, sessions=ACCOUNT.sessions[:1], consented_on=date(2026, 3, 2)),
            **signed_in,
        ),
        "account-password": citizen_page("account/password", password, **signed_in),
        "account-password-wrong": citizen_page(
            "account/password",
            replace(password, has_password=True, needs_current=True, problems=problems(current="Ce n’est pas le bon.")),
            **signed_in,
        ),
        "account-password-forgotten": citizen_page(
            "account/password", replace(password, has_password=True), **signed_in
        ),
        "account-address": citizen_page("account/address", address, **signed_in),
        "account-address-wrong": citizen_page(
            "account/address",
            replace(address, current="", typed="x", problems=problems(email="Une adresse.")),
        ),
        "account-half-old": citizen_page("account/half", half),
        "account-half-new": citizen_page("account/half", replace(half, old="", is_old=False)),
        **{
            f"account-half-{outcome}": citizen_page("account/half_done", replace(done, outcome=outcome))
            for outcome in ("waiting", "changed", "refused", "taken", "gone")
        },
        "account-closing": citizen_page("account/closing", closing, **signed_in),
        "account-closing-empty": citizen_page(
            "account/closing", replace(closing, submissions=0, drafts=0, is_local=False), **signed_in
        ),
        "own-data": citizen_page("rights", RIGHTS),
        "own-data-wrong": citizen_page(
            "rights",
            replace(
                RIGHTS,
                asked=(("Rectification", date(2026, 4, 16)),),
                chosen="erasure",
                typed="Effacez tout.",
                officer="",
                problems=problems(right="Choisissez ce que vous demandez.", text="Écrivez votre demande."),
            ),
        ),
    }
