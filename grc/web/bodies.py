"""Reads what a form posted: fields in memory, files to temporary files, with limits that lose nothing else."""

from __future__ import annotations

import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from grc.errors import Invalid, TooLarge

MAX_FIELDS = 500
MAX_FILES = 20
MAX_TEXT_BYTES = 1_000_000
_IN_MEMORY = 500_000


@dataclass
class Upload:
    """One file as it came: its bytes in a temporary file, cut at the limit; too_large says that it was cut."""

    field: str
    filename: str
    file: IO[bytes]
    size: int = 0
    too_large: bool = False


@dataclass
class Posted:
    """What a form posted: every value of every field, in order, and the files."""

    values: dict[str, list[str]] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)

    def close(self) -> None:
        """Removes the temporary files."""
        for upload in self.uploads:
            upload.file.close()

    def one(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        found = self.values.get(name)
        return found[0] if found else default

    def text(self, name: str) -> str:
        """The first value of a field, without control characters but line ends: for what no form of ours checks."""
        kept = (c for c in self.one(name) if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
        return "".join(kept)

    @property
    def revision(self) -> int:
        """The revision of a submission that a form saw; 0, which matches none, for anything that is no number."""
        text = self.one("revision")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def many(self, name: str) -> list[str]:
        """Every value of a field."""
        return self.values.get(name, [])

    def files(self, name: str) -> list[Upload]:
        """The files chosen in one input (a browser posts an empty one when none was)."""
        return [upload for upload in self.uploads if upload.field == name]


async def read(request: Request, *, max_file_bytes: int, max_files: int = 0) -> Posted:
    """The posted form; raises TooLarge beyond the hard cap, Invalid for a body that is no form.

    max_files: how many files the page may send at most. A file over its limit is drained and dropped and marked
    too_large, the rest is kept. The hard cap is the sum of the file limits (each doubled, so that one too large gets
    its sentence) and one megabyte.
    """
    media_type, options = parse_options_header(request.headers.get("content-type", ""))
    try:
        if media_type == b"multipart/form-data" and b"boundary" in options:
            cap = 2 * max_file_bytes * max_files + MAX_TEXT_BYTES
            return await _multipart(request, options[b"boundary"], max_file_bytes, cap)
        if media_type in (b"application/x-www-form-urlencoded", b""):
            return _urlencoded(await _whole(request))
    except (FormParserError, ValueError, ClientDisconnect) as error:
        raise Invalid("Votre navigateur a envoyé un formulaire illisible. Revenez en arrière et réessayez.") from error
    raise Invalid("Ce type d’envoi n’est pas accepté. Utilisez le formulaire de la page.")


async def _whole(request: Request) -> bytes:
    chunks, total = [], 0
    async for chunk in request.stream():
        total += len(chunk)
        if total > MAX_TEXT_BYTES:
            raise TooLarge("Le texte envoyé est trop long. Raccourcissez vos réponses.")
        chunks.append(chunk)
    return b"".join(chunks)


def _urlencoded(body: bytes) -> Posted:
    pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    posted = Posted()
    for name, value in pairs:
        posted.values.setdefault(name, []).append(_without_nul(value))
    return posted


def _without_nul(text: str) -> str:
    """The text without U+0000, which means nothing, comes with text pasted from elsewhere and no database keeps."""
    return text.replace("\x00", "")


async def _multipart(request: Request, boundary: bytes, max_file_bytes: int, cap: int) -> Posted:
    collector = _Collector(max_file_bytes)
    parser = MultipartParser(boundary, collector.callbacks())
    total = 0
    try:
        async for chunk in request.stream():
            total += len(chunk)
            if total > cap:
                raise TooLarge("Vos fichiers dépassent ensemble la taille permise. Envoyez-les en plusieurs fois.")
            parser.write(chunk)
        if not collector.is_whole:
            raise ValueError("the body was cut short: what is missing would pass for not chosen")
    except BaseException:
        collector.close()
        raise
    return collector.posted


class _Collector:
    """Gathers the parts of a multipart body as the parser meets them."""

    def __init__(self, max_file_bytes: int) -> None:
        self.posted = Posted()
        self.is_whole = False
        self._max_file_bytes = max_file_bytes
        self._header_name = b""
        self._header_value = b""
        self._disposition: Mapping[bytes, bytes] = {}
        self._text = bytearray()
        self._text_total = 0
        self._upload: Upload | None = None

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_header_name,
            "on_header_value": self._add_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def close(self) -> None:
        """Removes the temporary files, that of the part under way included."""
        self.posted.close()
        if self._upload is not None:
            self._upload.file.close()

    def _finish(self) -> None:
        self.is_whole = True

    def _begin(self) -> None:
        self._disposition, self._text, self._upload = {}, bytearray(), None

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = parse_options_header(self._header_value)[1]
        self._header_name = self._header_value = b""

    def _end_headers(self) -> None:
        if b"filename" not in self._disposition:
            return
        if len(self.posted.uploads) >= MAX_FILES:
            raise ValueError("too many files")
        name = self._disposition.get(b"name", b"").decode("utf-8")
        filename = self._disposition[b"filename"].decode("utf-8", "replace")
        self._upload = Upload(name, filename, tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - ends with it

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._upload is None:
            self._text_total += end - start
            if self._text_total > MAX_TEXT_BYTES:
                raise TooLarge("Le texte envoyé est trop long. Raccourcissez vos réponses.")
            self._text += data[start:end]
            return
        upload = self._upload
        upload.size += end - start
        if upload.size > self._max_file_bytes:
            if not upload.too_large:
                upload.too_large = True
                upload.file.seek(0)
                upload.file.truncate()
            return
        upload.file.write(data[start:end])

    def _end(self) -> None:
        if self._upload is not None:
            self._upload.file.seek(0)
            if self._upload.filename or self._upload.size:
                self.posted.uploads.append(self._upload)
            else:
                self._upload.file.close()
            return
        name = self._disposition.get(b"name", b"").decode("utf-8")
        if sum(map(len, self.posted.values.values())) >= MAX_FIELDS:
            raise ValueError("too many fields")
        self.posted.values.setdefault(name, []).append(_without_nul(self._text.decode("utf-8")))
