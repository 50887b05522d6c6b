"""PostgreSQL's link: statements leave without waiting for one another's answers, until an answer is asked for.

A unit of ten statements then waits three or four times instead of twelve. What a statement that nobody asks an answer
of did wrong is raised by the next one that waits, by the COMMIT at the latest, and undoes the unit all the same.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, event

from grc.db.prepared import Link, translate
from grc.errors import Unavailable

_KEY = "pipelined"


class Pipelined(Link):
    """The link of one unit. SQLAlchemy reads each answer at once: its first statement ends the sending ahead."""

    __slots__ = ("_pipeline",)

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._pipeline: AbstractContextManager[Any] | None = self.driver.pipeline()
        self._guarded(self._pipeline.__enter__)
        connection.info[_KEY] = self

    def send(self, command: str, *values: Any) -> Any:
        """Sends a statement; its cursor has the answer once something waited."""
        return self._guarded(self.driver.execute, command, values)

    def wait(self) -> None:
        """Waits for everything sent; raises the first error. From here on each statement waits for its answer."""
        pipeline = self._taken()
        if pipeline is not None:
            self._guarded(pipeline.__exit__, None, None, None)

    def commit(self, later: str) -> None:
        """Ends the transaction; raises Unavailable, with these words, when PostgreSQL undid it instead."""
        ended = self.send("COMMIT")
        self.wait()
        if ended.statusmessage != "COMMIT":
            raise Unavailable(later)

    def abandon(self) -> None:
        """Reads whatever is still to come: what went wrong is known already."""
        pipeline = self._taken()
        if pipeline is not None:
            with suppress(self.fault):
                self.driver._pipeline.sync()
            with suppress(self.fault):
                pipeline.__exit__(None, None, None)

    def _taken(self) -> AbstractContextManager[Any] | None:
        pipeline, self._pipeline = self._pipeline, None
        if pipeline is not None:
            self.connection.info.pop(_KEY, None)
        return pipeline

    def _guarded(self, act: Any, *given: Any) -> Any:
        try:
            return act(*given)
        except self.fault as error:
            translate(self, error)


def listen(engine: Engine) -> None:
    """Ends the sending ahead before SQLAlchemy's own statements on this engine."""

    @event.listens_for(engine, "before_cursor_execute")
    def _wait(connection: Connection, *_: Any) -> None:
        link: Pipelined | None = connection.info.get(_KEY)
        if link is not None:
            link.wait()
