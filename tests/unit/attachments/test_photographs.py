"""What is kept of a photograph is its pixels, upright and of a reasonable size; hostile images end in a refusal."""

from __future__ import annotations

import io
import struct
import tempfile
import time
import zipfile
import zlib
from typing import Any

import pillow_heif
import pytest
from PIL import Image, PngImagePlugin

from grc.attachments import darkroom
from grc.attachments.darkroom import NotDeveloped
from grc.attachments.sniffing import HEIC, JPEG, PNG

pillow_heif.register_heif_opener()

SIDE, MOST = 400, 1_000_000
ORIENTATION, MAKER, MODEL, GPS, MAKER_NOTE = 0x0112, 0x010F, 0x0110, 0x8825, 0x927C
SECRETS = (b"Modele-phone", b"48.8566", b"Maker note", b"a comment", b"Exif", b"invented place")
KINDS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}


def a_scene(width: int = 800, height: int = 600) -> Image.Image:
    """White, with its top left corner red: one sees which way it is turned."""
    scene = Image.new("RGB", (width, height), "white")
    scene.paste((200, 0, 0), (0, 0, width // 4, height // 4))
    return scene


def notes(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER], exif[MODEL] = orientation, "Modele-phone", "invented place 48.8566"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(0x8769)[MAKER_NOTE] = b"Maker note"
    return exif.tobytes()


def written(image: Image.Image, media_type: str, **options: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, KINDS[media_type], **options)
    return made.getvalue()


def develop(content: bytes, media_type: str, *, side: int = SIDE, max_bytes: int = MOST) -> bytes:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return darkroom.developed(file, media_type, side=side, max_bytes=max_bytes)


def fault(content: bytes, media_type: str, **limits: int) -> str:
    with pytest.raises(NotDeveloped) as refusal:
        develop(content, media_type, **limits)
    return refusal.value.problem


def read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def is_red(image: Image.Image, x: int, y: int) -> bool:
    red, green, _ = image.convert("RGB").getpixel((x, y))  # type: ignore[misc]
    return red > 150 and green < 80


@pytest.mark.parametrize("media_type", [JPEG, PNG, HEIC])
def test_a_photograph_is_reduced_turned_and_forgets_who_took_it(media_type: str) -> None:
    sent = written(a_scene(), media_type, exif=notes(orientation=6))
    assert b"Modele-phone" in sent
    kept = develop(sent, media_type)
    image = read(kept)
    assert image.format == KINDS[darkroom.kept_type(media_type)]
    assert image.size == (300, 400)
    assert is_red(image, 290, 10), "a quarter turn to the right brings the top left corner to the right"
    assert not is_red(image, 10, 10)
    assert dict(image.getexif()) == {}
    assert [secret for secret in SECRETS if secret in kept] == []


def test_a_small_image_is_redrawn_and_not_enlarged() -> None:
    sent = written(a_scene(200, 100), JPEG, exif=notes(), comment=b"a comment")
    kept = develop(sent, JPEG)
    assert read(kept).size == (200, 100)
    assert [secret for secret in SECRETS if secret in kept] == []


def test_the_colours_of_a_profile_are_kept_and_the_profile_is_not() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = read(develop(written(a_scene(), JPEG, icc_profile=profile), JPEG))
    assert "icc_profile" not in kept.info
    assert is_red(kept, 10, 10)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_colours_can_be_kept(mode: str) -> None:
    media_type = JPEG if mode == "CMYK" else PNG
    image = Image.new("I;16", (800, 600), 40_000) if mode == "I;16" else a_scene().convert(mode)
    kept = read(develop(written(image, media_type), media_type))
    assert kept.size == (400, 300)
    if mode == "I;16":
        assert 140 < kept.convert("L").getpixel((200, 150)) < 170  # type: ignore[operator]
    elif mode not in ("1", "L", "LA"):
        assert is_red(kept, 10, 10)


def test_of_an_animation_the_first_image_is_kept() -> None:
    made = io.BytesIO()
    a_scene().save(made, "PNG", save_all=True, append_images=[Image.new("RGB", (800, 600), "blue")], duration=50)
    assert b"acTL" in made.getvalue()
    kept = develop(made.getvalue(), PNG)
    assert b"acTL" not in kept
    assert is_red(read(kept), 10, 10)


@pytest.mark.parametrize("media_type", [JPEG, PNG])
def test_what_is_appended_to_an_image_is_not_kept(media_type: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as jar:
        jar.writestr("Exemple.class", b"x" * 100)
    sent = written(a_scene(), media_type) + archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(sent))
    kept = develop(sent, media_type)
    assert not zipfile.is_zipfile(io.BytesIO(kept))
    assert b"Exemple.class" not in kept


@pytest.mark.parametrize("media_type", [JPEG, PNG, HEIC])
def test_a_truncated_image_is_damaged(media_type: str) -> None:
    sent = written(a_scene(), media_type)
    assert fault(sent[: len(sent) // 2], media_type) == "damaged"
    assert fault(sent[:30], media_type) == "damaged"


@pytest.mark.parametrize("media_type", [JPEG, PNG, HEIC])
def test_rubbish_is_damaged(media_type: str) -> None:
    assert fault(b"\x89PNG\r\n\x1a\nrubbish", media_type) == "damaged"
    assert fault(b"", media_type) == "damaged"


def test_an_image_of_another_type_is_not_read_as_this_one() -> None:
    assert fault(written(a_scene(), PNG), JPEG) == "damaged"


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims that many grey pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8001, 8000), (60_000, 60_000), (2_000_000_000, 1)])
def test_a_bomb_is_refused_by_its_size_before_a_pixel_is_read(size: tuple[int, int]) -> None:
    began = time.process_time()
    assert fault(a_bomb(*size), PNG) == "pixels"
    assert time.process_time() - began < 5


def test_a_bomb_of_text_is_refused() -> None:
    info = PngImagePlugin.PngInfo()
    for number in range(80):
        info.add_text(f"k{number}", "x" * 1_000_000, zip=True)
    assert fault(written(a_scene(), PNG, pnginfo=info), PNG) == "damaged"


def test_an_image_too_heavy_once_drawn_is_written_with_less_detail_or_refused() -> None:
    noise = Image.effect_noise((400, 300), 100).convert("RGB")
    full = len(develop(written(noise, JPEG), JPEG))
    kept = develop(written(noise, JPEG), JPEG, max_bytes=full - 1)
    assert len(kept) < full
    assert fault(written(noise, JPEG), JPEG, max_bytes=1000) == "size"


def test_the_process_is_given_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("#!/bin/sh\nenv >&1\n")
    spy.chmod(0o755)
    monkeypatch.setenv("GRC_SECRET_KEY", "never-to-be-seen")
    monkeypatch.setattr(darkroom.sys, "executable", str(spy))
    assert b"never-to-be-seen" not in develop(written(a_scene(), JPEG), JPEG)


def test_a_broken_exif_does_not_cost_the_photograph() -> None:
    sent = written(a_scene(), JPEG, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\xff" * 40)
    assert read(develop(sent, JPEG)).size == (400, 300)
