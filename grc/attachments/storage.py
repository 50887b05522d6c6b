"""Where files are kept, as the commands see it: a plain synchronous interface, used from threads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class Stored:
    """A file that is safely kept. key: where, unguessable and never made from a name. sha256: in hexadecimal."""

    key: str
    size: int
    sha256: str


class Storage(Protocol):
    """Keeps files under keys; a key that never existed and one that was deleted are alike."""

    def put(self, authority: str, stream: Iterable[bytes], *, max_bytes: int) -> Stored:
        """Keeps a stream of chunks, durably, before it returns.

        Beyond max_bytes the rest is still read, and dropped, then TooLarge is raised: the sender is never cut off
        in the middle of a body. Raises Unavailable when the place cannot take the file. Nothing is kept on failure.
        """

    def put_back(self, key: str, stream: Iterable[bytes]) -> None:
        """Keeps a file of an archive again under the key that it had; durably only once `settle` returned.

        Raises Conflict for a key that is taken or malformed, Unavailable when the place cannot take the file.
        """

    def settle(self) -> None:
        """Returns once all that was put back is durable: thousands of files wait for the disk together."""

    def open(self, key: str) -> BinaryIO:
        """The file, for reading, to be closed by the caller; raises NotFound."""

    def exists(self, key: str) -> bool:
        """Whether the file is there."""

    def delete(self, key: str) -> None:
        """Removes the file; nothing happens when it is not there."""

    def remove_unfinished(self, *, before: datetime) -> int:
        """How many uploads, broken off before this instant, were cleared away."""

    def old_keys(self, authority: str, *, before: datetime) -> list[str]:
        """The keys of an authority's files last written before this instant."""

    def is_well(self) -> bool:
        """Whether the place is there and can be written."""

    def room(self) -> tuple[int, int]:
        """The bytes that are free in the place, and all that it could hold."""
