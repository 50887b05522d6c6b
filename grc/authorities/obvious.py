"""The words that passwords must not be made of: what is guessed first, here and everywhere."""

from __future__ import annotations

_GUESSED = """
123456 12345678 123456789 1234567890 987654321 qwerty qwertyuiop azerty azertyuiop qsdfghjklm asdfghjkl wxcvbn
abcdef abcdefgh abcd1234 abc123 a1b2c3 1q2w3e 1q2w3e4r 1qaz2wsx zaq12wsx aqwzsx aqwzsxedc nbvcxw poiuytreza
password passwort passe motdepasse monmotdepasse mdp secret secrete admin administrateur administrator
administration root user utilisateur invite guest test testeur changeme changezmoi default defaut letmein
welcome bienvenue bonjour bonsoir salut coucou soleil chocolat doudou loulou cheval chouchou marseille paris
france francais republique liberte egalite fraternite jetaime iloveyou iloveu amour monamour princesse
dragon monkey football soccer baseball superman batman pokemon starwars master shadow sunshine trustno1 whatever
michael nicolas camille thomas julien marine sophie isabelle nathalie philippe jean pierre marie
mairie maire commune ville village accueil secretariat etatcivil urbanisme service services agent agents
demarche demarches dossier collectivite hoteldeville informatique bureau
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
printemps ete automne hiver lundi mardi mercredi jeudi vendredi samedi dimanche
"""
WORDS = frozenset(_GUESSED.split())
