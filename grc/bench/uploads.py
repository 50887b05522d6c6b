"""One file sent to a draft over HTTP, one at a time: how long it takes, and in which process the work is done."""

from __future__ import annotations

import http.client
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from time import perf_counter

from PIL import Image, ImageDraw

from grc.bench.installation import FILES, PROOF, PROVED, SLUG, Installation, Ready, headers_of, make_ready
from grc.bench.posts import NotKept
from grc.bench.processes import cpu_apart, free_port

_BOUNDARY = "a-boundary-of-the-bench"
_PAGE = "justificatif"


@dataclass(frozen=True)
class Upload:
    """One file. took: median by the clock; server, children: mean of their processor time; in ms."""

    name: str
    size: int
    took: float
    server: float
    children: float


def measure(made: Installation, rounds: int) -> list[Upload]:
    """Each file in turn, so many rounds, each round for a new draft. Raises NotKept for an answer that is not a 200."""
    files = samples()
    port = free_port()
    server = made.serve(port)
    server.wait_ready(port)
    drafts = make_ready(made, rounds + 1, name=PROVED)
    took: dict[str, list[tuple[float, float, float]]] = {name: [] for name in files}
    for number, draft in enumerate(drafts):
        for name, content in files.items():
            (own, children), started = cpu_apart(server.pid), perf_counter()
            _send(port, draft, name, content)
            seconds, after = perf_counter() - started, cpu_apart(server.pid)
            if number:  # the first one finds everything cold
                took[name].append((seconds, after[0] - own, after[1] - children))
    made.stop()
    return [_upload(name, len(content), took[name]) for name, content in files.items()]


def samples() -> Mapping[str, bytes]:
    """A PDF of one page, a photograph of 12 million pixels that weighs 3 MB, and a page scanned as PNG."""
    grain = Image.effect_noise((2000, 1500), 20).resize((4000, 3000))
    photo = Image.merge("RGB", (grain, grain.rotate(180), grain.point(lambda value: 255 - value)))
    page = Image.new("L", (1240, 1754), 250)
    lines = ImageDraw.Draw(page)
    for at in range(100, 1650, 28):
        lines.text((120, at), "Extrait de l'acte de naissance, en marge duquel figurent ces mentions. " * 2, fill=20)
    pdf, jpeg, png = FILES
    return {
        pdf[0]: _saved(page, "PDF"),
        jpeg[0]: _saved(photo, "JPEG", quality=81),
        png[0]: _saved(page, "PNG"),
    }


def _saved(image: Image.Image, form: str, **options: int) -> bytes:
    made = BytesIO()
    image.save(made, form, **options)
    return made.getvalue()


def _send(port: int, draft: Ready, name: str, content: bytes) -> None:
    """What the script of the page does with a file that was just chosen."""
    media_type = dict(FILES)[name]
    part = f'Content-Disposition: form-data; name="{PROOF}"; filename="{name}"\r\nContent-Type: {media_type}'
    body = f"--{_BOUNDARY}\r\n{part}\r\n\r\n".encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {**headers_of(draft), "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"/{SLUG}/brouillons/{draft.public_id}/{_PAGE}/fichiers", body, headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    if answer.status != 200 or name not in said:
        raise NotKept(f"{name}: {answer.status} {said[:2000]}")


def _upload(name: str, size: int, rounds: list[tuple[float, float, float]]) -> Upload:
    took, server, children = zip(*rounds, strict=True)
    return Upload(name, size, statistics.median(took) * 1000, *(statistics.mean(s) * 1000 for s in (server, children)))
