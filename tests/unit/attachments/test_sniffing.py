"""A file is what its content says, and is refused for a reason that the citizen can act upon."""

from __future__ import annotations

import io
import unicodedata
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from grc.attachments import sniffing
from grc.attachments.sniffing import DOCX, HEIC, JPEG, ODT, PDF, PNG, WEBP, XLSX, Finding

ALL = frozenset({PDF, JPEG, PNG, WEBP, HEIC, ODT, DOCX, XLSX})


def a_pdf(*, password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def a_zip(*entries: tuple[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return made.getvalue()


A_PDF = a_pdf()
A_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(40) + b"\xff\xd9"
A_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)
A_WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(20)
A_HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(20)
A_DOCX = a_zip(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
AN_XLSX = a_zip(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<w/>"))
AN_ODT = a_zip(("mimetype", ODT.encode()), ("content.xml", b"<x/>"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def examine(content: bytes, allowed: frozenset[str] = ALL) -> Finding:
    return sniffing.examine(io.BytesIO(content), allowed=allowed)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (A_PDF, PDF),
        (A_JPEG, JPEG),
        (A_PNG, PNG),
        (A_WEBP, WEBP),
        (A_HEIC, HEIC),
        (A_DOCX, DOCX),
        (AN_XLSX, XLSX),
        (AN_ODT, ODT),
    ],
)
def test_knows_its_types_and_finds_nothing_wrong(content: bytes, media_type: str):
    assert examine(content) == Finding(media_type)
    assert sniffing.sniff(content[: sniffing.HEAD_BYTES], io.BytesIO(content)) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"%!PS-Adobe-3.0",
        b"MZ\x90\x00" + bytes(60),
        b"<html><script>alert(1)</script></html>",
        b"GIF89a" + bytes(40),
        b"nom;prenom\nExemple;Camille\n",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        b"RIFF\x24\x00\x00\x00WAVE",
        b"\x00\x00\x00\x18ftypisom",
        a_zip(("readme.txt", b"x")),
        a_zip(("[Content_Types].xml", b"<Types/>"), ("ppt/presentation.xml", b"x")),
        a_zip(("mimetype", b"application/epub+zip")),
        a_zip(("content.xml", b"x"), ("mimetype", ODT.encode())),
        A_DOCX[:60],
        b"PK\x03\x04",
        OLE,
        b"\x00",
    ],
)
def test_refuses_what_its_table_does_not_know(content: bytes):
    assert examine(content) == Finding(None, "type")


def test_refuses_a_known_type_that_the_field_does_not_take():
    assert examine(AN_ODT, frozenset({PDF, JPEG})) == Finding(ODT, "type")


def test_refuses_an_empty_file():
    assert examine(b"") == Finding(None, "empty")


@pytest.mark.parametrize("before", [b"\n", b"GIF89a", A_JPEG, bytes(1)])
def test_a_pdf_begins_with_its_header(before: bytes):
    assert examine(before + A_PDF).type != PDF


def test_refuses_a_pdf_under_password():
    assert examine(a_pdf(password="secret")) == Finding(PDF, "protected")


def test_finds_the_encryption_across_two_blocks():
    padding = b"%" + b"x" * (sniffing._CHUNK - len(b"%PDF-1.7\n%") - 4)
    content = b"%PDF-1.7\n" + padding + b"/Type /Page /Encrypt 12 0 R\n%%EOF\n"
    assert examine(content) == Finding(PDF, "protected")


def test_a_pdf_that_speaks_of_encryption_is_not_encrypted():
    assert examine(A_PDF.replace(b"%%EOF", b"% /Encryption or /Encrypt in words\n%%EOF")) == Finding(PDF)


def test_refuses_a_broken_off_pdf_and_one_with_another_file_behind():
    assert examine(A_PDF[:-20]) == Finding(PDF, "damaged")
    assert examine(A_PDF + bytes(5000)) == Finding(PDF, "damaged")


def test_refuses_a_pdf_that_is_also_an_archive():
    jar = a_zip(("META-INF/MANIFEST.MF", b"Main-Class: Exemple"))
    assert examine(A_PDF + jar) == Finding(PDF, "archive")
    comment = b"%%EOF"
    ending = jar[:-2] + len(comment).to_bytes(2, "little") + comment
    assert examine(A_PDF + b"\n" + bytes(5000) + ending) == Finding(PDF, "archive")


def test_keeps_a_pdf_with_a_script_or_a_page_of_html():
    program = b"%PDF-1.7\n% <html><script>alert(1)</script></html>\n"
    script = b"9 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF"
    assert examine(A_PDF.replace(b"%PDF-1.3\n", program, 1).replace(b"%%EOF", script, 1)) == Finding(PDF)


def test_refuses_a_pdf_without_a_page():
    assert examine(A_PDF.replace(b"/Type /Page\n", b"/Type /Pages\n")) == Finding(PDF, "pages")
    assert examine(A_PDF.replace(b"/Type /Page\n", b"/Type /ObjStm\n")) == Finding(PDF)


def test_refuses_a_protected_office_document():
    assert examine(OLE + "EncryptedPackage".encode("utf-16-le")) == Finding(None, "protected")
    manifest = b'<manifest:file-entry><manifest:encryption-data manifest:checksum="x"/>'
    protected = a_zip(("mimetype", ODT.encode()), ("META-INF/manifest.xml", manifest))
    assert examine(protected) == Finding(ODT, "protected")


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "Basic/Standard/Module1.xml", "Scripts/python/x.py"])
def test_refuses_an_office_document_with_a_program(name: str):
    kept = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"), (name, b"x")]
    assert examine(a_zip(*kept)) == Finding(DOCX, "unsafe")


def test_unpacks_no_bomb():
    bomb = a_zip(("mimetype", ODT.encode()), ("META-INF/manifest.xml", b"x" * 50_000_000))
    assert len(bomb) < 100_000
    assert examine(bomb) == Finding(ODT)


@pytest.mark.parametrize(
    "program", [b"<script>alert(1)</script>", b"<SCRIPT src=x>", b"<?php echo 1;", b"<svg onload=x>"]
)
def test_refuses_an_image_that_is_also_a_page(program: bytes):
    assert examine(A_JPEG + program) == Finding(JPEG, "unsafe")
    assert examine(A_PNG + program) == Finding(PNG, "unsafe")


def test_an_image_may_describe_itself_in_xml():
    assert examine(A_JPEG + b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">') == Finding(JPEG)


def test_leaves_the_file_at_its_beginning():
    file = io.BytesIO(A_PDF)
    sniffing.examine(file, allowed=ALL)
    assert file.tell() == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([A_PDF, A_DOCX, AN_ODT, OLE, A_HEIC]),
    st.binary(max_size=60),
    st.integers(0, 3000),
    st.integers(0, 60),
)
def test_never_crashes_on_a_damaged_file(content: bytes, noise: bytes, at: int, removed: int):
    found = examine(content[:at] + noise + content[at + removed :])
    assert found.problem in {"", *sniffing.PROBLEMS}


@pytest.mark.parametrize("problem", sorted(sniffing.PROBLEMS))
def test_each_problem_is_a_sentence_that_says_what_to_do(problem: str):
    told = sniffing.sentence(problem, "C:\\fakepath\\acte.pdf", allowed={PDF, JPEG, PNG}, most="10 Mo")
    assert "e fichier «\u00a0acte.pdf\u00a0»" in told
    assert told.endswith(".")
    assert "{" not in told


def test_names_the_accepted_types_as_people_do():
    assert sniffing.kinds({PNG, PDF, JPEG}) == "PDF, JPG ou PNG"
    assert sniffing.kinds({PDF}) == "PDF"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("acte.pdf", "acte.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\acte.pdf", "acte.pdf"),
        ("acte\r\nX-Header: 1.pdf", "acteX-Header: 1.pdf"),
        ("fdp.\u202egpj.exe", "fdp.gpj.exe"),
        ("acte\u00a0 de\u2028naissance.pdf", "acte de naissance.pdf"),
        ("e\u0301tat.pdf", "état.pdf"),
        (".htaccess", "htaccess"),
        ("...", "fichier"),
        ("", "fichier"),
        ("/", "fichier"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ("sans-extension", "sans-extension"),
    ],
)
def test_shows_a_safe_name(name: str, shown: str):
    assert sniffing.display_name(name) == shown


def test_a_name_ends_as_its_content_does():
    assert sniffing.display_name("photo.exe", PDF) == "photo.exe.pdf"
    assert sniffing.display_name("photo.JPEG", JPEG) == "photo.JPEG"
    assert sniffing.display_name("scan", PNG) == "scan.png"
    assert sniffing.display_name("pdf", PDF) == "pdf.pdf"
    assert len(sniffing.display_name("x" * 500, DOCX)) == 120


def test_a_photograph_keeps_its_name_and_changes_its_extension():
    assert sniffing.display_name("rue.HEIC", JPEG, was=HEIC) == "rue.jpg"
    assert sniffing.display_name("rue.png", JPEG, was=HEIC) == "rue.png.jpg"
    assert sniffing.display_name("rue", JPEG, was=HEIC) == "rue.jpg"


def test_a_name_fits_the_folders_of_most_machines():
    shown = sniffing.display_name("証" * 200, PDF)
    assert shown.endswith("証.pdf")
    assert 250 < len(shown.encode()) <= 255


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.sampled_from([None, PDF, JPEG, DOCX]))
def test_a_name_is_always_safe_and_stays_so(name: str, media_type: str | None):
    shown = sniffing.display_name(name, media_type)
    assert 1 <= len(shown) <= 120
    assert not any(unicodedata.category(c).startswith("C") or c in "/\\" for c in shown)
    assert sniffing.display_name(shown, media_type) == shown
