"""The mailbox's pages: what was sent, as the recipient would see it, and as it was received."""

from __future__ import annotations

from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from grc import clock
from grc.demo import pages
from grc.demo.mailbox import Attachment, Mailbox, Message

_ZONE = "Europe/Paris"
_LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_NO_SNIFF = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


def mailbox_app(mailbox: Mailbox) -> Starlette:
    """The site of one mailbox: `/`, `/?pour=<address>`, `/messages/<number>` and what hangs from it."""
    site = _Site(mailbox)
    return Starlette(
        routes=[
            Route("/", site.index),
            Route("/messages/{number:int}", site.show),
            Route("/messages/{number:int}/html", site.letter),
            Route("/messages/{number:int}/pieces/{index:int}", site.attachment),
            Route("/messages/{number:int}/source.eml", site.source),
            pages.style_route(),
        ]
    )


class _Site:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def index(self, request: Request) -> Response:
        recipient = request.query_params.get("pour", "")
        messages = self._mailbox.to(recipient) if recipient else self._mailbox.messages
        return pages.page("mailbox.html", messages=messages[::-1], recipient=recipient)

    async def show(self, request: Request) -> Response:
        return pages.page("message.html", csp="form-action 'none'; frame-src 'self'", message=self._message(request))

    async def letter(self, request: Request) -> Response:
        """The HTML part alone, in a document without any right; its links open beside."""
        html = self._message(request).html
        if not html:
            raise HTTPException(404)
        text = html.replace("<head>", '<head><base target="_blank">', 1)
        headers = {**_NO_SNIFF, "Content-Security-Policy": _LETTER_POLICY}
        return Response(text, media_type="text/html", headers=headers)

    async def attachment(self, request: Request) -> Response:
        attachments = self._message(request).attachments
        index = request.path_params["index"]
        if index >= len(attachments):
            raise HTTPException(404)
        return _download(attachments[index])

    async def source(self, request: Request) -> Response:
        message = self._message(request)
        return _download(Attachment(f"message-{message.id}.eml", "message/rfc822", message.content))

    def _message(self, request: Request) -> Message:
        message = self._mailbox.find(request.path_params["number"])
        if message is None:
            raise HTTPException(404)
        return message


def _download(attachment: Attachment) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(attachment.name, safe='')}"
    headers = {
        **_NO_SNIFF,
        "Content-Disposition": disposition,
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(attachment.content, media_type=attachment.type, headers=headers)


def _hour(message: Message) -> str:
    return f"{clock.local(_ZONE, message.received_at):%d/%m/%Y à %H:%M:%S}"


def _weight(attachment: Attachment) -> str:
    size = len(attachment.content)
    return f"{size}\u00a0octets" if size < 1000 else f"{size / 1000:.0f}\u00a0ko"


pages.environment.filters.update(hour=_hour, weight=_weight)
