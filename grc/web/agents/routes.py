"""The agents' routes."""

from __future__ import annotations

from grc.access.actors import AgentActor, Visitor
from grc.web import downloads
from grc.web.agents import (
    arrivals,
    beside,
    cases,
    decisions,
    enrolment,
    exports,
    helped,
    identities,
    inbox,
    keys,
    lists,
    moves,
    paper,
    printing,
    proconnect,
    second_factor,
    session,
    submission,
    thread,
    transmission,
    workflows,
)
from grc.web.site import Site, at_the_door, signed_in_agent

door: Site[Visitor] = Site("agent", admits=at_the_door)
site: Site[AgentActor] = Site("agent", admits=signed_in_agent)

routes = [
    door.page("/agents/connexion", session.show),
    door.action("/agents/connexion", session.enter),
    door.page("/agents/connexion/code", second_factor.show),
    door.action("/agents/connexion/code", second_factor.answer),
    door.action("/agents/connexion/cle", keys.enter),
    door.action("/agents/connexion/cle/defi", keys.challenge),
    door.page("/agents/connexion/protection", enrolment.show),
    door.action("/agents/connexion/protection", enrolment.prove),
    door.action("/agents/connexion/protection/cle", keys.enrol),
    door.action("/agents/connexion/protection/cle/defi", keys.enrolment_challenge),
    door.action("/agents/proconnect/connexion", proconnect.begin),
    door.arrival("/agents/proconnect/callback", proconnect.arrive, why="the return from ProConnect"),
    door.page("/agents/proconnect/refus", proconnect.show_refusal),
    door.action("/agents/proconnect/sortie", proconnect.sign_out),
    door.page("/agents/proconnect/deconnexion", proconnect.signed_out),
    site.page("/agents/identites", identities.show),
    site.action("/agents/identites", identities.attach),
    site.action("/agents/deconnexion", session.leave),
    site.page("/agents", inbox.show),
    site.page("/agents/demandes-papier", paper.show),
    site.action("/agents/demandes-papier", paper.create),
    site.page("/agents/listes", lists.index),
    site.page("/agents/listes/{source}", lists.show),
    site.page("/agents/listes/{source}/nouveau", lists.show_new),
    site.action("/agents/listes/{source}/nouveau", lists.add),
    site.page("/agents/listes/{source}/{item}", lists.show_item),
    site.action("/agents/listes/{source}/{item}", lists.change),
    site.action("/agents/listes/{source}/{item}/place", lists.place),
    site.action("/agents/listes/{source}/{item}/etat", lists.state),
    site.page("/agents/circuits/{slug}", workflows.show),
    site.page("/agents/demandes/{reference}", submission.show),
    site.action("/agents/demandes/{reference}/prise-en-charge", submission.take_charge),
    site.page("/agents/demandes/{reference}/pieces-manquantes", decisions.show_request),
    site.action("/agents/demandes/{reference}/pieces-manquantes", decisions.request_documents),
    site.page("/agents/demandes/{reference}/decision", decisions.show_decision),
    site.action("/agents/demandes/{reference}/decision", decisions.decide),
    site.action("/agents/demandes/{reference}/accuse", cases.acknowledge),
    site.action("/agents/demandes/{reference}/attestation", cases.attest),
    *(
        make(f"/agents/demandes/{{reference}}/{page}", handler)
        for page, name in (("motifs", "reasons"), ("retrait", "withdrawal"), ("erratum", "erratum"))
        for make, handler in zip((site.page, site.action), cases.writing(name), strict=True)
    ),
    site.page("/agents/demandes/{reference}/transmission", transmission.show),
    site.action("/agents/demandes/{reference}/transmission", transmission.send),
    site.page("/agents/demandes/{reference}/dossier.zip", transmission.bundle),
    site.page("/agents/demandes/{reference}/lettres/{letter}.pdf", printing.open_pdf),
    site.page("/agents/demandes/{reference}/lettres/{letter}", printing.show),
    site.action("/agents/demandes/{reference}/lettres/{letter}", printing.prepare),
    site.action("/agents/demandes/{reference}/lettres/{letter}/envoi", printing.note_posted),
    site.page("/agents/demandes/{reference}/reponses.csv", exports.as_csv),
    site.page("/agents/demandes/{reference}/reponses.json", exports.as_json),
    site.action("/agents/demandes/{reference}/taches/{task}", beside.close_task),
    site.action("/agents/demandes/{reference}/aidant", helped.cut),
    site.page("/agents/demandes/{reference}/suites/{event}", moves.show),
    site.action("/agents/demandes/{reference}/suites/{event}", moves.create),
    site.page("/agents/demandes/{reference}/pieces-recues", arrivals.show),
    site.action("/agents/demandes/{reference}/pieces-recues", arrivals.mark),
    site.action("/agents/demandes/{reference}/messages", thread.send),
    site.action("/agents/demandes/{reference}/messages/lecture", thread.read),
    site.action("/agents/demandes/{reference}/notes", thread.note),
    site.page("/agents/demandes/{reference}/courriers/{letter}.pdf", downloads.letter),
    site.page("/agents/demandes/{reference}/fichiers/{file}", downloads.file),
]
