"""What real processes write is read: an identity in it fails the test that started them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import processes
from tests.support.world import world_settings

_SAYS = "import sys; print('the answer of Camille'); print('to claire@tilleul.example', file=sys.stderr)"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log that other processes wrote to before."""
    log = tmp_path / "log"
    log.write_text("before, of Camille\n")
    return log


def test_a_process_that_says_too_much_is_seen_on_both_its_outputs(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_START", _SAYS)
    settings = world_settings(tmp_path, database_url=f"sqlite:///{tmp_path}/none.db", smtp_port=9)
    with pytest.raises(AssertionError) as seen, processes.grc("worker", settings, log) as running:
        running.process.wait(20)
    assert "Camille: the answer of Camille" in str(seen.value)
    assert "claire@tilleul.example: to claire@tilleul.example" in str(seen.value)
    assert "before" not in str(seen.value), "each answers for its own lines"


def test_what_the_test_itself_found_comes_first(tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_START", _SAYS)
    settings = world_settings(tmp_path, database_url=f"sqlite:///{tmp_path}/none.db", smtp_port=9)
    with pytest.raises(ZeroDivisionError), processes.grc("worker", settings, log) as running:
        running.process.wait(20)
        raise ZeroDivisionError
