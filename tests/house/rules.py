"""The rules of the house, each a function that takes text and gives what is wrong with it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES = 400
RECORDS = ROOT / "grc" / "db" / "migrations" / "versions"
"""Migrations are written by Alembic and never changed afterwards: not held to the length of a module."""
LINKED = (
    "franceconnect.gouv.fr",
    "proconnect.gouv.fr",
    "cnil.fr",
    "defenseurdesdroits.fr",
    "service-public.fr",
    "legifrance.gouv.fr",
)
"""Where our pages may link to (a plain link, followed by the reader), besides the commune itself."""

Rule = Callable[[str], list[str]]
_LATER = "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3))
_UNFINISHED = re.compile(rf"(?:#|//|/\*|<!--|\{{#|--)\s*(?:{_LATER})\b|\b(?:{_LATER})(?::|\()")
_SECRET_PLACES = re.compile("|".join(f"/{place}/" for place in ("work", "root", "home")))
_TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
_LOADED = re.compile(
    r"(?:\b(?:src|srcset|action|poster|data)\s*=\s*[\"']?|url\([\"']?|@import\s+[\"']?)((?:https?:)?//[^\"')\s]+)"
)
_LINK = re.compile(r"<a\b[^>]*\bhref=[\"'](?:https?:)?//([^/\"']+)")
_OTHER_HREF = re.compile(r"<(?!a\b)\w+\b[^>]*\bhref=[\"']((?:https?:)?//[^\"']+)")


def files(*patterns: str, under: Iterable[str]) -> Iterator[Path]:
    """The files of ours that match, vendor and caches left out."""
    for folder in under:
        for pattern in patterns:
            for path in sorted((ROOT / folder).rglob(pattern)):
                if path.is_file() and not {"vendor", "__pycache__", "node_modules"} & set(path.parts):
                    yield path


def broken(rule: Rule, paths: Iterable[Path]) -> list[str]:
    """What a rule says of each file; at least one file must have been read."""
    read = [(path, path.read_text(encoding="utf-8")) for path in paths]
    assert read, "the rule reads no file"
    return [f"{path.relative_to(ROOT)}: {fault}" for path, text in read for fault in rule(text)]


def too_long(text: str) -> list[str]:
    """A module fits in the head: 400 lines at most."""
    count = text.count("\n")
    return [f"{count} lines, {LINES} at most"] if count > LINES else []


def unfinished(text: str) -> list[str]:
    """Nothing is left for later in the text: it is an issue, or it is done."""
    return _UNFINISHED.findall(text)


def says_the_machine(text: str) -> list[str]:
    """No path of the machine where it was written."""
    return _SECRET_PLACES.findall(text)


def without_docstring(text: str) -> list[str]:
    """A module opens with one sentence; an empty file has nothing to say."""
    return ["no docstring"] if text.strip() and not ast.get_docstring(ast.parse(text)) else []


def mocks(text: str) -> list[str]:
    """The real thing or a fake of ours, never unittest.mock."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names if name.name.startswith("unittest.mock")]
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{name.name}" for name in node.names}
            found += [name for name in sorted(names) if name.startswith("unittest.mock")]
    return found


def inline_code(text: str) -> list[str]:
    """No style, script or handler inside a page: the content security policy would refuse it."""
    text = re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)
    found = []
    for tag in _TAG.findall(text):
        name = re.match(r"<(\w+)", tag)[1].lower()  # type: ignore[index]
        attributes = re.findall(r"\s([a-zA-Z:-]+)\s*=", tag)
        found += [f"{attribute}= in {tag[:60]}" for attribute in attributes if _is_code(attribute.lower())]
        if name == "style" or (name == "script" and "src" not in attributes) or "javascript:" in tag.lower():
            found.append(tag[:60])
    return found


def _is_code(attribute: str) -> bool:
    plain = attribute.removeprefix("data-")
    return (
        attribute == "style" or attribute.startswith("on") or plain.startswith("hx-on") or attribute.startswith("hx-")
    )


def third_party(text: str) -> list[str]:
    """Nothing is loaded from elsewhere, and links lead only to the public services we name."""
    links = [host for host in _LINK.findall(text) if not host.removeprefix("www.").endswith(LINKED)]
    return _LOADED.findall(text) + _OTHER_HREF.findall(text) + links


def says_a_host(text: str) -> list[str]:
    """A lock tells versions and hashes, never where they come from."""
    return re.findall(r"https?://\S+|--(?:extra-)?index-url|--find-links|\"resolved\"", text)


def make_targets(makefile: str) -> set[str]:
    """The targets that `make help` lists."""
    return set(re.findall(r"^([a-z]+):.*##", makefile, re.MULTILINE))


def made(text: str) -> set[str]:
    """The targets that a text tells the reader to make."""
    return set(re.findall(r"\bmake ([a-z]+)\b", "\n".join(_code(text))))


def operated(text: str) -> set[str]:
    """The subcommands of grc that a text tells the reader to run."""
    return set(re.findall(r"\bgrc ([a-z][a-z-]*)\b", "\n".join(_code(text))))


def _code(text: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
