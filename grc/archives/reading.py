"""An archive being read: everything that can be wrong with it is found before anything is written."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydantic import BaseModel, ConfigDict

from grc.archives import mails, versions
from grc.archives.contents import FORMAT, tables
from grc.archives.sealing import MAGIC, Opened
from grc.archives.writing import COMMENT, SEAL, SUMS, file_digest
from grc.db import schema
from grc.errors import Invalid

MANIFEST, SECRETS = "manifest.json", "secrets.sealed"
_NAMES = re.compile(
    r"manifest\.json|SHA256SUMS|secrets\.sealed|LISEZMOI\.md|(?:pieces|courriers|colonnes)\.csv|tables/[a-z_]+\.jsonl"
    r"|demandes/[a-z0-9-]{1,80}-v[0-9]{1,9}\.csv|formulaires/[a-z0-9-]{1,80}-v[0-9]{1,9}(?:\.schema)?\.json"
    rf"|files/[a-z0-9][a-z0-9-]{{0,62}}/[0-9a-f]{{2}}/[0-9a-f]{{2}}/[0-9a-f]{{28}}|{mails.NAMES}",
    re.ASCII,
)
_LONGEST = 64 * 1024 * 1024
"""Bytes of one line, of one mail, or of the manifest."""
_LARGE, _DENSEST = 100_000_000, 250
"""A member that unfolds beyond this size, and so many times its own, is a bomb: rows of requests fold 5 to 30 times."""
_CHUNK = 1024 * 1024
_DAMAGED = "L’archive est incomplète ou altérée\u00a0: sa somme de contrôle n’est pas celle de son contenu."
_NEWER = "Cette archive vient d’une version plus récente de GRC\u00a0: mettez d’abord cette installation à jour."
_OLDER = (
    "Cette archive a été faite par GRC {version}\u00a0: format {format}, tables à la révision {revision}. Ce programme "
    "lit le format {ours}, à la révision {here}. {way}\u00a0: «\u00a0Une archive ancienne\u00a0» (docs/operating.md)."
)
_CRAFTED = "L’archive est mal formée."
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    KeyError,
    IndexError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What Python's zipfile raises for what is no ZIP of ours."""


class _Made(BaseModel):
    """By what an archive was made: these names never change, whatever else an older or a newer manifest says."""

    model_config = ConfigDict(strict=True)

    format: int
    version: str
    revision: str


class Manifest(BaseModel):
    """What an archive says of itself. kind: "authority" or "installation"."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    format: int
    kind: Literal["authority", "installation"]
    version: str
    made_at: str
    revision: str
    database: str
    authorities: dict[str, int]
    """Slugs and numbers."""
    rows: dict[str, int]
    files: int
    bytes: int
    missing_files: list[str]
    """Keys that rows name and that the store did not hold."""
    has_secrets: bool
    last_numbers: dict[str, int]
    """By table, of the whole installation: other authorities of it may be restored beside this one."""


@dataclass
class Archive:
    """An archive that is whole: every member is the one that was written."""

    manifest: Manifest
    sha256: str
    """Of the file as it lies on the disk."""
    _zip: zipfile.ZipFile
    _passphrase: str | None
    sums: dict[str, str] = field(default_factory=dict)
    is_sealed: bool = False
    """Whether the whole file was under the passphrase."""

    @property
    def file_keys(self) -> Iterator[str]:
        """The keys of the files of the store."""
        return (name.removeprefix("files/") for name in self.sums if name.startswith("files/"))

    def size(self, name: str) -> int:
        """Of a member, in bytes."""
        return self._zip.getinfo(name).file_size

    def mail(self, name: str) -> bytes:
        """The bytes of a mail or of a letter; raises Invalid for one too long."""
        with named():
            return _text(self._zip, name)

    @property
    def mails(self) -> int:
        """How many mails and letters have a file."""
        return sum(name.startswith("courriers/") for name in self.sums)

    def lines(self, table: str) -> Iterator[bytes]:
        """The rows of a table, one a line; none for a table that the archive does not hold."""
        name = f"tables/{table}.jsonl"
        if name in self.sums:
            with named(), self._zip.open(name) as member:
                yield from _lines(member)

    def secrets(self) -> Iterator[dict[str, Any]]:
        """The lines of the sealed part, opened; raises Invalid for a wrong passphrase, or without one."""
        if self._passphrase is None:
            raise Invalid("Cette archive contient des secrets\u00a0: donnez sa phrase de passe, ou laissez-les.")
        with named(), self._zip.open(SECRETS) as member:
            for line in _lines(io.BufferedReader(Opened(member, self._passphrase), _CHUNK)):  # type: ignore[arg-type]
                said = json.loads(line)
                if not isinstance(said, dict):
                    raise Invalid(_CRAFTED)
                yield said

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a member."""
        with named(), self._zip.open(name) as member:
            while chunk := member.read(_CHUNK):
                yield chunk


@contextlib.contextmanager
def reading(path: Path, *, passphrase: str | None) -> Iterator[Archive]:
    """The archive of a file, every checksum verified; raises Invalid, with one sentence, for anything else."""
    with contextlib.ExitStack() as stack:
        try:
            source: Any = stack.enter_context(path.open("rb"))
        except OSError as error:
            raise Invalid(f"{path} ne peut pas être lu.") from error
        is_sealed = source.read(len(MAGIC)) == MAGIC
        if is_sealed:
            if passphrase is None:
                raise Invalid("Cette archive est scellée\u00a0: donnez sa phrase de passe.")
            source = io.BufferedReader(Opened(source, passphrase), _CHUNK)
            _whole(source)
            digest = file_digest(path)
        else:
            digest = _whole(source)
        zipped = stack.enter_context(_unzipped(source))
        manifest = _manifest(zipped)
        _refuse_unknown(zipped, manifest)
        archive = Archive(manifest, digest, zipped, passphrase, _sums(zipped), is_sealed)
        _verify(archive)
        yield archive


def sum_of(sums: Mapping[str, str]) -> str:
    """The hash of the names and hashes of every member but the sealed part, whose last line it is."""
    every = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()) if name != SECRETS)
    return hashlib.sha256(every.encode()).hexdigest()


def wants_passphrase(path: Path) -> bool:
    """Whether something in the archive is sealed; False for what is no archive, which `reading` refuses."""
    try:
        with path.open("rb") as source:
            if source.read(len(MAGIC)) == MAGIC:
                return True
            with zipfile.ZipFile(source) as zipped:
                return SECRETS in zipped.namelist()
    except (OSError, *_FAULTS):
        return False


def _whole(source: BinaryIO) -> str:
    """The hash of the file; raises Invalid unless it ends with the hash of all before."""
    size = source.seek(0, os.SEEK_END)
    source.seek(max(size - COMMENT, 0))
    told = source.read(COMMENT)
    source.seek(0)
    digest, left = hashlib.sha256(), size - COMMENT
    while left > 0:
        chunk = source.read(min(_CHUNK, left))
        digest.update(chunk)
        left -= len(chunk) or left
    if told != SEAL + digest.hexdigest().encode():
        raise Invalid(_DAMAGED)
    digest.update(told)
    return digest.hexdigest()


@contextlib.contextmanager
def _unzipped(source: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """The ZIP, its names all ours and each there once, none a bomb, nor all of them together."""
    with named():
        zipped = zipfile.ZipFile(source)
    with zipped:
        every = zipped.infolist()
        names = [each.filename for each in every]
        for name in names:
            if _NAMES.fullmatch(name) is None:
                raise Invalid(f"L’archive contient un fichier inattendu\u00a0: {name[:80]!r}.")
        if len(set(names)) != len(names):
            raise Invalid("L’archive contient deux fois le même fichier.")
        for each in every:
            if each.file_size > max(_LARGE, _DENSEST * each.compress_size):
                raise Invalid(f"Le fichier {each.filename} de l’archive se déplie démesurément.")
        if sum(each.file_size for each in every) > max(_LARGE, _DENSEST * source.seek(0, os.SEEK_END)):
            raise Invalid("L’archive se déplie démesurément.")
        yield zipped


def _manifest(zipped: zipfile.ZipFile) -> Manifest:
    with named():
        said = json.loads(_text(zipped, MANIFEST))
        made, here = _Made.model_validate(said), schema.newest()
        if made.format < 1:
            raise Invalid(_CRAFTED)
        if made.format > FORMAT or not schema.known(made.revision):
            raise Invalid(_NEWER)
        if made.format < FORMAT or made.revision != here:
            raise Invalid(_older(made, here))
        return Manifest.model_validate(said)


def _older(made: _Made, here: str) -> str:
    """What is said of an archive that another program made: by which one it is restored."""
    way = versions.way_back(made.revision, made.format)
    said = {"version": made.version[:30], "format": made.format, "revision": made.revision}
    return _OLDER.format(**said, ours=FORMAT, here=here, way=way)


def _refuse_unknown(zipped: zipfile.ZipFile, manifest: Manifest) -> None:
    """Raises Invalid for a table that archives of this kind do not hold, before anything is unfolded."""
    held = {f"tables/{table.name}.jsonl" for table in tables(of_installation=manifest.kind == "installation")}
    unknown = {name for name in zipped.namelist() if name.startswith("tables/")} - held
    if unknown:
        raise Invalid(f"L’archive contient une table inconnue\u00a0: {min(unknown)}.")


def _sums(zipped: zipfile.ZipFile) -> dict[str, str]:
    """Name and hash of each member but the sums; raises Invalid unless they are the members, all of them."""
    sums: dict[str, str] = {}
    with named(), zipped.open(SUMS) as member:
        for line in _lines(member):
            digest, name = line.decode("ascii").rstrip("\n").split("  ", 1)
            sums[name] = digest
    if sums.keys() | {SUMS} != set(zipped.namelist()):
        raise Invalid("L’archive n’a pas tous les fichiers qu’elle annonce, ou en a d’autres.")
    return sums


def _verify(archive: Archive) -> None:
    """Every member is read once."""
    for name, told in archive.sums.items():
        digest = hashlib.sha256()
        for chunk in archive.chunks(name):
            digest.update(chunk)
        if digest.hexdigest() != told:
            raise Invalid(f"Le fichier {name} de l’archive a été altéré.")


def _text(zipped: zipfile.ZipFile, name: str) -> bytes:
    with zipped.open(name) as member:
        text = member.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        raise Invalid(_CRAFTED)
    return text


def _lines(member: Any) -> Iterator[bytes]:
    while line := member.readline(_LONGEST):
        if not line.endswith(b"\n"):
            raise Invalid(_CRAFTED)
        yield line


@contextlib.contextmanager
def named() -> Iterator[None]:
    """Says Invalid for whatever a crafted ZIP or JSON makes the library raise."""
    try:
        yield
    except _FAULTS as error:
        raise Invalid(_CRAFTED) from error
