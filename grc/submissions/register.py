"""The register of processing (GDPR art. 30): who is responsible, each procedure, and what the platform does beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from grc.authorities import statements
from grc.authorities.models import Authority
from grc.authorities.views import AuthorityView
from grc.catalogue import processing, queries
from grc.catalogue.processing import Processing
from grc.errors import NotFound
from grc.journal import purging
from grc.sessions import records
from grc.submissions import closing, drafts

OWN = "plateforme-"
"""What the slugs of the platform's own processings begin with: no procedure has such a one."""
SECURITY = (
    "Accès par rôle, par service et par démarche ; second moyen de connexion pour qui administre.",
    "Données de chaque collectivité séparées, par les requêtes et, sur PostgreSQL, par la base elle-même.",
    "Secrets scellés ; mots de passe et codes de suivi gardés sous forme d’empreinte seulement.",
    "Fichiers reconnus à leur contenu, lus par l’antivirus s’il est installé, photographies redessinées.",
    "Journal des accès et de l’administration, enchaîné et scellé ; lectures des démarches sensibles inscrites.",
    "Destruction à terme, sur visa des Archives.",
    "À l’exploitant de dire les siennes : hébergement, sauvegardes et essais de leur restauration, mises à jour.",
)
"""The security measures in general terms (art. 30, 1, g; art. 32): this software's. Nobody states its operator's."""
_BASIS = "Mission d’intérêt public (RGPD, art. 6, 1, e)."
_LEGAL = "Obligation légale (RGPD, art. 6, 1, c, et art. 32)."
_AT_HOME = "Les données ne quittent pas l’Union européenne."
_BY_PEOPLE = "Aucune décision n’est automatique."


@dataclass(frozen=True)
class Register:
    """The register of an authority. controller, processor: lines of names and addresses; () for no processor.

    officer: how to reach the data protection officer, or "". processings: the procedures, then the platform's own.
    """

    controller: tuple[str, ...]
    officer: str
    processor: tuple[str, ...]
    processings: tuple[Processing, ...]
    security: tuple[str, ...] = SECURITY

    def find(self, slug: str) -> Processing:
        """That processing; raises NotFound."""
        found = next((each for each in self.processings if each.slug == slug), None)
        if found is None:
            raise NotFound("Ce traitement n’est pas dans le registre.")
        return found


def of_authority(session: Session, authority: AuthorityView) -> Register:
    """The register as the installed procedures make it today."""
    published = queries.all_published(session, authority.id)
    return Register(
        controller=(*authority.address_lines, *((authority.telephone,) if authority.telephone else ())),
        officer=authority.data_protection_contact,
        processor=processor_of(session, authority),
        processings=(*(processing.of(each, authority.name) for each in published), *_own(authority)),
    )


def processor_of(session: Session, authority: AuthorityView) -> tuple[str, ...]:
    """Who holds the data for the authority (art. 28), names and addresses: who runs the site for it, then its host.

    The first is the syndicate where the installation has one alone; the host, which the legal statement names, is then
    the syndicate's own processor (28, 2 and 4), else the authority's. () where it is itself, or nobody can tell.
    """
    host = tuple(statements.of(authority.texts, "legal").get("host", ()))
    runs = _syndicate(session, authority)
    if not host or host[0] in (authority.name, *runs[:1]):
        return runs
    return (*runs, f"et, pour l’hébergement, {host[0]}", *host[1:]) if runs else host


def _syndicate(session: Session, authority: AuthorityView) -> tuple[str, ...]:
    """The syndicate that runs the installation for the authority, name and address; () where it is it, or several."""
    rows = session.execute(select(Authority).where(col(Authority.kind) == "syndicate").limit(2)).scalars().all()
    if authority.kind == "syndicate" or len(rows) != 1:
        return ()
    return (rows[0].name, *rows[0].postal_address)


def _own(authority: AuthorityView) -> Sequence[Processing]:
    """What the platform does beside the procedures, on the authority's behalf."""
    years = closing.unused_years(authority.texts)
    unused = f"{years} ans sans connexion ni demande en cours" if years else "tant que la personne ne le ferme pas"
    runs = "le syndicat ou l’exploitant, pour les pannes"
    return (
        _one(
            "comptes",
            "Comptes des usagers",
            "Retrouver ses demandes, et remplir d’avance ses coordonnées si la personne l’accepte.",
            _BASIS,
            ("Usagers qui ouvrent un compte",),
            (("Identité", ("ce que FranceConnect transmet",)), ("Coordonnées", ("adresse électronique", "profil"))),
            (f"Personne d’autre que l’usager ; {runs}",),
            f"Jusqu’à la fermeture du compte, ou {unused}.",
            years * 12,
        ),
        _one(
            "brouillons",
            "Brouillons",
            "Garder une demande commencée, pour la reprendre.",
            _BASIS,
            ("Usagers", "Personnes que les réponses nomment"),
            (("Réponses et documents", ("ce qui est déjà rempli",)),),
            ("Personne d’autre que l’usager, ou l’agent qui saisit pour lui",),
            f"{drafts.LIFE.days} jours après le dernier enregistrement.",
            1,
        ),
        _one(
            "connexions",
            "Connexions et sessions",
            "Tenir la session ouverte, montrer à chacun ses connexions, limiter les essais.",
            _LEGAL,
            ("Usagers", "Agents"),
            (("Connexion", ("jour et heure", "navigateur", "moyen de connexion")),),
            (f"La personne elle-même ; {runs}",),
            f"{records.KEPT.days // 30} mois.",
            records.KEPT.days // 30,
        ),
        _one(
            "journal",
            "Journal des accès et de l’administration",
            "Savoir qui a fait quoi, et qui a lu une demande sensible.",
            _LEGAL,
            ("Agents",),
            (("Trace", ("jour et heure", "agent", "acte", "numéro de la demande")),),
            ("Le délégué à la protection des données", "l’administrateur de la collectivité"),
            f"{purging.KEPT_MONTHS} mois au plus.",
            purging.KEPT_MONTHS,
        ),
        _one(
            "agents",
            "Comptes des agents",
            "Donner à chaque agent les droits de ses fonctions, et le nommer dans les lettres (CRPA, art. L111-2).",
            _BASIS,
            ("Agents et élus",),
            (("Identité", ("nom", "prénom", "qualité")), ("Coordonnées", ("adresse électronique professionnelle",))),
            ("L’administrateur de la collectivité", "les usagers, pour le nom et la qualité de l’agent chargé"),
            "Tant que ses actes sont gardés ; le compte, fermé au départ de l’agent, n’ouvre plus rien.",
            0,
        ),
    )


def _one(
    name: str,
    title: str,
    purpose: str,
    legal_basis: str,
    persons: tuple[str, ...],
    data: tuple[tuple[str, tuple[str, ...]], ...],
    recipients: tuple[str, ...],
    retention: str,
    months: int,
) -> Processing:
    return Processing(
        slug=f"{OWN}{name}",
        title=title,
        purpose=purpose,
        purposes=(),
        legal_basis=legal_basis,
        persons=persons,
        data=data,
        recipients=recipients,
        retention=retention,
        months=months,
        source="Réglages de ce logiciel (docs/operating.md)",
        transfers=_AT_HOME,
        automated=_BY_PEOPLE,
    )
