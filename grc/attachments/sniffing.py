"""What a file is by its content, never by its name, and whether it may be accepted."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import BinaryIO

from grc.forms.formats import composed

HEAD_BYTES = 4096
LONGEST_NAME = 120
LONGEST_NAME_BYTES = 255
"""What the folders of most machines can hold."""

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
HEIC = "image/heic"
ODT = "application/vnd.oasis.opendocument.text"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_EXTENSIONS = {
    PDF: ("pdf",),
    JPEG: ("jpg", "jpeg"),
    PNG: ("png",),
    WEBP: ("webp",),
    HEIC: ("heic", "heif"),
    ODT: ("odt",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
}
_SENTENCES = {
    "empty": "Le fichier «\u00a0{name}\u00a0» est vide. Vérifiez-le sur votre appareil, puis choisissez-le de nouveau.",
    "protected": (
        "Le fichier «\u00a0{name}\u00a0» est protégé par un mot de passe. Enregistrez-le sans mot de passe, "
        "puis choisissez-le de nouveau."
    ),
    "type": "Le fichier «\u00a0{name}\u00a0» n’est pas d’un type accepté. Choisissez un fichier {allowed}.",
    "damaged": (
        "Le fichier «\u00a0{name}\u00a0» est incomplet ou abîmé. Ouvrez-le pour le vérifier, "
        "enregistrez-le de nouveau, puis choisissez-le."
    ),
    "unsafe": (
        "Le fichier «\u00a0{name}\u00a0» contient un programme et ne peut pas être accepté. "
        "Enregistrez le document au format PDF, puis choisissez ce nouveau fichier."
    ),
    "archive": (
        "Le fichier «\u00a0{name}\u00a0» contient aussi une archive et ne peut pas être accepté. "
        "Imprimez le document au format PDF, puis choisissez ce nouveau fichier."
    ),
    "pages": (
        "Le fichier «\u00a0{name}\u00a0» n’a aucune page. Ouvrez-le pour le vérifier, "
        "enregistrez-le de nouveau, puis choisissez-le."
    ),
    "pixels": (
        "Le fichier «\u00a0{name}\u00a0» est une image trop grande pour être traitée. "
        "Réduisez-la sur votre appareil, puis choisissez-la de nouveau."
    ),
    "total": (
        "Avec le fichier «\u00a0{name}\u00a0», vos documents dépassent ensemble {most}. "
        "Réduisez-le, ou retirez un autre document."
    ),
    "size": "Le fichier «\u00a0{name}\u00a0» dépasse {most}. Choisissez un fichier plus léger.",
}
PROBLEMS = frozenset(_SENTENCES)
_MARKUP = re.compile(rb"<\s*(script|html|!doctype|svg|iframe|\?php)|<\?php", re.IGNORECASE)
_PDF_HEADER = re.compile(rb"%PDF-[12]\.\d")
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
_PDF_END_WITHIN = 4096
_PDF_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])|/ObjStm")
"""A page, or the objects packed together where pages may be."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_ENCRYPTED = re.compile("EncryptedPackage".encode("utf-16-le"))
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
_MOST_ENTRIES = 5000
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, RuntimeError, EOFError)
_CHUNK = 1 << 16
_OVERLAP = 64


@dataclass(frozen=True)
class Finding:
    """What a file turned out to be. type: its media type, None when unknown.

    problem: "" when it may be accepted, else "empty", "protected", "type", "damaged", "unsafe", "archive" or "pages".
    """

    type: str | None
    problem: str = ""


def examine(file: BinaryIO, *, allowed: Collection[str]) -> Finding:
    """The type of a seekable file and what forbids it; the file is left at its beginning."""
    file.seek(0)
    head = file.read(HEAD_BYTES)
    try:
        return _examined(head, file, allowed)
    finally:
        file.seek(0)


def sniff(head: bytes, file: BinaryIO) -> str | None:
    """The media type that the first bytes say, None for what our table does not know.

    head: the first 4096 bytes. file: seekable, opened only to tell the kinds of zip apart.
    """
    for media_type, holds in _SIGNATURES:
        if holds(head):
            return media_type
    return _sniff_zip(file) if head.startswith(b"PK\x03\x04") else None


def sentence(problem: str, name: str, *, allowed: Collection[str] = (), most: str = "") -> str:
    """The French sentence that tells the citizen what to do about a problem of this file. most: the largest size."""
    return _SENTENCES[problem].format(name=display_name(name), allowed=kinds(allowed), most=most)


def kinds(allowed: Collection[str]) -> str:
    """The accepted types as people call them, in the table's order: "PDF, JPG ou PNG"."""
    names = [extensions[0].upper() for media_type, extensions in _EXTENSIONS.items() if media_type in allowed]
    return " ou ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def display_name(name: str, media_type: str | None = None, *, was: str | None = None) -> str:
    """A name that can be shown and offered for download: no path, no control or direction mark, at most 120 characters.

    With a media_type, the name ends with an extension of that type, so that "photo.exe" of a PDF is "photo.exe.pdf".
    was: the type it had when it came, whose extension gives way: "rue.heic" kept as a JPEG is "rue.jpg".
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(" " if unicodedata.category(c) in {"Zl", "Zp", "Zs"} else c for c in last if not _is_hidden(c))
    shown = " ".join(composed(kept).split()).lstrip(".").strip() or "fichier"
    stem, dot, extension = shown.rpartition(".")
    if not dot or len(extension) > 10:
        stem, extension = shown, ""
    expected = _EXTENSIONS.get(media_type or "", ())
    if expected and extension.lower() not in expected:
        stem, extension = (stem if extension.lower() in _EXTENSIONS.get(was or "", ()) else shown), expected[0]
    ending = f".{extension}" if extension else ""
    kept_bytes = stem.encode()[: LONGEST_NAME_BYTES - len(ending.encode())]
    return kept_bytes.decode(errors="ignore")[: LONGEST_NAME - len(ending)].rstrip() + ending


def _examined(head: bytes, file: BinaryIO, allowed: Collection[str]) -> Finding:
    if not head:
        return Finding(None, "empty")
    media_type = sniff(head, file)
    if media_type is None:
        protected = head.startswith(_OLE) and _contains(file, _OLE_ENCRYPTED)
        return Finding(None, "protected" if protected else "type")
    if media_type not in allowed:
        return Finding(media_type, "type")
    return Finding(media_type, _problem_within(media_type, head, file))


def _problem_within(media_type: str, head: bytes, file: BinaryIO) -> str:
    if media_type == PDF:
        return _problem_of_pdf(file)
    if media_type in {DOCX, ODT, XLSX}:
        return _problem_of_zip(file)
    return "unsafe" if _MARKUP.search(head) else ""


def _problem_of_pdf(file: BinaryIO) -> str:
    """Readers look for the end mark near the end; what follows it at length is another file.

    A program or a page of HTML inside is left alone: official forms hold scripts, and a PDF is only ever offered as a
    download. An archive behind it (a PDF that a zip or Java reader opens too) is refused.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _PDF_END_WITHIN))
    if b"%%EOF" not in file.read():
        return "damaged"
    if _contains(file, _PDF_ENCRYPTED):
        return "protected"
    file.seek(0)
    if zipfile.is_zipfile(file):
        return "archive"
    return "" if _contains(file, _PDF_PAGE) else "pages"


def _sniff_zip(file: BinaryIO) -> str | None:
    """Which document a zip is, by its own table of contents; nothing is unpacked but a stored `mimetype`."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if len(names) > _MOST_ENTRIES:
                return None
            if "[Content_Types].xml" in names:
                return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
            return ODT if _stored_mimetype(archive) == ODT.encode() else None
    except _ZIP_ERRORS:
        return None


def _stored_mimetype(archive: zipfile.ZipFile) -> bytes:
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.file_size > len(ODT):
        return b""
    return archive.read(first)


def _problem_of_zip(file: BinaryIO) -> str:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 0x1 for entry in entries) or _is_protected_odt(archive):
                return "protected"
    except _ZIP_ERRORS:
        return "damaged"
    names = [entry.filename.lower() for entry in entries]
    has_program = any(name.endswith("vbaproject.bin") or name.startswith(("basic/", "scripts/")) for name in names)
    return "unsafe" if has_program else ""


def _is_protected_odt(archive: zipfile.ZipFile) -> bool:
    """OpenDocument encrypts the entries' content and says so in its manifest."""
    try:
        manifest = archive.getinfo("META-INF/manifest.xml")
    except KeyError:
        return False
    with archive.open(manifest) as entry:
        return b"encryption-data" in entry.read(_CHUNK * 4)


def _contains(file: BinaryIO, pattern: re.Pattern[bytes]) -> bool:
    file.seek(0)
    tail = b""
    while chunk := file.read(_CHUNK):
        if pattern.search(tail + chunk):
            return True
        tail = chunk[-_OVERLAP:]
    return False


def _is_heic(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS


_SIGNATURES: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    (PDF, lambda head: _PDF_HEADER.match(head) is not None),
    (JPEG, lambda head: head.startswith(b"\xff\xd8\xff")),
    (PNG, lambda head: head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR"),
    (WEBP, lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP"),
    (HEIC, _is_heic),
)


def _is_hidden(character: str) -> bool:
    """Control characters, direction marks and other formatting, surrogates, private and unassigned ones."""
    return unicodedata.category(character).startswith("C")
