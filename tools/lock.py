"""Writes the locks again: requirements/*.txt from pyproject.toml, package-lock.json from package.json: `make lock`.

Hashes pin every file; addresses are left out, so that each machine asks the registry (or mirror) it knows.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
PLAIN = ["--no-header", "--no-annotate", "--no-emit-index-url", "pyproject.toml", "--extra", "demo"]
LOCKS = {"requirements/main.txt": [], "requirements/dev.txt": ["--group", "dev"]}
ADDRESSES = ("resolved", "funding")


def main() -> None:
    """Runs both tools; ends with one line when one of them is absent."""
    for lock, options in LOCKS.items():
        run(tool("uv"), *COMPILE, *PLAIN, *options, "--output-file", lock)
    run(tool("npm"), "install", "--package-lock-only", "--ignore-scripts", "--loglevel=error")
    lock_file = ROOT / "package-lock.json"
    lock_file.write_text(without_addresses(lock_file.read_text(encoding="utf-8")), encoding="utf-8")


def without_addresses(text: str) -> str:
    """An npm lock that keeps versions and integrity and forgets where the packages were found."""
    lock = json.loads(text)
    for package in lock["packages"].values():
        for key in ADDRESSES:
            package.pop(key, None)
    return json.dumps(lock, indent=2, ensure_ascii=False) + "\n"


def tool(name: str) -> str:
    """The path of a program; ends with its name when it is not installed."""
    path = shutil.which(name)
    if path is None:
        raise SystemExit(f"lock: needs {name}")
    return path


def run(*command: str) -> None:
    """Runs a command at the root of the project; ends when it fails."""
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
