"""From one property of the schema and its control to a Field: which kind it is, its choices, its limits, its faults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grc import cog
from grc.conditions import Faults, Rule, listed, mapping, number, text
from grc.forms.definition import Choice, Field
from grc.forms.expansion import MEDIA_TYPES, accepted_extensions
from grc.forms.formats import FORMATS, is_linear, reference_validator
from grc.forms.messages import CODES
from grc.forms.numbers import MOST_DECIMALS

Json = Any

ROLES = frozenset(
    {
        "family-name",
        "given-names",
        "postal-address",
        "contact-email",
        "receipt-email",
        "telephone",
        "organisation-name",
        "siret",
        "siren",
        "rna",
        "quality",
        "delivery",
    }
)
"""What an answer may be to the submission, whatever its name."""

_KIND_OF_FORMAT = {
    "email": "email",
    "phone-fr": "phone",
    "date": "date",
    "hour-minute": "time",
    "partial-date": "partial_date",
    **dict.fromkeys(("siret", "siren", "rna", "iban", "cadastre", "insee-commune"), "identifier"),
}
_KIND_OF_ANNOTATION = {"x-address": "address", "x-choices": "listed", "x-commune": "commune", "x-place": "place"}

INTERVALS = ("date", "hour-minute")
_ADDRESS_AUTOCOMPLETE = {
    "line1": "address-line1",
    "line2": "address-line2",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country-name",
}


def read_field(
    name: str,
    schema: Mapping[str, Json],
    control: Mapping[str, Json],
    *,
    required: bool,
    rule: Rule | None,
    where: str,
    faults: Faults,
) -> Field | None:
    """The field, or None when no kind of field fits the schema. where: place of the property in schema.json."""
    options = mapping(control.get("options"))
    kind = kind_of(schema, multi=bool(options.get("multi")))
    if kind is None:
        faults.add(where, f"aucun type de champ ne correspond à « {name} ».", "Voyez les types dans docs/formats.md.")
        return None
    _check(kind, schema, where, faults)
    return Field(
        id=str(control.get("x-id") or name),
        name=name,
        kind=kind,
        title=text(control.get("label")) or text(schema.get("title")),
        hint=text(schema.get("description")),
        required=required,
        schema=schema,
        rule=rule,
        autocomplete=text(schema.get("autocomplete")),
        choices=_choices(kind, schema),
        options={**_options(kind, schema), **options},
    )


def kind_of(schema: Mapping[str, Json], *, multi: bool = False) -> str | None:
    """The kind of field for a property, None when there is none. multi: the control asks for several lines."""
    if annotated := next((kind for key, kind in _KIND_OF_ANNOTATION.items() if key in schema), None):
        return annotated
    if "x-interval" in schema:
        return "hours" if schema["x-interval"] == "hour-minute" else "interval"
    if "oneOf" in schema:
        return "choice"
    return _kind_of_type(schema, multi=multi)


def _kind_of_type(schema: Mapping[str, Json], *, multi: bool) -> str | None:
    match schema.get("type"):
        case "string":
            return _KIND_OF_FORMAT.get(str(schema.get("format")), "longtext" if multi else "text")
        case "boolean":
            return "statement" if schema.get("const") is True else "yes_no"
        case "array":
            return _kind_of_array(schema)
        case "integer":
            return "money" if schema.get("x-money") else "integer"
        case "number":
            return "number"
    return None


def _kind_of_array(schema: Mapping[str, Json]) -> str | None:
    items = schema.get("items")
    if not isinstance(items, Mapping):
        return None
    if "properties" in items and "x-file" not in items:
        return "repeated"
    return "file" if "x-file" in items else "choices" if "oneOf" in items else None


def _choices(kind: str, schema: Mapping[str, Json]) -> tuple[Choice, ...]:
    written = schema.get("oneOf") if kind == "choice" else schema["items"].get("oneOf") if kind == "choices" else []
    return tuple(
        Choice(each["const"], text(each.get("title")), text(each.get("description")))
        for each in listed(written)
        if isinstance(each, Mapping) and isinstance(each.get("const"), str | int)
    )


def _options(kind: str, schema: Mapping[str, Json]) -> dict[str, Json]:
    """What the control needs to know beside the author's own wishes."""
    if kind == "file":
        limits = schema["items"]["x-file"]
        types = tuple(each for each in listed(limits.get("types")) if isinstance(each, str) and each in MEDIA_TYPES)
        most = number(schema.get("maxItems"), 1)
        limit = {"max_bytes": limits.get("max_bytes", 0), "max_files": most, "multiple": most > 1}
        return {"types": types, "accept": accepted_extensions(types), **limit}
    if kind == "commune":
        abroad = ((each.code, each.name) for each in cog.countries())
        return {"countries": ((cog.FRANCE, "France"), *abroad)}
    if kind == "address":
        return {"parts": tuple(_parts(schema))}
    if kind == "choice":
        return {"format": "radio" if len(listed(schema["oneOf"])) <= 8 else "select"}
    return {}


def _parts(schema: Mapping[str, Json]) -> list[dict[str, Json]]:
    own = bool(schema.get("autocomplete"))
    return [
        {
            "name": name,
            "title": part["title"],
            "required": name in schema["required"],
            "max_length": part["maxLength"],
            "autocomplete": _ADDRESS_AUTOCOMPLETE[name] if own else "off",
        }
        for name, part in schema["properties"].items()
    ]


def _check(kind: str, schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    if not text(schema.get("title")).strip():
        faults.add(f"{where}/title", "il manque l’intitulé de la question.", "Ajoutez « title ».")
    role = schema.get("x-role")
    if role is not None and (not isinstance(role, str) or role not in ROLES):
        faults.unknown(f"{where}/x-role", f"rôle inconnu : « {role} ».", str(role), ROLES)
    _check_text(schema, where, faults)
    _check_numbers(kind, schema, where, faults)
    _check_annotations(kind, schema, where, faults)
    if kind == "listed":
        _check_until(mapping(schema["x-choices"]), where, faults)
    if kind in ("choice", "choices"):
        _check_choices(_choices(kind, schema), schema, where, faults)
    if kind == "file":
        _check_file(schema["items"]["x-file"], where, faults)
    if not faults:
        _check_compiles(schema, where, faults)


def _check_until(choices: Mapping[str, Json], where: str, faults: Faults) -> None:
    until = choices.get("until")
    if until is not None and mapping(mapping(choices.get("attributes")).get(str(until))).get("format") != "date":
        message = f"« {until} » n’est pas un attribut de la liste, au format « date »."
        faults.add(f"{where}/x-choices/until", message, "C’est le dernier jour où l’élément est proposé.")


def _check_text(schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    form, pattern = schema.get("format"), schema.get("pattern")
    if form is not None and (not isinstance(form, str) or form not in FORMATS):
        faults.unknown(f"{where}/format", f"format inconnu : « {form} ».", str(form), FORMATS)
    if pattern is None:
        return
    if not isinstance(pattern, str) or not pattern.startswith("^") or not pattern.endswith("$"):
        faults.add(f"{where}/pattern", "le motif doit décrire toute la réponse.", "Commencez par ^ et finissez par $.")
    elif not is_linear(pattern):
        faults.add(f"{where}/pattern", "ce motif n’est pas accepté.", "N’utilisez ni (?=…), ni (?!…), ni \\1.")


def _check_numbers(kind: str, schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    """Decimals for a number, cents for a whole number, an interval of days or of hours."""
    places, money, interval = schema.get("x-decimals"), schema.get("x-money"), schema.get("x-interval")
    if places is not None and (kind != "number" or type(places) is not int or not 0 <= places <= MOST_DECIMALS):
        advice = f"Donnez de 0 à {MOST_DECIMALS} décimales à une réponse « number »."
        faults.add(f"{where}/x-decimals", "« x-decimals » n’a pas de sens ici.", advice)
    if money is not None and (money is not True or schema.get("type") != "integer"):
        faults.add(f"{where}/x-money", "un montant est un nombre entier de centimes.", 'Mettez "type": "integer".')
    if interval is not None and interval not in INTERVALS:
        faults.unknown(f"{where}/x-interval", f"intervalle inconnu : « {interval} ».", str(interval), INTERVALS)


def _check_choices(choices: tuple[Choice, ...], schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    place = f"{where}/oneOf" if "oneOf" in schema else f"{where}/items/oneOf"
    values = [str(each.value) for each in choices]
    written = schema.get("oneOf") or mapping(schema.get("items")).get("oneOf")
    if not choices or len(choices) != len(listed(written)):
        faults.add(place, "chaque choix a une valeur (« const ») et un libellé (« title »).")
    for position, each in enumerate(choices):
        if not each.title.strip():
            faults.add(f"{place}/{position}/title", f"il manque le libellé du choix « {each.value} ».")
        if str(each.value) in values[:position]:
            faults.add(f"{place}/{position}/const", f"la valeur « {each.value} » figure deux fois.")


def _check_annotations(kind: str, schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    """Messages under known codes; dates relative to today only where there is a date."""
    messages = schema.get("x-messages", {})
    for code in mapping(messages):
        if code not in CODES:
            faults.unknown(f"{where}/x-messages/{code}", f"code inconnu : « {code} ».", str(code), CODES)
    for keyword in ("x-min", "x-max"):
        offset = schema.get(keyword)
        if offset is None:
            continue
        if kind != "date" and (kind, keyword) != ("partial_date", "x-max"):
            faults.add(f"{where}/{keyword}", f"« {keyword} » ne sert que pour une date.", "Ôtez-le.")
        elif not isinstance(offset, Mapping) or not all(type(each) is int for each in offset.values()):
            faults.add(f"{where}/{keyword}", "il manque le décalage.", 'Par exemple {"days": 0} pour aujourd’hui.')


def _check_file(limits: Mapping[str, Json], where: str, faults: Faults) -> None:
    types = limits.get("types")
    if not isinstance(types, list) or not types:
        faults.add(f"{where}/items/x-file/types", "il manque les types de fichier admis.", 'Par exemple ["image/png"].')
    for each in listed(types):
        if not isinstance(each, str) or each not in MEDIA_TYPES:
            faults.unknown(f"{where}/items/x-file/types", f"type inconnu : « {each} ».", str(each), MEDIA_TYPES)
    if not isinstance(limits.get("max_bytes"), int):
        faults.add(f"{where}/items/x-file/max_bytes", "il manque la taille maximale, en octets.")


def _check_compiles(schema: Mapping[str, Json], where: str, faults: Faults) -> None:
    validator = reference_validator({})
    meta = type(validator)(validator.META_SCHEMA)
    for error in meta.iter_errors(dict(schema)):
        place = "/".join(str(step) for step in error.absolute_path)
        faults.add(f"{where}/{place}", "ce mot-clé n’a pas une valeur permise par JSON Schema.")
