"""What French readers see of dates, hours, sizes, numbers and spaces."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from grc.web import assets, typography
from grc.web.rendering import environment

AT = datetime(2026, 3, 16, 9, 5, tzinfo=ZoneInfo("Europe/Paris"))


def _seen(text: str) -> str:
    """With every no-break space shown as "_"."""
    return text.replace("\u00a0", "_").replace("\u202f", "_")


def test_days_and_hours() -> None:
    assert _seen(typography.day(date(2026, 4, 1))) == "1er_avril_2026"
    assert _seen(typography.weekday(date(2026, 3, 16))) == "lundi 16_mars_2026"
    assert typography.short_day(date(2026, 3, 6)) == "06/03/2026"
    assert _seen(typography.moment(AT)) == "lundi 16_mars_2026 à_9_h_05"
    assert _seen(typography.short_moment(AT)) == "16_mars_2026 à_9_h_05"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (0, "0_octet"),
        (820, "820_octets"),
        (1000, "1_ko"),
        (45_400, "45_ko"),
        (1_420_000, "1,4_Mo"),
        (10_000_000, "10_Mo"),
        (999_999, "1_Mo"),
    ],
)
def test_sizes(octets: int, words: str) -> None:
    assert _seen(typography.size(octets)) == words


def test_numbers_with_their_noun() -> None:
    said = [_seen(typography.count(number, "demande", "demandes")) for number in (0, 1, 2, 1200)]
    assert said == ["0_demande", "1_demande", "2_demandes", "1_200_demandes"]


def test_types_of_files() -> None:
    assert typography.type_names(("application/pdf", "image/jpeg", "image/png")) == "PDF, JPG ou PNG"
    assert typography.type_names(("application/pdf",)) == "PDF"


def test_templates_get_their_spaces_when_compiled_and_values_are_left_alone() -> None:
    ours = Environment(extensions=[typography.FrenchSpaces], autoescape=True)
    template = ours.from_string('<p title="a: b">Oui : « {{ word }} » ; non ?</p>')
    assert _seen(template.render(word="x : y")) == '<p title="a: b">Oui_: «_x : y_»_; non_?</p>'


def test_an_address_breaks_where_one_reads_it_and_stays_escaped() -> None:
    assert typography.breakable("a.b@c.example") == "a<wbr>.b<wbr>@c<wbr>.example"
    assert "<script" not in typography.breakable("<script>@x")


def test_a_missing_name_is_an_error_not_an_empty_string() -> None:
    with pytest.raises(Exception, match="undefined"):
        environment().from_string("{{ nobody }}").render()


def test_static_files_are_named_under_a_digest_of_them_all() -> None:
    assert assets.url("/racine", "app.css") == f"/racine/static/{assets.version()}/app.css"
    assert len(assets.version()) == 12
