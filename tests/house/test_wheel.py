"""The wheel is whole: code, templates, static files (vendor included) and catalogue, found without the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.rules import ROOT

_PROBE = """
import sys, grc
from pathlib import Path
from grc import resources
assert Path(grc.__file__).is_relative_to(sys.argv[1]), grc.__file__
for name in ("templates", "static", "form_catalogue"):
    print(resources.folder(name).relative_to(sys.argv[1]).as_posix())
"""


def build(root: Path, into: Path) -> Path:
    """The wheel of the project under a root; raises CalledProcessError with what the build said."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "-w",
        into,
        root,
    ]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (wheel,) = into.glob("grc-*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The wheel's content, as pip would lay it out, away from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    site = folder / "site"
    with zipfile.ZipFile(build(ROOT, folder)) as wheel:
        wheel.extractall(site)
    yield site
    shutil.rmtree(folder)


@pytest.mark.parametrize("folder", ["templates", "static", "form_catalogue"])
def test_every_file_of_the_checkout_is_carried(installed: Path, folder: str) -> None:
    ours = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
    carried = {
        path.relative_to(installed / "grc") for path in (installed / "grc" / folder).rglob("*") if path.is_file()
    }
    assert ours
    assert carried == ours


def test_the_installed_code_finds_its_folders(installed: Path, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-W", "error", "-c", _PROBE, str(installed)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == ["grc/templates", "grc/static", "grc/form_catalogue"]


def test_every_module_is_carried(installed: Path) -> None:
    ours = {path.relative_to(ROOT) for path in (ROOT / "grc").rglob("*.py")}
    assert {path.relative_to(installed) for path in (installed / "grc").rglob("*.py")} == ours


def test_a_wheel_without_the_browser_files_is_refused(tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    for name in ("grc", "templates", "form_catalogue", "tools"):
        (bare / name).mkdir(parents=True)
    (bare / "static").mkdir()
    (bare / "grc" / "__init__.py").touch()
    for name in ("pyproject.toml", "README.md", "tools/wheel.py"):
        shutil.copy(ROOT / name, bare / name)
    with pytest.raises(subprocess.CalledProcessError) as refused:
        build(bare, tmp_path)
    assert "run `make vendor` first" in refused.value.stderr + refused.value.stdout
