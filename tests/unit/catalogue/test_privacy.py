"""What people are told of their data and what the register says of a procedure, both read from the procedure."""

from __future__ import annotations

import pytest

from grc.authorities.views import ServiceView
from grc.catalogue import lint, overlaying, processing, shelf
from grc.catalogue.lint.privacy import PARTS
from grc.catalogue.queries import Published
from tests.unit.catalogue.test_lint import broken, catalogue, found

SERVICE = ServiceView(1, "enfance", "Service de la petite enfance", "", "", (), "")
PATH = "procedure/notice"


@pytest.mark.law("R42")
@pytest.mark.parametrize("part", PARTS)
def test_a_notice_that_lacks_a_part_is_a_fault(part: str) -> None:
    written = "retention" if part == "retention_text" else part
    faults = found(broken("acte-de-naissance", {f"{PATH}/{written}": " "}))
    assert any(f"/notice/{written}" in fault and PARTS[part] in fault for fault in faults)


@pytest.mark.law("R42")
@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({f"{PATH}/rights": "Vous pouvez consulter vos données."}, "saisir la CNIL"),
        ({f"{PATH}/legal_basis": "La loi."}, "article 6"),
        ({"procedure/dpia": None}, "analyse d’impact"),
        ({"procedure/dpia": None, "procedure/sensitive": False}, "enfants"),
    ],
)
def test_what_a_notice_must_say_and_an_assessment_left_open(edits: dict[str, object], told: str) -> None:
    assert any(told in fault for fault in found(broken("admission-creche", edits)))


@pytest.mark.law("R42")
def test_the_register_reads_the_form_the_workflow_and_the_notice() -> None:
    creche = next(each for each in catalogue() if each.slug == "admission-creche")
    one = processing.of(Published(1, 1, True, SERVICE, creche), "Tilleul")
    data = dict(one.data)
    assert data[processing.IDENTITY] == ("Votre nom de famille", "Votre prénom")
    assert "Votre adresse électronique" in data[processing.CONTACT]
    assert (one.months, one.source) == (creche.retention.months, creche.retention.source)
    assert one.recipients[:2] == (SERVICE.name, "Les agents qui traitent la demande")
    assert one.recipients[-1] == creche.notice.recipients
    assert "Autres personnes que les réponses nomment" in one.persons
    assert one.is_sensitive
    assert one.dpia is not None
    connection = next(each for each in catalogue() if each.slug == "raccordement-assainissement")
    sent_on = processing.of(Published(1, 1, True, SERVICE, connection), "Tilleul").recipients
    assert any("L114-2" in each for each in sent_on)


def test_what_is_computed_is_not_asked_and_titles_are_read_as_people_see_them() -> None:
    birth = next(each for each in catalogue() if each.slug == "acte-de-naissance")
    things = processing.asked(birth, "Tilleul")
    assert any("Tilleul" in thing.title for thing in things)
    assert not any("{{" in thing.title for thing in things)
    assert next(thing for thing in things if thing.title == "Votre téléphone").required is False
    rooms = next(each for each in catalogue() if each.slug == "reservation-salle")
    computed = {field.title for field in rooms.form.every_field if field.computed is not None}
    assert computed
    asked = {thing.title for thing in processing.asked(rooms, "Tilleul")}
    assert not computed & asked


@pytest.mark.law("R42")
def test_a_refusal_on_personal_data_names_the_cnil_whatever_the_authority_says_otherwise() -> None:
    rights = next(each for each in catalogue() if each.slug == "donnees-personnelles")
    assert not lint.forbidden(rights)
    made = overlaying.overlaid(rights, overlaying.stated(rights, {"letter:refused": {"text": "Non."}}))
    (fault,) = lint.forbidden(made)
    assert "CNIL" in fault.message


@pytest.mark.parametrize("slug", sorted(shelf.entries()))
def test_no_answer_is_promised_a_shorter_life_than_its_demande(slug: str) -> None:
    """A demande is destroyed whole (ADR 0039): what a question says of its answer cannot be less."""
    procedure = shelf.entry(slug)
    longest = max([procedure.retention.months, *(each.months for each in procedure.retention.cases)])
    for field in procedure.form.every_field:
        told = str((field.schema.get("x-privacy") or {}).get("retention", ""))
        if told:
            number, unit = int(told[1:-1]), told[-1]
            assert number * {"Y": 12, "M": 1}[unit] == longest, field.name
