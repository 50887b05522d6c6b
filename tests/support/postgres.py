"""A real PostgreSQL for the tests: one throw-away server a run, one database for each worker of pytest-xdist.

The server starts when the first test asks for it and is ended by its pid when the session ends: grc.bench.postgres
says how, and which roles it has.
"""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grc.bench import postgres as servers
from grc.bench.postgres import APP, OWNER, ServerFault, Urls

__all__ = ["APP", "OWNER", "Cluster", "Urls"]

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "autovacuum=off")
_folder_key = pytest.StashKey[Path]()


class Cluster(servers.Server):
    """The server of this run; its workers make databases from templates that one of them filled."""

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


@pytest.fixture(scope="session")
def postgres_cluster(request: pytest.FixtureRequest) -> Cluster:
    """The server of this run, started by whoever asks first."""
    folder = request.config.stash[_folder_key]
    with _locked(folder):
        port = folder / "port"
        if not port.exists():
            port.write_text(str(_started(folder)))
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
        servers.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path) -> int:
    """The port of the server; the test fails, never skips, when there can be none."""
    try:
        return servers.start(folder, settings=_QUICK)
    except ServerFault as fault:
        pytest.fail(str(fault), pytrace=False)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One worker at a time."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
