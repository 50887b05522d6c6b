"""Where other systems say, signed, that something happened for a submission."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlmodel import Session
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from grc import clock
from grc.access.actors import Visitor
from grc.calling import signals, signing
from grc.calling.signals import Heard, Signal
from grc.errors import Invalid, TooLarge
from grc.web.api.shapes import ref
from grc.web.platform import Platform, Tenant
from grc.web.problems import MEDIA_TYPE
from grc.web.visit import Visit

Json = Any
PATH = "/api/v1/signals/{reference}/{name}"

_FAULTS = {
    "404": "Adresse, référence, corps ou signature qui ne va pas : toujours la même réponse.",
    "409": "La demande n’attend pas ce signal, ou son « id » a servi pour un autre.",
    "413": "Plus de 20 000 octets.",
    "429": "Trop de signaux à la suite.",
}


async def receive(request: Request) -> Response:
    """The signal acted on, or what was wrong with it; a browser of another site never gets here."""
    platform: Platform = request.app.state.platform
    tenant: Tenant = request.scope["grc.tenant"]
    now, authority = clock.now(), tenant.authority
    client = Visit(request, platform, tenant, Visitor(authority.id), now, "api").client_address
    signal = Signal(
        reference=request.path_params["reference"],
        name=request.path_params["name"],
        endpoint=request.headers.get(signing.ENDPOINT_HEADER, ""),
        signature=request.headers.get(signing.HEADER, ""),
        body=await _body(request),
    )

    await platform.db.write(partial(signals.admit, authority=authority, client=client, now=now), scope=authority.id)

    def write(session: Session) -> Heard:
        return signals.receive(session, authority, signal, now=now)

    heard = await platform.db.write(write, scope=authority.id)
    platform.wake()
    told = {"reference": heard.reference, "state": heard.state, "repeated": heard.repeated}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > signals.LONGEST:
                raise TooLarge("Ce signal est trop long : 20 000 octets au plus.")
    except ClientDisconnect as error:
        raise Invalid("Ce signal n’est pas arrivé en entier.") from error
    return bytes(content)


route = Route(PATH, receive, methods=["POST"], name="api:signal")


def described() -> dict[str, Json]:
    """The operation in the OpenAPI document."""
    meanings = {
        ("path", "reference"): "La référence de la demande, par exemple 2026-483-715-629.",
        ("path", "name"): "Le nom du signal dans le circuit, sans « signal. ».",
        ("header", signing.ENDPOINT_HEADER): "Le nom du point d’accès que l’exploitant a donné.",
        ("header", signing.HEADER): "« t=<secondes>,v1=<hex> » : HMAC-SHA256 de « <secondes>. » suivi du corps.",
    }
    body = {
        "type": "object",
        "required": ["id", "reference", "signal"],
        "properties": {
            "id": {"type": "string", "maxLength": 100, "description": "Le même à chaque renvoi de ce signal."},
            "reference": {"type": "string", "description": "Celle de l’adresse."},
            "signal": {"type": "string", "description": "Celui de l’adresse."},
        },
    }
    answer = {
        "type": "object",
        "required": ["reference", "state", "repeated"],
        "properties": {
            "reference": {"type": "string"},
            "state": {"type": "string", "description": "L’état où est la demande."},
            "repeated": {"type": "boolean", "description": "Ce signal avait déjà servi : rien de plus n’est fait."},
        },
    }
    return {
        "operationId": "signal",
        "summary": "Un signal signé",
        "description": "Dit au circuit d’une demande que ce qu’il attend est arrivé. Un renvoi ne fait rien de plus.",
        "parameters": [
            {"name": name, "in": place, "required": True, "description": meaning, "schema": {"type": "string"}}
            for (place, name), meaning in meanings.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {"description": "Entendu.", "content": {"application/json": {"schema": answer}}},
            **{
                code: {"description": text, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}
                for code, text in _FAULTS.items()
            },
        },
    }
