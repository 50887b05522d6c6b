"""A real PostgreSQL for the tests: one throw-away server a run, one database for each worker of pytest-xdist.

The server starts when the first test asks for it and is ended by its pid when the session ends. `grc_owner` owns the
tables and migrates; `grc_app` owns nothing, as in production, so that row-level security holds for it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import sql

OWNER, APP = "grc_owner", "grc_app"
_INSTALL = "PostgreSQL is not installed: run `make system` (Debian: apt-get install postgresql)"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "autovacuum=off")
_folder_key = pytest.StashKey[Path]()


class Urls(NamedTuple):
    """How to reach one database: as the owner of its tables, and as the role that serves."""

    owner: str
    app: str


class Cluster:
    """A running server on loopback and on a socket in its folder; makes and drops databases."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port

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

    def template(self, name: str, prepare: Callable[[Urls], None]) -> str:
        """The name of a database that `prepare` filled once for all workers, to create others from.

        prepare: closes every connection it opens (a database in use cannot be a template).
        """
        with _locked(self.folder):
            done = self.folder / f"template-{name}"
            if not done.exists():
                self.drop(name)
                prepare(self.create(name))
                done.touch()
        return name

    def _run(self, statement: str, *names: str, database: str = "postgres") -> None:
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True
        ) as link:
            link.execute(query)


@pytest.fixture(scope="session")
def postgres_cluster(request: pytest.FixtureRequest) -> Cluster:
    """The server of this run, started by whoever asks first."""
    folder = request.config.stash[_folder_key]
    with _locked(folder):
        port = folder / "port"
        if not port.exists():
            port.write_text(str(_start(folder)))
        return Cluster(folder, int(port.read_text()))


@pytest.fixture(scope="session")
def postgres(postgres_cluster: Cluster, worker_id: str) -> Iterator[Urls]:
    """An empty database of this worker's own: (owner, app) URLs. Tests that fill it leave it empty."""
    name = f"grc_{worker_id}"
    yield postgres_cluster.create(name)
    postgres_cluster.drop(name)


@pytest.fixture
def postgres_database(postgres_cluster: Cluster, worker_id: str) -> Iterator[Callable[..., Urls]]:
    """Makes databases for one test (`postgres_database(template=…)`), dropped after it."""
    made: list[str] = []

    def make(*, template: str = "template0") -> Urls:
        made.append(f"test_{worker_id}_{time.monotonic_ns()}")
        return postgres_cluster.create(made[-1], template=template)

    yield make
    for name in made:
        postgres_cluster.drop(name)


def pytest_configure(config: pytest.Config) -> None:
    """Names the server's folder: made by the process that leads the run, told to its workers."""
    told = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[_folder_key] = Path(told or tempfile.mkdtemp(prefix="grc-pg-"))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of pytest-xdist the folder."""
    node.workerinput["postgres_folder"] = str(node.config.stash[_folder_key])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Ends the server, if one was started, once every worker has left."""
    folder = config.stash.get(_folder_key, None)
    if folder is not None and not hasattr(config, "workerinput"):
        _stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> int:
    """The port of a server started in the folder, which answers; its log stays in the folder."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    _run(folder, "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
    port = _free_port()
    settings = " ".join(f"-c {setting}" for setting in _QUICK)
    options = f"-k '{folder}' -h 127.0.0.1 -p {port} {settings}"
    _run(folder, "pg_ctl", "start", "-D", "data", "-w", "-l", "log", "-o", options)
    with psycopg.connect(host="127.0.0.1", port=port, user="postgres", autocommit=True) as link:
        for role in (OWNER, APP):
            link.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    return port


def _stop(folder: Path) -> None:
    """Ends the server whose pid is in the folder, if any; pg_ctl waits until it has left."""
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "-D", "data", "-w", "-m", "immediate")


def _run(folder: Path, program: str, *arguments: str) -> None:
    """Runs a program of PostgreSQL in the folder, never as root (it refuses); the test fails with what it said."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    with (folder / "said").open("w+") as said:  # a pipe would stay open as long as the server
        done = subprocess.run(
            [_binaries() / program, *arguments], cwd=folder, stdout=said, stderr=said, check=False, **user
        )
        if done.returncode:
            said.seek(0)
            pytest.fail(f"{program}: {said.read()}", pytrace=False)


def _binaries() -> Path:
    """The folder of the newest installed server; the test fails, never skips, when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail(_INSTALL, pytrace=False)
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One worker at a time."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
