"""What was just done, told once at the top of the next page: a closed list, named in the address."""

from __future__ import annotations

from dataclasses import replace

from grc.web.frame import Flash, Frame

_FLASHES = {
    "demarche-installee": Flash("La démarche est enregistrée.", "Les nouvelles demandes suivent ces réglages."),
    "demarche-adaptee": Flash(
        "La démarche est publiée.", "Les nouvelles demandes la suivent, les autres ne changent pas."
    ),
    "demarche-a-jour": Flash("La démarche est à jour.", "Les nouvelles demandes suivent la version du catalogue."),
    "demarche-ouverte": Flash("La démarche est ouverte.", "Les usagers peuvent commencer une demande."),
    "demarche-fermee": Flash("La démarche est fermée.", "Les brouillons et les demandes restent."),
    "cle-revoquee": Flash("La clé est révoquée.", "Le logiciel qui l’avait n’entre plus."),
    "webhook-modifie": Flash("La notification est modifiée.", "Ce qui attendait part dès maintenant."),
    "webhook-renvoi": Flash("Les messages repartent.", "Dans leur ordre, avec les mêmes numéros."),
    "webhook-supprime": Flash("La notification est supprimée.", "Ce logiciel n’est plus prévenu."),
    "invite-fini": Flash("L’accès est terminé.", "Les sessions de cette personne sont fermées."),
    "liste-dressee": Flash("La liste est dressée.", "Envoyez-la aux Archives départementales. Rien n’est détruit."),
    "visa-enregistre": Flash("Le visa est enregistré.", "La destruction se fait sous dix minutes."),
    "visa-retire": Flash("C’est retiré.", "Plus rien n’est détruit sur ce visa ou cette liste."),
    "droit-accorde": Flash("Le droit est accordé.", "Il vaut dès maintenant, sans nouvelle connexion."),
    "droit-retire": Flash("Le droit est retiré.", "Il ne vaut plus dès maintenant."),
    "absence-declaree": Flash("L’absence est déclarée.", "S’il y a un remplaçant, il agit à partir du premier jour."),
    "absence-annulee": Flash("L’absence est annulée.", "Le remplaçant n’a plus ces droits."),
    "adresse": Flash(
        "Votre adresse est corrigée.",
        "L’accusé de réception repart à cette adresse avec un nouveau code de suivi. L’ancien code ne fonctionne plus.",
    ),
    "piece": Flash("Votre document est envoyé.", "Le service le voit dans votre demande."),
    "complet": Flash("Vos documents sont envoyés.", "L’examen de votre demande reprend."),
    "analyse": Flash(
        "Vos documents sont envoyés.",
        "L’antivirus les lit d’abord, puis l’examen reprend. C’est la date d’aujourd’hui qui compte.",
    ),
    "incomplet": Flash("Votre document est envoyé.", "Il en manque encore : voyez la liste ci-dessous."),
    "choix": Flash("C’est fait.", "La mairie voit votre choix. Cette page dit la suite."),
    "retrait": Flash("Votre demande est retirée.", "Le service ne l’examinera pas. Sa trace est gardée."),
    "prise-en-charge": Flash("Vous avez pris cette demande en charge.", "L’usager en est informé par courriel."),
    "pieces": Flash("La demande de pièces part à l’usager.", "Le délai de réponse est recalculé."),
    "tache": Flash("La tâche est faite."),
    "modification": Flash("Vos modifications sont envoyées.", "Le service les voit à côté de vos premières réponses."),
    "suite": Flash("L’état de la demande est changé.", "L’usager le voit, avec votre message s’il y en a un."),
    "decision": Flash("La décision part à l’usager.", "Elle figure dans l’historique de la demande."),
    "accuse": Flash("L’accusé de réception part à l’usager.", "Il porte la date de réception d’origine."),
    "attestation": Flash("L’attestation part à l’usager.", "Elle est faite une fois, et gardée telle quelle."),
    "attestation-demandee": Flash("Votre attestation est demandée.", "Vous la recevez dès qu’un agent l’a signée."),
    "motifs": Flash("Les motifs partent à l’usager.", "Il a deux mois pour contester à partir de leur réception."),
    "motifs-demandes": Flash("Votre demande de motifs est envoyée.", "La mairie vous répond dans le mois."),
    "retrait-acceptation": Flash("Le retrait part à l’usager.", "La demande porte désormais ce refus."),
    "erratum": Flash("La correction part à l’usager.", "La décision garde son sens."),
    "transmission": Flash("La demande est transmise.", "La personne en est prévenue. Elle est close ici."),
    "papier-recu": Flash(
        "La demande est enregistrée.", "Son accusé de réception part par courriel, sinon imprimez-le."
    ),
    "saisie-gardee": Flash("Votre saisie est gardée.", "Reprenez-la dans la liste ci-dessous."),
    "courrier": Flash("L’envoi est noté.", "La tâche est faite."),
    "papier": Flash("Vos décisions vous viendront par la poste.", "Le reste continue de vous être écrit ici."),
    "papier-fin": Flash("Vos décisions vous viendront par courriel."),
    "liste-ajout": Flash("L’élément est ajouté.", "Les formulaires le proposent déjà."),
    "liste-change": Flash("L’élément est modifié.", "Les demandes déjà envoyées gardent ce qui avait été choisi."),
    "liste-change-pris": Flash(
        "L’élément est modifié.", "Une tâche s’ouvre dans chaque demande qui l’a pris\u00a0: prévenez les usagers."
    ),
    "liste-ferme": Flash("L’élément n’est plus proposé.", "Un brouillon qui l’avait choisi devra choisir à nouveau."),
    "liste-ouvert": Flash("L’élément est de nouveau proposé."),
    "garde": Flash("C’est gardé.", "Personne d’autre ne peut le prendre ces jours-là."),
    "rendu": Flash("C’est rendu.", "Ces jours sont de nouveau libres."),
    "envoi-repris": Flash("L’envoi est repris.", "Il part tel quel, au prochain passage d’un ouvrier."),
    "envois-repris": Flash("Les envois sont repris.", "Ils partent tels quels, au prochain passage d’un ouvrier."),
    "envoi-abandonne": Flash("L’envoi est abandonné.", "Il ne partira pas ; la demande garde sa trace."),
    "message": Flash("Votre message est envoyé.", "Il est dans la demande, avec la date et l’heure."),
    "message-garde": Flash("Votre message n’est pas encore envoyé.", "Il est plus bas : relisez-le, puis envoyez-le."),
    "message-usager": Flash("Votre message est envoyé.", "L’usager le reçoit par courriel et peut répondre ici."),
    "message-lu-en-ligne": Flash(
        "Votre message est dans la demande.",
        "Aucun courriel ne prévient l’usager : il le lira avec son code de suivi. Téléphonez-lui si c’est pressant.",
    ),
    "message-lu": Flash("C’est noté.", "La demande quitte la liste des messages à lire."),
    "aidant-coupe": Flash(
        "L’accès de l’aidant est coupé.",
        "Son code ne fonctionne plus. La demande reste au nom de la personne ; contactez-la.",
    ),
    "compte-rattache": Flash("Le compte est rattaché.", "Les adresses confirmées des deux comptes en sont prévenues."),
    "note": Flash("Votre note est gardée.", "Seuls les agents la lisent."),
    "recu": Flash("Les documents sont marqués comme reçus.", "L’usager est prévenu, avec la nouvelle date de réponse."),
    "recu-en-partie": Flash("C’est noté.", "Il manque encore des documents : la demande attend toujours."),
    "accord": Flash("Votre accord est enregistré.", "Vous pouvez l’arrêter ici à tout moment."),
    "accord-fin": Flash("Votre accord est arrêté.", "La mairie ne vous notifiera plus de décision par ce moyen."),
    "identite": Flash("L’identité est rattachée.", "L’agent entre avec ProConnect. Ses sessions sont closes."),
    "profil-garde": Flash("C’est noté.", "Vos prochaines demandes pourront reprendre ces coordonnées."),
    "profil-efface": Flash("Vos coordonnées ne sont plus gardées.", "Elles sont effacées de votre compte."),
    "sessions": Flash("C’est fermé.", "Cette page montre les sessions encore ouvertes."),
    "mot-de-passe": Flash("Votre mot de passe est enregistré.", "Les autres sessions sont fermées."),
    "mot-de-passe-efface": Flash("Votre mot de passe est effacé.", "Vous vous connectez avec un lien."),
    "changement-adresse": Flash(
        "Nous avons écrit aux adresses à confirmer.", "Rien ne change avant. Les liens fonctionnent pendant un jour."
    ),
    "changement-annule": Flash("Le changement d’adresse est annulé."),
    "droit": Flash("Votre demande est envoyée.", "La mairie vous répond dans le mois."),
    "compte-ferme": Flash("Votre compte est fermé.", "Vos demandes restent suivies avec leur code."),
    "mot-de-passe-choisi": Flash("Votre mot de passe est enregistré.", "Connectez-vous avec lui."),
    "application": Flash(
        "L’application de codes est installée.",
        "Un code est demandé à chaque connexion. Vos autres sessions sont fermées.",
    ),
    "cle": Flash("La clé d’accès est créée.", "Elle suffit pour vous connecter. Vos autres sessions sont fermées."),
    "retrait-moyen": Flash("C’est retiré.", "Ce moyen ne sert plus. Vos autres sessions sont fermées."),
    "agent-ouvert": Flash("Le compte est ouvert.", "Faites un lien pour que l’agent choisisse un mot de passe."),
    "agent-change": Flash("Le compte est modifié.", "Si ses droits changent, l’agent doit se connecter à nouveau."),
    "agent-ferme": Flash("Le compte est fermé.", "Ses sessions aussi."),
    "agent-rouvert": Flash("Le compte est rouvert.", "Faites un lien pour que l’agent choisisse un mot de passe."),
    "agent-moyens": Flash("Les seconds moyens sont remis à zéro.", "Ses sessions sont fermées."),
    "service-ajoute": Flash("Le service est ajouté.", "Des démarches peuvent lui être données."),
    "service-modifie": Flash("Le service est modifié.", "Les accusés déjà envoyés ne changent pas."),
    "service-ferme": Flash("Le service est fermé.", "Plus rien de nouveau ne lui est donné."),
    "service-rouvert": Flash("Le service est rouvert."),
    "fermeture-ajoutee": Flash("La fermeture est annoncée.", "Les usagers la voient déjà. Aucun délai ne s’arrête."),
    "fermeture-retiree": Flash("La fermeture est retirée.", "Les usagers ne la voient plus."),
    "collectivite": Flash("La collectivité est modifiée.", "Les pages le montrent déjà."),
    "couleur": Flash("La couleur est changée.", "Les pages et les prochains courriels la prennent."),
    "logo": Flash("Le logo est changé.", "Les pages le montrent déjà."),
    "logo-retire": Flash("Le logo est retiré.", "Les pages montrent le nom seul."),
    "declaration": Flash("La déclaration est enregistrée.", "Elle est publiée."),
    "sortie": Flash("Vous êtes déconnecté.", "Fermez le navigateur si l’ordinateur sert à d’autres personnes."),
}


def with_flash(frame: Frame, code: str) -> Frame:
    """The frame with the words of that code, unchanged for an unknown one."""
    flash = _FLASHES.get(code)
    return frame if flash is None else replace(frame, flash=flash)
