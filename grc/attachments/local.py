"""Files in a folder of this machine: written beside, flushed to disk, then renamed into place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from grc.attachments.storage import Stored
from grc.errors import Conflict, NotFound, TooLarge, Unavailable

_AUTHORITY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}", re.ASCII)
_LEVELS = 4
_UNFINISHED = ".unfinished"
_NOT_KEPT = "Le fichier n’a pas pu être enregistré. Réessayez dans quelques minutes."
_TOO_LARGE = "Le fichier dépasse la taille permise."


class LocalStorage:
    """A Storage under one folder, made if needed. Keys are "<authority>/ab/cd/<28 hex>", 128 bits at random.

    A file that `put` returned survives a power cut: content and both folders are flushed. The folder must be readable
    by this service alone; files are made 0600.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unfinished = folder / _UNFINISHED
        self._unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)

    def put(self, authority: str, stream: Iterable[bytes], *, max_bytes: int) -> Stored:
        """See Storage.put; raises ValueError for an authority that is no slug."""
        if _AUTHORITY.fullmatch(authority) is None:
            raise ValueError(f"not the slug of an authority: {authority!r}")
        name = secrets.token_hex(16)
        key = f"{authority}/{name[:2]}/{name[2:4]}/{name[4:]}"
        with self._temporary(name) as (temporary, file):
            size, digest = _copied(stream, file, max_bytes=max_bytes)
            if size > max_bytes:
                raise TooLarge(_TOO_LARGE)
            try:
                file.flush()
                os.fsync(file.fileno())
                self._place(temporary, key)
            except OSError as error:
                raise Unavailable(_NOT_KEPT) from error
        return Stored(key=key, size=size, sha256=digest)

    def put_back(self, key: str, stream: Iterable[bytes]) -> None:
        """See Storage.put_back."""
        if _KEY.fullmatch(key) is None or self.exists(key):
            raise Conflict("Un fichier de l’archive a déjà sa place prise ici.")
        with self._temporary(secrets.token_hex(16)) as (temporary, file):
            try:
                for chunk in stream:
                    file.write(chunk)
                file.close()
                target = self._folder / key
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                temporary.rename(target)
            except OSError as error:
                raise Unavailable(_NOT_KEPT) from error

    def settle(self) -> None:
        """See Storage.settle."""
        os.sync()

    def open(self, key: str) -> BinaryIO:
        """See Storage.open."""
        try:
            return os.fdopen(os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW), "rb")
        except OSError as error:
            raise NotFound("Ce fichier n’existe pas.") from error

    def exists(self, key: str) -> bool:
        """See Storage.exists."""
        with contextlib.suppress(NotFound):
            return self._path(key).is_file()
        return False

    def delete(self, key: str) -> None:
        """See Storage.delete; the removal is durable."""
        with contextlib.suppress(NotFound, FileNotFoundError):
            path = self._path(key)
            path.unlink()
            _flush_folder(path.parent)

    def remove_unfinished(self, *, before: datetime) -> int:
        """How many uploads, broken off before this instant, were cleared away."""
        abandoned = [path for path in self._unfinished.iterdir() if path.stat().st_mtime < before.timestamp()]
        for path in abandoned:
            path.unlink(missing_ok=True)
        return len(abandoned)

    def old_keys(self, authority: str, *, before: datetime) -> list[str]:
        """See Storage.old_keys."""
        folder = self._folder / authority
        files = folder.glob("??/??/*") if _AUTHORITY.fullmatch(authority) else iter(())
        limit = before.timestamp()
        return [path.relative_to(self._folder).as_posix() for path in files if path.stat().st_mtime < limit]

    def is_well(self) -> bool:
        """See Storage.is_well; a folder that vanished since the start is not made again: files were in it."""
        probe = self._unfinished / f"probe-{secrets.token_hex(4)}"
        try:
            probe.touch()
            probe.unlink()
        except OSError:
            return False
        return True

    def room(self) -> tuple[int, int]:
        """See Storage.room."""
        used = shutil.disk_usage(self._folder)
        return used.free, used.total

    def _path(self, key: str) -> Path:
        """The path of a well-formed key; anything else (a traversal, a name) does not exist."""
        if _KEY.fullmatch(key) is None:
            raise NotFound("Ce fichier n’existe pas.")
        return self._folder / key

    @contextlib.contextmanager
    def _temporary(self, name: str) -> Iterator[tuple[Path, BinaryIO]]:
        """A new file of ours alone, removed unless it was placed."""
        path = self._unfinished / name
        try:
            file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise Unavailable(_NOT_KEPT) from error
        try:
            yield path, file
        finally:
            with contextlib.suppress(OSError):
                file.close()
            path.unlink(missing_ok=True)

    def _place(self, temporary: Path, key: str) -> None:
        """Renames into place and flushes each folder of the key, which another thread may have just made."""
        target = self._folder / key
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.rename(target)
        for folder in list(target.parents)[:_LEVELS]:
            _flush_folder(folder)


def _copied(stream: Iterable[bytes], file: BinaryIO, *, max_bytes: int) -> tuple[int, str]:
    """Size and hash of all that came; what exceeds max_bytes, or a full disk, is read to the end and dropped."""
    size, digest, failure = 0, hashlib.sha256(), None
    for chunk in stream:
        size += len(chunk)
        if size > max_bytes or failure is not None:
            continue
        digest.update(chunk)
        try:
            file.write(chunk)
        except OSError as error:
            failure = error
    if failure is not None:
        raise Unavailable(_NOT_KEPT) from failure
    return size, digest.hexdigest()


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
