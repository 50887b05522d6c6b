"""The files that invented people send: a page or a picture that says that it is one, small and readable."""

from __future__ import annotations

import io
import random
from functools import cache

from PIL import Image, ImageDraw

from grc.attachments.commands import StoredFile
from grc.attachments.storage import Storage

_MOST = 1_000_000
_SIDES = (640, 480)


def stored(storage: Storage, authority: str, name: str, media_type: str, chance: random.Random) -> StoredFile:
    """A file of that name, its bytes in the store."""
    content = photo(chance.randrange(6)) if media_type.startswith("image/") else page(name)
    kept = storage.put(authority, [content], max_bytes=_MOST)
    kind = "image/jpeg" if media_type.startswith("image/") else "application/pdf"
    return StoredFile(kept.key, name, kind, kept.size, kept.sha256)


def page(title: str) -> bytes:
    """One page of PDF with that title, in plain letters."""
    shown = title.encode("ascii", "replace").decode().translate({ord(sign): None for sign in "()\\"})
    text = f"BT /F1 20 Tf 72 720 Td ({shown}) Tj 0 -36 Td /F1 12 Tf (Document invente pour la demonstration.) Tj ET"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    made, places = "%PDF-1.7\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(made))
        made += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    made += f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}"
    made += f"trailer<</Root 1 0 R/Size {len(parts) + 1}>>\nstartxref\n{made.index('xref')}\n%%EOF\n"
    return made.encode()


@cache
def photo(number: int) -> bytes:
    """A drawn street that stands for a photograph."""
    picture = Image.new("RGB", _SIDES, (196, 214, 226))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 260, 640, 480), fill=(120, 120, 118))
    draw.rectangle((40 + 20 * number, 120, 200 + 20 * number, 270), fill=(214, 196, 168))
    draw.polygon([(30 + 20 * number, 120), (120 + 20 * number, 60), (210 + 20 * number, 120)], fill=(150, 80, 60))
    draw.ellipse((300, 330 - 8 * number, 430, 390 - 8 * number), fill=(70, 68, 66))
    draw.text((16, 452), "Image inventée", fill=(255, 255, 255))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=70)
    return kept.getvalue()
