"""docs/operating.md tells every setting, and no setting that does not exist."""

from __future__ import annotations

import re
from pathlib import Path

from grc.settings import Settings

_PAGE = Path(__file__).parents[2] / "docs" / "operating.md"


def test_every_setting_is_told_and_exists() -> None:
    told = set(re.findall(r"GRC_[A-Z_]+[A-Z]", _PAGE.read_text()))
    declared = {f"GRC_{name.upper()}" for name in Settings.model_fields}
    assert told == declared


def test_the_page_is_compared_with_the_declared_settings() -> None:
    told = set(re.findall(r"GRC_[A-Z_]+[A-Z]", _PAGE.read_text().replace("`GRC_STORAGE`", "")))
    assert "GRC_STORAGE" not in told
