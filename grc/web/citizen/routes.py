"""The citizens' routes, in the order in which a demande meets them."""

from __future__ import annotations

from grc.access.actors import Visitor
from grc.web import downloads
from grc.web.citizen import (
    acts,
    beginnings,
    consulting,
    decisions,
    drafts,
    edits,
    files,
    filing,
    home,
    identity,
    notification,
    places,
    thread,
    tracking,
)
from grc.web.citizen.framed import where_it_may
from grc.web.site import Site, anyone

site: Site[Visitor] = Site("citizen", admits=anyone)

_CONSULTED = "the first consultation of a decision is a fact of law (CRPA L112-15, R112-20)"

routes = [
    site.page("/", home.show_catalogue),
    site.page("/demarches/{slug}", where_it_may(home.show_procedure)),
    site.page("/demarches/{slug}/identification", where_it_may(beginnings.identify)),
    site.action("/demarches/{slug}/brouillons", where_it_may(beginnings.begin)),
    site.page("/brouillons/{draft}/suite", drafts.resume),
    site.page("/brouillons/{draft}/verification", filing.check),
    site.action("/brouillons/{draft}/envoi", filing.send),
    site.page("/brouillons/{draft}/confirmation", filing.confirm),
    site.page("/brouillons/{draft}/reprise", drafts.keep_for_later),
    site.action("/brouillons/{draft}/reprise", drafts.give_code),
    site.action("/brouillons/{draft}/compte", drafts.keep_in_account),
    site.action("/brouillons/{draft}/coordonnees", drafts.take_profile),
    site.action("/brouillons/{draft}/suppression", drafts.discard),
    site.action("/brouillons/{draft}/fichiers/{file}/suppression", drafts.remove_file),
    site.action("/brouillons/{draft}/{page}/fichiers", files.send),
    site.page("/brouillons/{draft}/{page}", drafts.show_page),
    site.action("/brouillons/{draft}/{page}", drafts.save_page),
    site.page("/adresses", places.suggest_addresses),
    site.page("/communes", places.suggest_communes),
    site.page("/cartes/centre", places.show_centre),
    site.page("/cartes/{zoom}/{column}/{row}.png", places.show_tile),
    site.page("/suivi", tracking.show_entry),
    site.action("/suivi", tracking.enter),
    site.page("/mes-demandes", tracking.show_mine),
    site.arrival("/demandes/{reference}", tracking.or_its_code(consulting.show), why=_CONSULTED),
    site.page("/demandes/{reference}/adresse", tracking.or_its_code(acts.show_email)),
    site.action("/demandes/{reference}/adresse", acts.correct_email),
    site.page("/demandes/{reference}/pieces", tracking.or_its_code(acts.show_piece)),
    site.action("/demandes/{reference}/pieces", acts.add_piece),
    site.page("/demandes/{reference}/complements", tracking.or_its_code(acts.show_complement)),
    site.action("/demandes/{reference}/complements", acts.answer_complement),
    site.action("/demandes/{reference}/messages", thread.send),
    site.page("/demandes/{reference}/notification", tracking.or_its_code(notification.show)),
    site.action("/demandes/{reference}/notification", notification.choose),
    site.action("/demandes/{reference}/brouillons", beginnings.begin_similar),
    site.action("/demandes/{reference}/attestation", decisions.attest),
    site.action("/demandes/{reference}/motifs", decisions.ask_reasons),
    site.action("/demandes/{reference}/recours", decisions.contest),
    site.action("/demandes/{reference}/papier", decisions.choose_paper),
    site.page("/demandes/{reference}/modification", tracking.or_its_code(edits.show)),
    site.action("/demandes/{reference}/modification", edits.check),
    site.action("/demandes/{reference}/suites/{link}", edits.begin_linked),
    site.page("/demandes/{reference}/retrait", tracking.or_its_code(acts.show_withdrawal)),
    site.action("/demandes/{reference}/retrait", acts.withdraw),
    site.arrival("/demandes/{reference}/courriers/{letter}.pdf", consulting.letter, why=_CONSULTED),
    site.page("/demandes/{reference}/fichiers/{file}", downloads.file),
    site.action("/franceconnect/connexion", identity.begin),
    site.arrival("/franceconnect/callback", identity.arrive, why="the provider sends the browser back by GET"),
    site.page("/franceconnect/deconnexion", identity.signed_out),
    site.action("/deconnexion", identity.sign_out),
    site.page("/modalites", home.show_modalities),
    site.page("/accessibilite", home.show_accessibility),
    site.page("/mentions-legales", home.show_legal),
    site.page("/donnees-personnelles", home.show_data),
    site.page("/aide", home.show_help),
]
