"""Starts the whole demonstration in one process: pages, simulated FranceConnect, mailbox; ends with Ctrl+C."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from pathlib import Path

from grc import clock
from grc.app import create_app
from grc.attachments.local import LocalStorage
from grc.db import schema
from grc.demo import franceconnect, life, people, places, proconnect, seed, staff
from grc.demo.mailbox import Mailbox
from grc.demo.mailbox_pages import mailbox_app
from grc.demo.people import Person
from grc.demo.serving import listener, serving
from grc.opening import open_database
from grc.serving import Server, configuration, configure_logs
from grc.settings import Settings


async def run(*, port: int, folder: Path, keep: bool = False) -> None:
    """Serves on `port`; FranceConnect on port+1, the mailbox on port+2, SMTP on port+3, addresses and map on port+4.

    ProConnect is on port+5; both are simulated. folder: emptied unless keep.
    """
    configure_logs()
    _prepare(folder, keep=keep)
    settings = demo_settings(port=port, folder=folder)
    schema.migrate(settings.database_url)
    database = open_database(settings)
    issuer = f"http://127.0.0.1:{port + 1}/api/v2"
    agents_issuer = f"http://127.0.0.1:{port + 5}/api/v2"
    now, mailbox = clock.now(), Mailbox()
    seed.seed(database, issuer=issuer, now=now, agents_issuer=agents_issuer)
    print("La démonstration se prépare\u00a0: elle invente quelques mois de demandes.", flush=True)
    past = life.Past(LocalStorage(settings.storage), settings.base_url, issuer, now, mailbox)
    life.live(database, past)
    async with contextlib.AsyncExitStack() as stack:
        await mailbox.start(port + 3)
        stack.push_async_callback(mailbox.stop)
        simulator = franceconnect.simulator(simulator_settings(issuer, settings.base_url))
        await stack.enter_async_context(serving(simulator, listener(port + 1)))
        for_agents = proconnect.simulator(proconnect_settings(agents_issuer, settings.base_url))
        await stack.enter_async_context(serving(for_agents, listener(port + 5)))
        await stack.enter_async_context(serving(mailbox_app(mailbox), listener(port + 2)))
        await stack.enter_async_context(serving(places.simulator(), listener(port + 4)))
        app = create_app(settings, db=database)
        print(welcome(port), flush=True)
        await Server(configuration(app, host="127.0.0.1", port=port)).serve()
    database.close()


def _prepare(folder: Path, *, keep: bool) -> None:
    if not keep and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def demo_settings(*, port: int, folder: Path) -> Settings:
    """The settings of the demonstration, whatever the environment says; its secret stays in its folder."""
    secret = folder / "secret"
    if not secret.exists():
        secret.write_text(secrets.token_hex(32))
        secret.chmod(0o600)
    return Settings(
        secret_key=(secret.read_text(),),
        base_url=f"http://127.0.0.1:{port}",
        database_url=f"sqlite:///{folder / 'grc.db'}",
        storage=folder / "files",
        smtp_url=f"smtp://127.0.0.1:{port + 3}?starttls=never",
        port=port,
        address_url=f"http://127.0.0.1:{port + 4}",
        tiles_url=f"http://127.0.0.1:{port + 4}/tuiles/{{z}}/{{x}}/{{y}}.png",
        tiles_credit="Plan inventé",
        demo=True,
    )


def simulator_settings(issuer: str, base_url: str) -> franceconnect.Settings:
    """The simulator with one client for each commune, each of its own entity so that its subjects differ."""
    return franceconnect.Settings(
        issuer=issuer,
        clients=tuple(
            franceconnect.Client(
                client_id=client.client_id,
                client_secret=client.secret,
                redirect_uris=(f"{base_url}/{client.slug}/franceconnect/callback",),
                post_logout_redirect_uris=(f"{base_url}/{client.slug}/franceconnect/deconnexion",),
                entity=client.slug,
                name=client.slug.capitalize(),
            )
            for client in seed.clients()
        ),
    )


def proconnect_settings(issuer: str, base_url: str) -> franceconnect.Settings:
    """The simulated ProConnect with one client for each commune."""
    return proconnect.settings(
        issuer,
        tuple(
            proconnect.AgentClient(
                client_id=client.client_id,
                client_secret=client.secret,
                redirect_uris=(f"{base_url}/{client.slug}/agents/proconnect/callback",),
                post_logout_redirect_uris=(f"{base_url}/{client.slug}/agents/proconnect/deconnexion",),
                name=f"{client.slug.capitalize()}, espace des agents",
            )
            for client in seed.clients()
        ),
    )


def welcome(port: int) -> str:
    """Who can sign in where, in words."""
    base = f"http://127.0.0.1:{port}"
    lines = [
        "",
        "Démonstration prête. Tout y est inventé.",
        "",
        f"  Les communes            {base}/",
        f"  Boîte aux lettres       http://127.0.0.1:{port + 2}/   (tous les courriels envoyés)",
        f"  FranceConnect simulé    http://127.0.0.1:{port + 1}/   (choisissez une identité inventée)",
        f"  ProConnect simulé       http://127.0.0.1:{port + 5}/   (les agents inventés, sans mot de passe)",
        "",
        f"  Agents, par ProConnect ou avec le mot de passe « {seed.PASSWORD} » :",
    ]
    lines += [f"    {base}/{slug}/agents   {email}   ({capacity})" for slug, email, capacity in staff.everyone()]
    lines += ["", "  Des usagers qui ont plusieurs demandes :"]
    lines += [f"    {base}/{each.slug}/mes-demandes   {_signs_in(each.person)}" for each in people.regulars()]
    lines += [
        "",
        "  Ada et Paul Essai administrent : à la première connexion, ils installent un second moyen (application de",
        f"  codes ; ou clé d’accès, que les navigateurs ne permettent ici qu’à http://localhost:{port}/).",
    ]
    return "\n".join([*lines, "", "  Ctrl+C pour arrêter.", ""])


def _signs_in(person: Person) -> str:
    """Who it is, and how they sign in."""
    name = f"{person.given_name} {person.family_name}"
    if person.means == people.LINK:
        return f"{name}, par un lien envoyé à {person.email}"
    return f"{name}, par FranceConnect simulé"
