"""Imports point downward (import-linter), and a wrong one is refused."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import ROOT


def lint_imports(root: Path) -> str:
    """What the contracts say of the package under a root; empty when they are kept."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_imports_point_downward() -> None:
    assert lint_imports(ROOT) == ""


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("clock.py", "import grc.web", "Layers: imports point downward"),
        ("references.py", "import starlette", "Rules and words stay pure"),
        ("web/citizen/__init__.py", "import grc.web.agents", "The three publics do not know each other"),
    ],
)
def test_a_wrong_import_is_refused(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "grc", tmp_path / "grc", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / "grc" / module
    planted.write_text(f"{planted.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    assert f"{contract} BROKEN" in lint_imports(tmp_path)
