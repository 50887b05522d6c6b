"""The French sentences themselves: each names the question ({title}), says what to do; {limit} is what is allowed."""

from __future__ import annotations

from collections.abc import Mapping

REQUIRED: Mapping[str, str] = {
    "yes_no": "Choisissez « Oui » ou « Non » : {title}",
    "choice": "Choisissez une réponse pour « {title} ».",
    "choices": "Choisissez au moins une réponse pour « {title} ».",
    "date": "Saisissez le jour, le mois et l’année de « {title} ».",
    "address": "Saisissez l’adresse demandée : « {title} ».",
    "email": "Saisissez « {title} », par exemple camille@exemple.fr.",
    "phone": "Saisissez « {title} », par exemple 01 99 00 12 34.",
    "file": "Ajoutez un fichier pour « {title} ».",
    "statement": "Cochez « {title} » pour continuer.",
    "number": "Saisissez un nombre pour « {title} ».",
    "money": "Saisissez un montant en euros pour « {title} », par exemple 12,50.",
    "time": "Saisissez une heure pour « {title} », par exemple 14:30.",
    "partial_date": "Saisissez « {title} », au moins l’année.",
    "interval": "Saisissez la date de début et la date de fin de « {title} ».",
    "hours": "Saisissez l’heure de début et l’heure de fin de « {title} ».",
    "commune": "Saisissez « {title} », par exemple Rennes.",
    "place": "Saisissez l’adresse ou quelques mots pour « {title} ».",
    "listed": "Choisissez une réponse pour « {title} ».",
    "repeated": "Ajoutez ce qui est demandé pour « {title} ».",
}

GENERAL: Mapping[str, str] = {
    "required": "Saisissez « {title} ».",
    "characters": "« {title} » contient un caractère invisible. Effacez la réponse et saisissez-la au clavier.",
    "email": "Saisissez « {title} » en entier et sans espace, par exemple camille@exemple.fr.",
    "phone-fr": "Saisissez un numéro de dix chiffres pour « {title} », par exemple 01 99 00 12 34.",
    "postal-code-fr": "Saisissez un code postal de cinq chiffres pour « {title} », par exemple 35000.",
    "day": "Saisissez le jour de « {title} » en chiffres, de 1 à 31.",
    "month": "Saisissez le mois de « {title} », par exemple 3 ou mars.",
    "year": "Saisissez l’année de « {title} » avec quatre chiffres, par exemple 1987.",
    "date": "Cette date n’existe pas. Vérifiez le jour, le mois et l’année de « {title} ».",
    "number": "Saisissez « {title} » en chiffres, par exemple 12 ou 12,5.",
    "x-decimals": "« {title} » a trop de chiffres après la virgule. Gardez-en {limit} au plus.",
    "money": "Saisissez un montant en euros pour « {title} », par exemple 12,50.",
    "hour-minute": "Saisissez une heure pour « {title} », par exemple 14:30.",
    "partial-date": "Cette date n’existe pas. Vérifiez « {title} ».",
    "order": "« {title} » finit avant de commencer. Vérifiez le début et la fin.",
    "siret": "Vérifiez chaque chiffre de « {title} ». Un numéro SIRET en a 14, par exemple 356 000 000 00048.",
    "siren": "Vérifiez chaque chiffre de « {title} ». Un numéro SIREN en a 9, par exemple 356 000 000.",
    "rna": "Vérifiez « {title} ». Un numéro RNA est un W suivi de 9 chiffres ou lettres, par exemple W751000001.",
    "iban": "Vérifiez chaque caractère de « {title} ». Un IBAN français commence par FR et en compte 27.",
    "cadastre": "Saisissez la section et le numéro de la parcelle pour « {title} », par exemple AB 123.",
    "insee-commune": "Saisissez un code INSEE de cinq caractères pour « {title} », par exemple 35238.",
    "integer": "Saisissez « {title} » en chiffres, sans virgule.",
    "choice": "Choisissez une des réponses proposées pour « {title} ».",
    "minLength": "« {title} » est trop court. Saisissez au moins {limit} caractères.",
    "maxLength": "« {title} » est trop long. Saisissez {limit} caractères au plus.",
    "minimum": "Saisissez {limit} ou plus pour « {title} ».",
    "exclusiveMinimum": "Saisissez un nombre plus grand que {limit} pour « {title} ».",
    "maximum": "Saisissez {limit} ou moins pour « {title} ».",
    "exclusiveMaximum": "Saisissez un nombre plus petit que {limit} pour « {title} ».",
    "multipleOf": "Saisissez un multiple de {limit} pour « {title} ».",
    "minItems": "Choisissez au moins {limit} réponses pour « {title} ».",
    "maxItems": "Choisissez {limit} réponses au plus pour « {title} ».",
    "uniqueItems": "Choisissez chaque réponse une seule fois pour « {title} ».",
    "pattern": "« {title} » n’a pas la forme attendue. Vérifiez la réponse.",
    "not": "Cette réponse à « {title} » ne permet pas de continuer. Choisissez-en une autre.",
    "type": "Saisissez à nouveau « {title} ».",
    "x-min": "Choisissez le {limit} ou un jour suivant pour « {title} ».",
    "x-max": "Choisissez le {limit} ou un jour précédent pour « {title} ».",
    "closed": "« {limit} » n’est plus proposé. Choisissez une autre réponse pour « {title} ».",
    "changed": "« {limit} » a changé depuis votre choix. Vérifiez, puis choisissez à nouveau pour « {title} ».",
    "past": "« {title} » est dans le futur. Vérifiez le jour, le mois et l’année.",
}

OF_KIND: Mapping[str, Mapping[str, str]] = {
    "file": {
        "maxItems": "Gardez {limit} fichiers au plus pour « {title} ».",
        "minItems": "Ajoutez au moins {limit} fichiers pour « {title} ».",
        "choice": "Choisissez un fichier d’un type admis pour « {title} ».",
        "maximum": "Un fichier de « {title} » est trop lourd. Choisissez un fichier plus léger.",
        "minimum": "Un fichier de « {title} » est vide. Choisissez un autre fichier.",
    },
    "partial_date": {
        "month": "Saisissez le mois de « {title} », par exemple 3 ou mars. Sans le mois, laissez aussi le jour vide.",
        "partial-date": "Cette date n’existe pas. Vérifiez « {title} » : l’année seule suffit.",
    },
    "repeated": {
        "minItems": "Il en faut {limit} au moins. Ajoutez ce qui manque pour « {title} ».",
        "maxItems": "Gardez-en {limit} au plus pour « {title} ».",
    },
    "commune": {
        "homonyms": "Plusieurs communes portent ce nom. Choisissez la bonne pour « {title} ».",
        "unknown": "Nous ne trouvons pas cette commune. Vérifiez son nom, ou choisissez une réponse pour « {title} ».",
    },
    "place": {"coordinates": "Le repère est illisible. Placez-le à nouveau sur la carte pour « {title} »."},
    "interval": {
        "start": "Saisissez la date de début de « {title} ».",
        "start-day": "Saisissez le jour du début de « {title} » en chiffres, de 1 à 31.",
        "start-month": "Saisissez le mois du début de « {title} », par exemple 3 ou mars.",
        "start-year": "Saisissez l’année du début de « {title} » avec quatre chiffres, par exemple 2027.",
        "start-wrong": "La date de début de « {title} » n’existe pas. Vérifiez le jour, le mois et l’année.",
        "end": "Saisissez la date de fin de « {title} ».",
        "end-day": "Saisissez le jour de la fin de « {title} » en chiffres, de 1 à 31.",
        "end-month": "Saisissez le mois de la fin de « {title} », par exemple 3 ou mars.",
        "end-year": "Saisissez l’année de la fin de « {title} » avec quatre chiffres, par exemple 2027.",
        "end-wrong": "La date de fin de « {title} » n’existe pas. Vérifiez le jour, le mois et l’année.",
        "order": "« {title} » finit avant de commencer. Vérifiez la date de début et la date de fin.",
    },
    "hours": {
        "start": "Saisissez l’heure de début de « {title} », par exemple 14:30.",
        "start-wrong": "Saisissez l’heure de début de « {title} » en heures et minutes, par exemple 14:30.",
        "end": "Saisissez l’heure de fin de « {title} », par exemple 18:00.",
        "end-wrong": "Saisissez l’heure de fin de « {title} » en heures et minutes, par exemple 18:00.",
        "order": "L’heure de fin vient après l’heure de début. Vérifiez les deux heures de « {title} ».",
    },
}
"""For one kind of field, by code: what goes before the general sentence."""

OF_PARTS: Mapping[tuple[str, str], str] = {
    ("line1", "required"): "Saisissez le numéro et la rue.",
    ("postcode", "required"): "Saisissez le code postal.",
    ("postcode", "postal-code-fr"): "Saisissez un code postal de cinq chiffres, par exemple 35000.",
    ("city", "required"): "Saisissez la commune de l’adresse.",
    ("name", "required"): "Saisissez la ville.",
    ("country", "choice"): "Choisissez un pays de la liste.",
}
