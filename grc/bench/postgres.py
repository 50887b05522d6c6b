"""A throw-away PostgreSQL from the installed binaries: for the bench (durable) and for the tests (quick).

`grc_owner` owns the tables and migrates; `grc_app` owns nothing, as in production, so that row-level security holds
for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from grc.bench.processes import free_port

OWNER, APP = "grc_owner", "grc_app"
INSTALL = "PostgreSQL is not installed: run `make system` (Debian: apt-get install postgresql)"


class ServerFault(Exception):
    """PostgreSQL is not there, or one of its programs failed; the text says what it said."""


class Urls(NamedTuple):
    """How to reach one database: as the owner of its tables, and as the role that serves."""

    owner: str
    app: str


class Server:
    """A running server on loopback; makes and drops databases."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

    @property
    def pid(self) -> int:
        """The first process of the server: the others are its children."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def urls(self, name: str) -> Urls:
        """The URLs of a database, for SQLAlchemy."""
        return Urls(*(f"postgresql+psycopg://{role}@127.0.0.1:{self.port}/{name}" for role in (OWNER, APP)))

    def create(self, name: str, *, template: str = "template0") -> Urls:
        """A new database of the owner's, in which `grc_app` may do nothing until the migrations say so."""
        self._run("CREATE DATABASE {} OWNER {} TEMPLATE {}", name, OWNER, template)
        if template == "template0":
            self._run("REVOKE ALL ON SCHEMA public FROM PUBLIC", database=name)
            self._run("GRANT ALL ON SCHEMA public TO {}", OWNER, database=name)
        return self.urls(name)

    def drop(self, name: str) -> None:
        """Removes a database, ending the connections left in it."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str, database: str = "postgres") -> None:
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True
        ) as link:
            link.execute(query)


def start(folder: Path, *, settings: Sequence[str] = ()) -> int:
    """The port of a server started in the folder, which answers, with both roles; its log stays in the folder.

    settings: such as "fsync=off". Raises ServerFault.
    """
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run(folder, "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    port = free_port()
    given = " ".join(f"-c {setting}" for setting in settings)
    options = f"-k '{folder}' -h 127.0.0.1 -p {port} {given}"
    _run(folder, "pg_ctl", "start", "-D", "data", "-w", "-l", "log", "-o", options)
    with psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True) as link:
        for role in (OWNER, APP):
            link.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    return port


def stop(folder: Path) -> None:
    """Ends the server whose pid is in the folder, if any; pg_ctl waits until it has left."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "-D", "data", "-w", "-m", "immediate")


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL in the folder, never as root (it refuses); raises ServerFault with what it said."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    with (folder / "said").open("w+") as said:  # a pipe would stay open as long as the server
        done = subprocess.run(
            [_binaries() / program, *arguments], cwd=folder, stdout=said, stderr=said, check=False, **user
        )
        if done.returncode:
            said.seek(0)
            raise ServerFault(f"{program}: {said.read()}")


def _binaries() -> Path:
    """The folder of the newest installed server; raises ServerFault when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise ServerFault(INSTALL)
    return found[-1].parent if found else Path(str(on_path)).resolve().parent
