"""Composes the web application: platform, sites, middleware, the worker of this process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

import grc.tables
from grc.attachments.antivirus import Clamd
from grc.attachments.local import LocalStorage
from grc.calling.caller import Caller
from grc.calling.client import EndpointClient
from grc.calling.herald import Herald
from grc.db import Database
from grc.errors import GrcError
from grc.franceconnect.client import FranceConnectClient
from grc.notifications.delivery import Deliverer
from grc.notifications.smtp import SmtpSender
from grc.opening import open_database
from grc.places.client import AddressClient, TileClient
from grc.quarantine import Quarantine
from grc.settings import Settings
from grc.sweeping import Sweeper
from grc.web import errors, own
from grc.web.admin.routes import routes as admin_routes
from grc.web.agents.routes import routes as agent_routes
from grc.web.api.routes import routes as api_routes
from grc.web.citizen.routes import routes as citizen_routes
from grc.web.desk.routes import routes as desk_routes
from grc.web.platform import Platform, WebConfig
from grc.web.syndicate.routes import routes as syndicate_routes
from grc.web.tenancy import Tenancy

__all__ = ["create_app", "open_database", "platform_of"]
_ = grc.tables


def platform_of(settings: Settings, db: Database) -> Platform:
    """What every request may use."""
    config = WebConfig(
        base_url=settings.base_url,
        trusted_proxies=frozenset(settings.trusted_proxies),
        max_file_bytes=settings.max_file_mb * 1_000_000,
        max_total_bytes=settings.max_total_mb * 1_000_000,
        photo_side=settings.photo_side,
        map_credit=settings.tiles_credit,
        operator_secret=settings.operator_secret,
        security_contact=settings.security_contact,
    )
    return Platform(
        db=db,
        config=config,
        storage=LocalStorage(settings.storage),
        franceconnect=FranceConnectClient(),
        antivirus=Clamd(settings.clamd) if settings.clamd else None,
        addresses=AddressClient(settings.address_url, timeout=settings.address_timeout),
        tiles=TileClient(settings.tiles_url),
    )


def create_app(settings: Settings, *, db: Database | None = None) -> ASGIApp:
    """The ASGI application. db: an open database to use; else the settings' own, closed at the end."""
    database = db or open_database(settings)
    platform = platform_of(settings, database)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            if settings.worker:
                await stack.enter_async_context(working(settings, database, platform))
            stack.push_async_callback(platform.addresses.close)
            stack.push_async_callback(platform.tiles.close)
            yield
        if db is None:
            database.close()

    handlers: Any = {GrcError: errors.on_known, HTTPException: errors.on_http, Exception: errors.on_unknown}
    routes = [*agent_routes, *admin_routes, *syndicate_routes, *desk_routes, *api_routes, *citizen_routes]
    pages = Starlette(routes=routes, exception_handlers=handlers)
    platform_app = Starlette(routes=own.routes(), exception_handlers=handlers, lifespan=lifespan)
    for app in (pages, platform_app):
        app.state.platform = platform
        app.router.redirect_slashes = False  # its redirects would repeat whatever Host says
    return Tenancy(platform, pages=pages, own=platform_app)


@asynccontextmanager
async def working(settings: Settings, db: Database, platform: Platform | None = None) -> AsyncIterator[Deliverer]:
    """Delivers mail and sweeps while the block runs; ends both cleanly."""
    deliverer = Deliverer(db, SmtpSender(settings.smtp_url), base_url=settings.base_url)
    if platform is not None:
        platform.wake = _waker(deliverer)
    storage = LocalStorage(settings.storage) if platform is None else platform.storage
    caller = Caller(db, EndpointClient(allows_private=settings.private_endpoints or settings.demo))
    herald = Herald(db, EndpointClient(allows_private=settings.private_endpoints or settings.demo))
    rounds = (deliverer.run(), Sweeper(db, storage).run(), caller.run(), herald.run())
    tasks = [asyncio.create_task(each) for each in rounds]
    if settings.clamd:
        tasks.append(asyncio.create_task(Quarantine(db, storage, Clamd(settings.clamd)).run()))
    try:
        yield deliverer
    finally:
        await deliverer.stop()
        for task in tasks[1:]:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(asyncio.shield(tasks[0]), timeout=10)
        for task in tasks:
            task.cancel()
        await deliverer.close()
        await caller.close()
        await herald.close()


def _waker(deliverer: Deliverer) -> Callable[[], None]:
    loop = asyncio.get_running_loop()

    def wake() -> None:
        loop.call_soon(deliverer.wake)

    return wake
