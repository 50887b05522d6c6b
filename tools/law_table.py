"""Writes docs/law.md: each requirement of the law, the module that holds it, the tests that show it.

Run it after adding or removing a `@pytest.mark.law("R…")`; with --check it only says whether the document is current.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "law.md"
_HEAD = """# La loi et ce qui la montre

Chaque exigence de la loi, le module qui la tient et les tests qui la montrent. Ce document est écrit par
`python tools/law_table.py` d’après `tools/law.toml` et les marques `@pytest.mark.law("R…")` des tests ; un test vérifie
qu’il est à jour. « Plus tard » : ce que rien ne montre encore ici, et pourquoi.

| N° | Exigence | Texte | Module | Tests | Plus tard |
| --- | --- | --- | --- | --- | --- |
"""


def requirements() -> Mapping[str, Mapping[str, str]]:
    """What tools/law.toml says of each requirement, by its number, in order."""
    return tomllib.loads((ROOT / "tools" / "law.toml").read_text(encoding="utf-8"))


def marked() -> dict[str, list[Path]]:
    """The test files that bear the mark of each requirement, relative to the root, in order."""
    found: dict[str, list[Path]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in sorted(set(_marks(ast.parse(path.read_text(encoding="utf-8"))))):
            found.setdefault(name, []).append(path.relative_to(ROOT))
    return found


def document() -> str:
    """The whole text of docs/law.md; raises ValueError for a mark that names no requirement, or one without proof."""
    known, tests = requirements(), marked()
    if unknown := sorted(set(tests) - set(known)):
        raise ValueError(f"tests are marked with unknown requirements: {', '.join(unknown)}")
    silent = [number for number, one in known.items() if number not in tests and not one["later"]]
    if silent:
        raise ValueError(f"neither a test nor a reason in tools/law.toml: {', '.join(silent)}")
    rows = (_row(number, one, tests.get(number, [])) for number, one in known.items())
    return _HEAD + "".join(rows)


def _marks(tree: ast.Module) -> Iterator[str]:
    """The argument of each `pytest.mark.law("R…")` of the module, decorator or `pytestmark`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="law"), args=[ast.Constant(value=name)]
            ):
                yield str(name)


def _row(number: str, one: Mapping[str, str], tests: list[Path]) -> str:
    modules = sorted({module for test in tests for module in _modules(test)})
    cells = (number, one["title"], one["source"], _code(modules), _code(tests), one["later"])
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _modules(test: Path) -> Iterator[Path]:
    """The module that a test mirrors: tests/unit/deadlines/test_silence.py shows grc/deadlines/silence.py.

    Where no module of that name stands, the package it mirrors.
    """
    package = Path("grc", *test.parts[2:-1])
    if len(test.parts) > 3 and (ROOT / package).is_dir():
        module = package / test.name.removeprefix("test_")
        yield module if (ROOT / module).is_file() else package


def _code(paths: list[Path]) -> str:
    return "<br>".join(f"`{path.as_posix()}`" for path in paths)


def main() -> int:
    """Writes the document, or with --check says whether it is current; gives the exit status."""
    if "--check" not in sys.argv[1:]:
        DOCUMENT.write_text(document(), encoding="utf-8")
        return 0
    current = DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == document()
    if not current:
        print("docs/law.md is out of date: run python tools/law_table.py")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
