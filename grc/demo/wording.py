"""What the invented agents and citizens write: a sentence that fits the question, and one that fits any."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

_TO_QUESTIONS: Sequence[tuple[str, str]] = (
    ("quel est le nouveau prix", "Le nouveau prix est de 980 euros. Ce devis vaut jusqu’au {day}."),
    ("quel est le prix", "Le prix est de 1\u00a0240 euros. Ce devis vaut jusqu’au {day}. Pour l’accepter, signez-le."),
    ("qui avez-vous transmis", "C’est le département d’Exemple qui s’en occupe\u00a0: 01 99 00 55 00."),
    ("de l’annulation", "La réservation est annulée, comme vous l’avez demandé. Rien ne vous est facturé."),
    (
        "n’est-elle plus gardée",
        "Les documents demandés ne sont pas arrivés à temps\u00a0: la date est de nouveau libre.",
    ),
    ("gardée", "La salle vous est gardée jusqu’au {day}. Envoyez-nous l’attestation d’assurance avant ce jour."),
    ("déjà prévue", "Une intervention est déjà prévue à cet endroit le {day}. Votre signalement y est joint."),
    ("n’a pas eu lieu", "Le camion n’a pas pu entrer dans la rue. Nous repassons le {day}, le matin."),
    (
        "ne se fait-elle pas",
        "Vous avez choisi un autre service\u00a0: l’installation n’a pas lieu. Vous ne devez rien.",
    ),
    (
        "n’intervient-elle pas",
        "Ce chemin est privé\u00a0: la commune ne peut pas y faire de travaux. Voyez son propriétaire.",
    ),
    ("n’est-il pas inscrit", "Ce logement est un meublé\u00a0: il se déclare au service national, et non à la mairie."),
    ("n’est enregistré", "Ce n’est pas encore un dossier complet. Déposez-le avec son formulaire, en un envoi."),
    ("est-elle close", "Sans nouvelle de votre part, nous fermons la demande. Vous pouvez en faire une autre."),
    ("faut-il plus de temps", "La réponse demande l’avis d’un prestataire. Nous l’attendons avant le {day}."),
    ("combien de temps", "Le prochain appareil se libère sans doute vers le {day}. Nous vous appelons ce jour-là."),
    ("attend encore", "Vous êtes toujours sur la liste. Nous vous donnons des nouvelles avant le {day}."),
    ("la commission", "La commission se réunit le {day}. Vous recevrez sa réponse la semaine qui suit."),
    ("quelle place proposez", "Une place est libre à la rentrée prochaine. Répondez-nous avant le {day}."),
    (
        "quel poste proposez",
        "Nous vous proposons un contrat de six mois. Dites-nous avant le {day} si cela vous convient.",
    ),
    ("que devient la demande", "Nous gardons votre demande sur la liste pour la prochaine commission."),
    ("qu’a-t-on fait", "Notre équipe est venue ce matin\u00a0: la réparation est faite."),
    ("qu’est-ce qui a été fait", "Le branchement est fini. Il reste à régler la facture, qui part par courrier."),
    ("que reste-t-il", "Le trou est rebouché, mais le trottoir reste à reprendre. Nous y revenons le {day}."),
    ("corriger", "Le numéro de la rue manque. Complétez l’adresse, puis confirmez."),
    ("préciser", "Pouvez-vous nous dire l’endroit exact, et depuis quand\u00a0? Une photo nous aiderait."),
    (
        "quels réseaux",
        "Deux conduites d’eau passent sous le trottoir. Les plans partent par courriel\u00a0: sondez à la main.",
    ),
    ("à l’entreprise", "Aucun réseau de la commune ne passe ici. Les travaux peuvent commencer."),
    (
        "cet habitant",
        "Bienvenue\u00a0! Le livret d’accueil vous attend à la mairie. Les bacs passent le mardi et le vendredi.",
    ),
    ("où et à quelles heures", "Le livret vous attend à l’accueil de la mairie, de 9 h à 12 h, jusqu’au {day}."),
    ("quel jour", "Nous vous proposons le {day}, à 10 h. Si ce jour ne vous va pas, écrivez-nous ici."),
    ("quelle est la suite", "Nous étudions les candidatures jusqu’au {day}, puis nous appelons chaque personne."),
    ("quand", "C’est prévu le {day}. Nous vous prévenons si ce jour change."),
    ("votre réponse", "Oui, c’est possible. Le règlement est à la mairie, et l’accueil vous l’explique par téléphone."),
)
_TO_ANYTHING = "Votre demande avance. Nous vous donnons des nouvelles avant le {day}."

_ANSWERS: Mapping[str, str] = {
    "grounds": "Expérience du poste, disponible de suite, bons échanges avec le jury.",
    "defects": "Le regard n’est pas accessible\u00a0: à dégager avant la prochaine visite.",
    "commune": "Exemple-Ville",
    "awaited": "Mention du mariage à porter.",
    "number": "DP 099 001 26 00012",
    "chip": "TE-4410",
    "place": "Mairie, salle du premier étage",
}
"""What an agent types in a form, by the last part of the name of the question."""
_IN_A_FORM = "Vu avec l’usager, rien à ajouter."

REFUSALS = (
    "Les informations données ne correspondent pas à nos registres. Vérifiez-les, puis faites une autre demande.",
    "La condition que fixe le règlement n’est pas remplie. Le service peut vous l’expliquer par téléphone.",
    "Le justificatif envoyé ne montre pas ce qui est demandé. Vous pouvez faire une autre demande avec le bon.",
)
FROM_CITIZENS = (
    "Bonjour, avez-vous des nouvelles de ma demande\u00a0? Merci d’avance.",
    "Bonjour, je serai en congé la semaine prochaine. Le mieux est de me joindre le soir.",
    "Bonjour, j’ai oublié de vous dire que mon téléphone a changé. Le nouveau est le 01 99 00 44 55.",
    "Bonjour, faut-il que je vienne à la mairie, ou tout se fait-il par courrier\u00a0?",
    "Merci beaucoup pour votre réponse rapide.",
)
FROM_AGENTS = (
    "Bonjour, votre demande est bien entre nos mains. Il ne manque rien pour le moment.",
    "Bonjour, merci de votre message. Vous n’avez pas à vous déplacer\u00a0: nous répondons ici.",
    "Bonjour, nous avons noté ce que vous nous dites. Bonne journée.",
)
NOTES = (
    "Vu avec le responsable\u00a0: rien ne s’y oppose.",
    "Rappelé ce matin, sans réponse. À rappeler l’après-midi.",
    "Même adresse que la demande de l’an dernier.",
    "Registre vérifié, l’acte est bien chez nous.",
)
CLOSING = "La demande est traitée. Merci."


def to_citizen(question: str, day: str) -> str:
    """What an agent tells the citizen, to the question that the button asks. day: one to come, in words."""
    asked = question.lower()
    return next((text for word, text in _TO_QUESTIONS if word in asked), _TO_ANYTHING).format(day=day)


def answer(name: str) -> str:
    """What an agent types in the question of that name of a form."""
    return _ANSWERS.get(name.rsplit(".", 1)[-1], _IN_A_FORM)


def one_of(texts: Sequence[str], chance: random.Random) -> str:
    """One of them."""
    return texts[chance.randrange(len(texts))]
