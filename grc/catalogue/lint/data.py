"""Faults of what is asked and kept: without purpose, without a text that wants it, against a text that forbids it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grc.catalogue.definition import Procedure
from grc.catalogue.lint.journeys import bare
from grc.conditions import Faults, mapping, reads, text
from grc.forms import ordering
from grc.forms.definition import Field, Form

_FORBIDDEN: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(
            r"justificatifs? de domicile|preuves? de domicile|quittances? de loyer"
            r"|factures? d (electricite|eau|gaz|energie|telephone)"
        ),
        "un justificatif de domicile ne peut pas être exigé (CRPA, art. R113-8)",
        "Ôtez-le : la personne déclare son adresse. Sinon, citez dans « x-required-by » le texte qui l’exige.",
    ),
    (
        re.compile(r"copies? certifiees?( conformes?)?|certifiees? conformes?"),
        "une copie certifiée conforme ne peut pas être exigée (CRPA, art. R113-10)",
        "Demandez une copie simple.",
    ),
    (
        re.compile(r"acte de (naissance|mariage|deces) (recent|de moins de)"),
        "un acte d’état civil vaut quelle que soit sa date, sauf texte (CRPA, art. R113-7)",
        "Ôtez la condition de date.",
    ),
    (
        re.compile(
            r"numeros? de securite sociale|\bnir\b|numeros? (de|d) (la |votre )?(carte d identite|passeport|cni)"
        ),
        "un numéro d’identité ou de sécurité sociale ne se demande pas dans un formulaire",
        "Ôtez la question : le nom et la date de naissance suffisent.",
    ),
)
_CIVIL_STATUS = (
    re.compile(r"(cartes?|pieces?|justificatifs?|copies?|photocopies?) d identite|passeport"),
    "une pièce d’identité n’est ni demandée ni gardée pour un acte d’état civil (décret n° 2017-890, art. 26 à 33)",
    "Ôtez-la : le lien ou le mandat se prouve autrement.",
)
_NEGATION = re.compile(r"\b(jamais|pas|aucune?|sans|inutile)\b")
_DOMICILE_ALLOWED = re.compile(r"R\.? ?113-8")


def check(procedure: Procedure, faults: Faults) -> None:
    """Every fault of the answers and pieces."""
    for form, prefix, kept in _forms(procedure.form):
        for field in form.fields:
            where = f"{procedure.slug}/schema.json#{prefix}{field.name}"
            if not kept and field.computed is None:
                _without_purpose(field, where, faults)
            if field.kind == "file":
                _without_text(field, where, faults)
            _forbidden(procedure, field, where, faults)
            _unused(procedure, form, field, where, faults)


def forbidden(procedure: Procedure, faults: Faults) -> None:
    """The faults that no authority may take upon itself: what a text forbids to ask."""
    for form, prefix, _ in _forms(procedure.form):
        for field in form.fields:
            _forbidden(procedure, field, f"{procedure.slug}/schema.json#{prefix}{field.name}", faults)


def _forms(form: Form) -> Iterator[tuple[Form, str, bool]]:
    """The form, then that of the items of each repeated question; whether the question says why for its items."""
    yield form, "", False
    for field in form.fields:
        if field.form is not None:
            yield field.form, f"{field.name}.", bool(mapping(field.schema.get("x-privacy")).get("purpose"))


def _without_purpose(field: Field, where: str, faults: Faults) -> None:
    privacy = mapping(field.schema.get("x-privacy"))
    if field.form is not None and not privacy:
        return  # each answer of its items then says it
    if not text(privacy.get("purpose")).strip():
        message = f"« {field.name} » ne dit pas à quoi sert la réponse (RGPD, art. 5, 1, b)."
        faults.add(where, message, "Ajoutez « x-privacy » : « purpose ».")
    if not text(privacy.get("retention")):
        message = f"« {field.name} » ne dit pas combien de temps la réponse est gardée (RGPD, art. 5, 1, e)."
        faults.add(where, message, "Ajoutez « x-privacy » : « retention », par exemple « P1Y ».")


def _without_text(field: Field, where: str, faults: Faults) -> None:
    """A piece that must be sent is wanted by a text or by a published rule (CRPA L113-12, L114-5)."""
    if field.required and not text(mapping(field.schema.get("x-required-by")).get("source")).strip():
        message = f"aucun texte ni règle n’exige la pièce « {field.title} »."
        faults.add(where, message, "Ajoutez « x-required-by » avec sa source, ou rendez la pièce facultative.")


def _forbidden(procedure: Procedure, field: Field, where: str, faults: Faults) -> None:
    words = bare(" ".join(_demanding((field.title, field.hint, *(choice.title for choice in field.choices)))))
    source = text(mapping(field.schema.get("x-required-by")).get("source"))
    for number, (pattern, message, advice) in enumerate(_FORBIDDEN):
        if pattern.search(words) and not (number == 0 and _DOMICILE_ALLOWED.search(source)):
            faults.add(where, f"{message} : « {field.title} ».", advice)
    pattern, message, advice = _CIVIL_STATUS
    if bare(procedure.category) == "etat civil" and field.kind == "file" and pattern.search(words):
        faults.add(where, f"{message} : « {field.title} ».", advice)


def _demanding(texts: Iterable[str]) -> Iterator[str]:
    """The sentences that ask; those that say what is not asked (« Jamais de… ») forbid nothing."""
    for words in texts:
        yield from (each for each in re.split(r"[.;!?]", words) if not _NEGATION.search(bare(each)))


def _unused(procedure: Procedure, form: Form, field: Field, where: str, faults: Faults) -> None:
    """An answer that nothing reads, that no page shows and that says no purpose is asked for nothing."""
    shown = any(each.name == field.name for page in form.pages for each in page.fields)
    has_purpose = bool(text(mapping(field.schema.get("x-privacy")).get("purpose")))
    serves = has_purpose or field.role or field.form is not None or (field.computed is not None and shown)
    if not serves and field.name not in _read(procedure, form):
        faults.add(
            where, f"rien ne se sert de « {field.name} ».", "Ôtez-la, ou dites par « x-privacy » à quoi elle sert."
        )


def _read(procedure: Procedure, form: Form) -> frozenset[str]:
    """The answers that a rule, a computation, a check, a guard or the rule of silence reads."""
    names = [each.name for each in form.fields]
    expressions = [each.computed for each in _every_field(procedure.form) if each.computed is not None]
    expressions += [each.expression for each in (*procedure.form.checks, *form.checks)]
    expressions += procedure.workflow.guards.values()
    found = {name for each in expressions for name in ordering.answers_read(each, names, form.prefix)}
    for _, _, rule in ordering.controls(form):
        found |= reads(rule)
    return frozenset(found)


def _every_field(form: Form) -> Iterator[Field]:
    for field in form.fields:
        yield field
        if field.form is not None:
            yield from _every_field(field.form)
