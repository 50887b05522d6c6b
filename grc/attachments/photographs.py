"""A photograph as it is kept: upright, of a reasonable size, without what a telephone notes about its owner.

`python -m grc.attachments.photographs TYPE SIDE MAX_BYTES` reads an image on standard input and writes the one to keep
on standard output. It serves one file, in a process of its own (grc.attachments.darkroom), because decoders are the
parts of a program that hostile files attack. Its exit status is a member of Fault.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
import warnings
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, BinaryIO

from PIL import Image, ImageCms, ImageOps

JPEG = "image/jpeg"
PNG = "image/png"
HEIC = "image/heic"
WEBP = "image/webp"
MOST_PIXELS = 64_000_000
"""Width times height, read before anything is decoded: telephones go to 50 million."""
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 20
_FORMATS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF", WEBP: "WEBP"}
_KEPT = {HEIC: JPEG, WEBP: PNG}
"""What is written where few programs open the type that came."""
_QUALITIES = (85, 70, 50)


class Fault(IntEnum):
    """Why no image came out. The numbers are exit statuses."""

    NONE = 0
    DAMAGED = 3
    TOO_MANY_PIXELS = 4
    TOO_LARGE = 5


class Refused(Exception):
    """The image cannot be kept; carries the Fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.name)
        self.fault = fault


def redrawn(source: BinaryIO, media_type: str, *, side: int, max_bytes: int) -> bytes:
    """The image drawn afresh, of its kept type: nothing of the file but its pixels goes through.

    Turned as its EXIF says, its longest side at most `side` pixels, its colours in sRGB; no EXIF, GPS, maker note,
    thumbnail, comment, profile, second image or trailing bytes. Of an animation the first image. Raises Refused.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = _upright(_opened(source, media_type), side)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Refused(Fault.TOO_MANY_PIXELS) from error
    except Refused:
        raise
    except Exception as error:  # decoders raise whatever they like about a file that is not what it says
        raise Refused(Fault.DAMAGED) from error
    for content in _written(image, _KEPT.get(media_type, media_type)):
        if len(content) <= max_bytes:
            return content
    raise Refused(Fault.TOO_LARGE)


def _opened(source: BinaryIO, media_type: str) -> Image.Image:
    """The image with its size read and not one pixel decoded; raises Refused beyond MOST_PIXELS."""
    if media_type == HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
        pillow_heif.options.DECODE_THREADS = 1
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    image = Image.open(source, formats=[_FORMATS[media_type]])
    if image.width * image.height > MOST_PIXELS:
        raise Refused(Fault.TOO_MANY_PIXELS)
    return image


def _upright(image: Image.Image, side: int) -> Image.Image:
    """Reduced first, which costs least memory, then turned, then in colours that every screen has."""
    profile, clear = image.info.get("icc_profile"), image.info.get("transparency")
    with contextlib.suppress(Exception):  # a broken EXIF is no reason to lose the photograph
        image.getexif()
    image = _plain(image, has_transparency=clear is not None)
    image.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image.load()
    with contextlib.suppress(Exception):
        image = ImageOps.exif_transpose(image)
    image = _in_srgb(image, profile)
    image.info.clear()
    return image


def _plain(image: Image.Image, *, has_transparency: bool) -> Image.Image:
    """The image in a mode that can be reduced: palettes and sixteen bits are written out, the orientation kept."""
    if image.mode in ("RGB", "L", "RGBA", "CMYK", "LA"):
        return image
    exif = image.getexif()
    if image.mode.startswith("I"):
        plain = image.convert("I").point(lambda value: value / 256).convert("L")
    else:
        plain = image.convert("L" if image.mode == "1" else "RGBA" if has_transparency else "RGB")
    plain.info["exif"] = exif.tobytes()
    return plain


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """The colours that its profile meant; the profile itself, where anything may hide, is not kept."""
    if profile and image.mode in ("RGB", "CMYK"):
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            theirs, ours = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, theirs, ours, outputMode="RGB") or image
    return image


def _written(image: Image.Image, media_type: str) -> Iterator[bytes]:
    """The bytes of the image, then smaller ones where the type allows it."""
    if media_type == PNG:
        yield _saved(image.convert("RGB") if image.mode == "CMYK" else image, "PNG", optimize=False)
        return
    if image.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        image = ground
    image = image if image.mode == "L" else image.convert("RGB")
    for quality in _QUALITIES:
        yield _saved(image, "JPEG", quality=quality, progressive=True)


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def _confine() -> None:
    """No more memory and computing than a photograph needs, after everybody else, and no file left behind."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def main() -> None:
    """One image from standard input to standard output."""
    media_type, side, max_bytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    _confine()
    try:
        content = redrawn(io.BytesIO(sys.stdin.buffer.read()), media_type, side=side, max_bytes=max_bytes)
    except Refused as refused:
        sys.exit(refused.fault)
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
