"""Every address of an authority's pages, made in one place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode


@dataclass(frozen=True)
class Links:
    """Addresses under an authority's root: "" on its own domain, "/tilleul" with paths."""

    root: str

    def home(self) -> str:
        return f"{self.root}/"

    def statement(self, name: str) -> str:
        """A page that the law wants: modalites, accessibilite, mentions-legales, donnees-personnelles, aide."""
        return f"{self.root}/{name}"

    def procedure(self, slug: str, act: str = "") -> str:
        return _under(f"{self.root}/demarches/{quote(slug)}", act)

    def draft(self, public_id: str, act: str) -> str:
        """A page of the form, or verification, envoi, confirmation, reprise, suppression."""
        return _under(f"{self.root}/brouillons/{quote(public_id)}", act)

    def draft_change(self, public_id: str, page_id: str) -> str:
        """A page of the form opened from the answers to check: it leads back there."""
        return self.draft(public_id, page_id) + "?modifier=oui"

    def draft_file(self, public_id: str, file_id: str) -> str:
        return f"{self.root}/brouillons/{quote(public_id)}/fichiers/{quote(file_id)}/suppression"

    def places(self, name: str) -> str:
        """What scripts ask about places: adresses, communes, cartes (tiles lie under it), cartes/centre."""
        return f"{self.root}/{name}"

    def track(self) -> str:
        return f"{self.root}/suivi"

    def my_submissions(self) -> str:
        return f"{self.root}/mes-demandes"

    def submission(self, reference: str, act: str = "") -> str:
        """A citizen's page on a submission, or adresse, pieces, retrait, complements, messages."""
        return _under(f"{self.root}/demandes/{quote(reference)}", act)

    def letter(self, reference: str, message_id: int) -> str:
        return f"{self.root}/demandes/{quote(reference)}/courriers/{message_id}.pdf"

    def file(self, reference: str, file_id: str) -> str:
        return f"{self.root}/demandes/{quote(reference)}/fichiers/{quote(file_id)}"

    def franceconnect(self, act: str) -> str:
        """connexion, callback or deconnexion."""
        return f"{self.root}/franceconnect/{act}"

    def sign_in(self, following: str) -> str:
        """Where FranceConnect begins (a POST); following: the page of ours that it comes back to."""
        return f"{self.franceconnect('connexion')}?{urlencode({'suite': following})}"

    def door(self, act: str = "", following: str = "") -> str:
        """Where citizens sign in, or lien, lien-envoye, lien/<token>, ouverture, mot-de-passe, adresse/<token>."""
        there = _under(f"{self.root}/connexion", act)
        return f"{there}?{urlencode({'suite': following})}" if following else there

    def account(self, act: str = "") -> str:
        """A citizen's account, or adresse, mot-de-passe, profil, sessions, donnees.zip, fermeture."""
        return _under(f"{self.root}/compte", act)

    def sign_out(self) -> str:
        return f"{self.root}/deconnexion"

    def agents(self, act: str = "", **query: str) -> str:
        """The agents' inbox, or connexion, deconnexion."""
        return _under(f"{self.root}/agents", act) + ("?" + urlencode(query) if query else "")

    def agent_lists(self, source: str = "", item: str = "", act: str = "") -> str:
        """The lists that agents keep, one of them, one of its items, or place, etat.

        item: "nouveau" for a new one, "creneaux" for slots by the dozen.
        """
        parts = (quote(part, safe="") for part in (source, item, act) if part)
        return "/".join((f"{self.root}/agents/listes", *parts))

    def agent_agenda(self, source: str = "", booking: str = "") -> str:
        """The agenda of what is lent, that of one list, or where what an agent kept of it is given back."""
        act = (booking, "retrait") if booking else ()
        parts = (quote(part, safe="") for part in (source, *act) if part)
        return "/".join((f"{self.root}/agents/agenda", *parts))

    def agent_submission(self, reference: str, act: str = "") -> str:
        """An agent's page on a submission, or prise-en-charge, pieces-manquantes, decision."""
        return _under(f"{self.root}/agents/demandes/{quote(reference)}", act)

    def agent_workflow(self, slug: str, **query: str) -> str:
        """The page that draws a procedure's workflow. query: version (its key), etat (the state to mark)."""
        return f"{self.root}/agents/circuits/{quote(slug)}" + ("?" + urlencode(query) if query else "")

    def agent_letter(self, reference: str, message_id: int) -> str:
        return f"{self.root}/agents/demandes/{quote(reference)}/courriers/{message_id}.pdf"

    def agent_file(self, reference: str, file_id: str) -> str:
        return f"{self.root}/agents/demandes/{quote(reference)}/fichiers/{quote(file_id)}"


@dataclass(frozen=True)
class DeskLinks(Links):
    """The same addresses for an agent who fills the form for a citizen: those of the agents' pages."""

    def home(self) -> str:
        return self.agents("saisies")

    def procedure(self, slug: str, act: str = "") -> str:
        return self.agents("saisies", demarche=slug)

    def draft(self, public_id: str, act: str) -> str:
        """A page of the form, or verification, envoi, confirmation, code, suppression; kept for later: the list."""
        if act == "reprise":
            return self.agents("saisies", fait="saisie-gardee")
        return _under(f"{self.root}/agents/saisies/{quote(public_id)}", act)

    def draft_file(self, public_id: str, file_id: str) -> str:
        return self.draft(public_id, f"fichiers/{quote(file_id)}/suppression")

    def submission(self, reference: str, act: str = "") -> str:
        return self.agent_submission(reference, act)

    def letter(self, reference: str, message_id: int) -> str:
        return self.agent_letter(reference, message_id)

    def file(self, reference: str, file_id: str) -> str:
        return self.agent_file(reference, file_id)


def safe_next(path: str, *, root: str) -> str | None:
    """The path if it is one of this authority's own pages, else None: never a way out of the site.

    One leading "/", no "//" nor "/\\", no scheme, no control character, no step up or aside (browsers take "%2e%2e"
    for ".."); it stays under the authority's root.
    """
    if not path.startswith("/") or path.startswith(("//", "/\\")) or len(path) > 500:
        return None
    if "\\" in path or any(ord(character) < 32 or ord(character) == 127 for character in path):
        return None
    if any(unquote(part) in {".", ".."} for part in path.partition("?")[0].partition("#")[0].split("/")):
        return None
    return path if path == root or path.startswith(f"{root}/") else None


def _under(base: str, act: str) -> str:
    return f"{base}/{act}" if act else base
