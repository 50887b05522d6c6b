"""Where programs file demandes: the answers as JSON, the files beside them, once however often the call is made."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import IO, Any, cast

import anyio.to_thread
from python_multipart.multipart import parse_options_header
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from grc.attachments.commands import StoredFile
from grc.catalogue.definition import Procedure
from grc.errors import Invalid, Problem, TooLarge
from grc.submissions import deposits
from grc.submissions.deposits import Deposit, Deposited
from grc.web import bodies, uploads
from grc.web.api.keyed import BadRequest, Call, answered
from grc.web.bodies import Posted

Json = Any
PART = "submission"
HEADER = "Idempotency-Key"
REPEATED = "Idempotent-Replay"
_KEY = re.compile(r"[!-~]{1,100}")
_NO_KEY = "Envoyez « Idempotency-Key » : un texte à vous, de 100 caractères au plus, le même à chaque renvoi."
_SHAPE = "Le corps est un objet JSON dont la seule clé est « answers », elle-même un objet."
_NOT_JSON = "Le corps n’est pas du JSON que nous puissions lire (RFC 8259), chaque clé une fois."
_MULTIPART = (
    "Un envoi en plusieurs parties a une partie « submission », le JSON, et des fichiers : rien d’autre, et entier."
)
_NO_FILE = "La démarche n’a pas de question de ce nom qui attende des fichiers."
_TOO_MANY = "Trop de fichiers pour cette question."


async def file(call: Call) -> Response:
    """The demande filed: its reference, its tracking code; the same again for the same call."""
    await call.write(deposits.admit, call.actor)
    key = call.request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise BadRequest(_NO_KEY)
    posted = await _posted(call)
    try:
        return await _filed(call, key, posted)
    finally:
        posted.close()


async def _filed(call: Call, key: str, posted: Posted) -> Response:
    slug, answers = call.path["slug"], _answers(posted.one(PART))
    sha256 = await anyio.to_thread.run_sync(_digest, slug, answers, posted)
    before = await call.read(deposits.earlier, call.actor, key, sha256, now=call.now)
    if before is not None:
        return _told(call, before)
    found = await call.read(deposits.offered, call.actor, slug)
    files = await _kept(call, found.procedure, posted)
    keys = [each for kept in files.values() for each in kept]
    async with uploads.kept_by(call.platform.storage, keys):
        wanted = Deposit(slug, answers, key, sha256, files)
        done = await call.write(deposits.deposit, call.authority, wanted, by=call.actor)
    if not done.is_new:  # the same call at the same time filed it, with files of its own
        await uploads.forget(call.platform.storage, [file.key for file in keys])
    call.platform.wake()
    return _told(call, done)


async def _posted(call: Call) -> Posted:
    """The parts of the request, the JSON among them; raises BadRequest, TooLarge."""
    media_type, _ = parse_options_header(call.request.headers.get("content-type", ""))
    if media_type == b"application/json":
        return Posted(values={PART: [await _text(call)]})
    if media_type != b"multipart/form-data":
        raise BadRequest("Envoyez « application/json », ou « multipart/form-data » avec des fichiers.", status=415)
    try:
        limit = call.platform.config.max_file_bytes
        posted = await bodies.read(call.request, max_file_bytes=limit, max_files=bodies.MAX_FILES)
    except Invalid as error:
        raise BadRequest(_MULTIPART) from error
    if set(posted.values) != {PART} or len(posted.values[PART]) != 1:
        posted.close()
        raise BadRequest(_MULTIPART)
    return posted


async def _text(call: Call) -> str:
    content = bytearray()
    try:
        async with aclosing(cast(Any, call.request.stream())) as stream:
            async for chunk in stream:
                content += chunk
                if len(content) > bodies.MAX_TEXT_BYTES:
                    raise TooLarge("Ces réponses sont trop longues : un million d’octets au plus.")
        return content.decode("utf-8")
    except (ClientDisconnect, UnicodeDecodeError) as error:
        raise BadRequest("Le corps n’est pas du JSON en UTF-8, ou n’est pas arrivé en entier.") from error


def _answers(text: str) -> Mapping[str, Json]:
    """The answers in a JSON text; raises BadRequest for what is no such JSON, or holds what no database keeps."""
    try:
        said = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse, parse_float=_finite)
        json.dumps(said, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError) as error:
        raise BadRequest(
            "Le corps n’est pas du JSON que nous puissions lire (RFC 8259), chaque clé une fois."
        ) from error
    if not isinstance(said, dict) or set(said) != {"answers"} or not isinstance(said["answers"], dict):
        raise BadRequest(_SHAPE)
    answers: Mapping[str, Json] = said["answers"]
    return answers


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse(constant: str) -> Json:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("beyond what a number can be")
    return number


def _digest(slug: str, answers: Mapping[str, Json], posted: Posted) -> str:
    """The hash of all that the call says, whatever its spelling: other spaces or boundaries are the same call."""
    files = [[each.field, each.filename, each.size, _sha256(each.file)] for each in posted.uploads]
    said = json.dumps([slug, answers, files], ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _sha256(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    content.seek(0)
    while chunk := content.read(1 << 16):
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


async def _kept(call: Call, procedure: Procedure, posted: Posted) -> dict[str, Sequence[StoredFile]]:
    """The files safe in the store, by question; raises Invalid when one is refused, and keeps none then."""
    kept: dict[str, Sequence[StoredFile]] = {}
    asked = {field.name: field for field in procedure.form.fields if field.kind == "file"}
    names = dict.fromkeys(each.field for each in posted.uploads)
    problems = [
        Problem(name if name.isidentifier() else "", "unknown", _NO_FILE) for name in names if name not in asked
    ]
    for name in (name for name in names if name in asked):
        field, chosen = asked[name], posted.files(name)
        if len(chosen) > int(field.options["max_files"]):
            problems.append(Problem(name, "maxItems", _TOO_MANY))
            continue
        kept[name], wrong = await uploads.keep(
            call.platform,
            chosen,
            authority=call.authority.slug,
            field=name,
            max_bytes=field.options["max_bytes"],
            allowed=field.options["types"],
            already=sum(file.size_bytes for files in kept.values() for file in files),
        )
        problems += wrong
    if problems:
        await uploads.forget(call.platform.storage, [file.key for files in kept.values() for file in files])
        raise Invalid("Des fichiers sont à corriger.", problems)
    return kept


def _told(call: Call, done: Deposited) -> Response:
    here = f"{call.base}/submissions/{done.reference}"
    body = {
        "reference": done.reference,
        "tracking_code": done.code or None,
        "received_at": done.received_at.isoformat(),
        "is_report": done.is_report,
        "silence": {
            "rule": done.silence_rule,
            "due_on": None if done.silence_on is None else done.silence_on.isoformat(),
        },
        "links": {"self": here, "tracking": f"{call.site}/suivi"},
    }
    location = f"{call.tenant.root}/api/v1/submissions/{done.reference}"
    headers = {"Location": location, REPEATED: "false" if done.is_new else "true"}
    return answered(body, status=201, headers=headers)
