"""The least that an OpenID client can do: a redirect, two calls, two signatures; nothing checked beside, nothing kept.

`python -m grc.bench.bare_client ISSUER BASE_URL SLUG PORT`: the floor beside which our own sign-in is measured.
"""

from __future__ import annotations

import secrets
import sys
from typing import Any
from urllib.parse import urlencode

import httpx2
import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from grc.demo import seed
from grc.serving import configuration

_SCOPE = "openid identite_pivot email preferred_username"


def application(issuer: str, base_url: str, slug: str) -> Starlette:
    """The application, registered as that commune of the demonstration."""
    registered = next(one for one in seed.clients() if one.slug == slug)
    back = f"{base_url}/{slug}/franceconnect/callback"
    calls = httpx2.AsyncClient(trust_env=False)
    keys: list[KeySet] = []

    async def begin(_request: Request) -> Response:
        asked = {"response_type": "code", "client_id": registered.client_id, "redirect_uri": back, "scope": _SCOPE}
        asked |= {"state": secrets.token_urlsafe(32), "nonce": secrets.token_urlsafe(32), "acr_values": "eidas1"}
        return RedirectResponse(f"{issuer}/authorize?{urlencode(asked)}", status_code=303)

    async def arrive(request: Request) -> Response:
        if not keys:
            keys.append(KeySet.import_key_set((await calls.get(f"{issuer}/jwks")).json()))
        spent = {"grant_type": "authorization_code", "code": request.query_params["code"], "redirect_uri": back}
        spent |= {"client_id": registered.client_id, "client_secret": registered.secret}
        given: dict[str, Any] = (await calls.post(f"{issuer}/token", data=spent)).json()
        jwt.decode(given["id_token"], keys[0], algorithms=["ES256"])
        held = {"authorization": f"Bearer {given['access_token']}"}
        told = await calls.get(f"{issuer}/userinfo", headers=held)
        jwt.decode(told.text, keys[0], algorithms=["ES256"])
        return RedirectResponse("/", status_code=303)

    async def ready(_request: Request) -> Response:
        return Response(b"ok")

    return Starlette(
        routes=[
            Route(f"/{slug}/franceconnect/connexion", begin, methods=["POST"]),
            Route(f"/{slug}/franceconnect/callback", arrive),
            Route("/readyz", ready),
        ]
    )


if __name__ == "__main__":
    app = application(sys.argv[1], sys.argv[2], sys.argv[3])
    uvicorn.Server(configuration(app, host="127.0.0.1", port=int(sys.argv[4]))).run()
