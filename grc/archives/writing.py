"""An archive being written: a ZIP that sums itself up, beside its place until it is whole, then renamed into it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from grc.archives.sealing import Sealer, Sink
from grc.errors import Conflict, Unavailable

SUMS = "SHA256SUMS"
"""The member that `sha256sum --check` reads: every other member with its hash."""
SEAL = b"GRC archive, SHA-256 of all before: "
COMMENT = len(SEAL) + 64
"""The length of the archive's comment: its last bytes, which tell the hash of all the others."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class Summed:
    """Passes bytes on, but the last ones, which it replaces at the end by the hash of the others."""

    def __init__(self, sink: Sink) -> None:
        self._sink, self._tail, self._digest = sink, b"", hashlib.sha256()

    def write(self, content: bytes, /) -> int:
        """Takes any number of bytes."""
        held = self._tail + bytes(content)
        passed, self._tail = held[:-COMMENT], held[-COMMENT:]
        self._digest.update(passed)
        self._sink.write(passed)
        return len(content)

    def flush(self) -> None:
        """Nothing: the tail is held until the end."""

    def end(self) -> str:
        """Writes the comment in the place of the last bytes; gives the hash."""
        self._sink.write(SEAL + self._digest.hexdigest().encode())
        return self._digest.hexdigest()


class Member:
    """A member being written."""

    def __init__(self, file: Sink) -> None:
        self._file, self.digest, self.size = file, hashlib.sha256(), 0

    def write(self, content: bytes, /) -> int:
        """Takes any number of bytes."""
        self.digest.update(content)
        self.size += len(content)
        self._file.write(content)
        return len(content)


class Writer:
    """The archive under way: members one after the other, never two at once."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped
        self.sums: dict[str, str] = {}

    @contextlib.contextmanager
    def member(self, name: str, *, is_compressed: bool = True) -> Iterator[Member]:
        """A new member; its bytes are never all in memory."""
        about = zipfile.ZipInfo(name, _LONG_AGO)
        about.compress_type = zipfile.ZIP_DEFLATED if is_compressed else zipfile.ZIP_STORED
        about.external_attr = 0o600 << 16
        with self._zip.open(about, "w", force_zip64=True) as file:
            member = Member(file)
            yield member
        self.sums[name] = member.digest.hexdigest()


@contextlib.contextmanager
def writing(path: Path, *, passphrase: str | None) -> Iterator[Writer]:
    """An archive that appears at its path only once it is whole, for its owner alone; nothing is ever overwritten.

    passphrase: under which the whole file is sealed; None: it is a ZIP that any tool opens. Raises Conflict when
    something is there already, Unavailable when the disk does not take it.
    """
    partial = path.with_name(path.name + ".partial")
    if path.exists():
        raise Conflict(f"{path} existe déjà\u00a0: rien n’est écrasé.")
    try:
        file = os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError as error:
        raise Conflict(
            f"{partial} existe\u00a0: un autre export est en cours, ou s’est interrompu. Si rien ne tourne, "
            "supprimez ce fichier."
        ) from error
    except OSError as error:
        raise Unavailable(f"{partial} ne peut pas être écrit.") from error
    try:
        with file:
            with _zipped(file, passphrase) as writer:
                yield writer
            file.flush()
            os.fsync(file.fileno())
        _placed(partial, path)
    except OSError as error:
        raise Unavailable(f"L’archive n’a pas pu être écrite\u00a0: {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)


@contextlib.contextmanager
def _zipped(file: BinaryIO, passphrase: str | None) -> Iterator[Writer]:
    sealer = None if passphrase is None else Sealer(file, passphrase)
    summed = Summed(sealer or file)
    with zipfile.ZipFile(summed, "w", compresslevel=3) as zipped:  # type: ignore[call-overload]
        writer = Writer(zipped)
        yield writer
        with writer.member(SUMS) as sums:
            for name, digest in list(writer.sums.items()):
                sums.write(f"{digest}  {name}\n".encode())
        zipped.comment = bytes(COMMENT)
    summed.end()
    if sealer is not None:
        sealer.close()


def file_digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _placed(partial: Path, path: Path) -> None:
    """Gives the whole file its name, unless something took it meanwhile; the name is durable."""
    try:
        os.link(partial, path)
    except FileExistsError as error:
        raise Conflict(f"{path} existe déjà\u00a0: rien n’est écrasé.") from error
    except OSError:  # a disk without hard links
        partial.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
