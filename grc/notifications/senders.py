"""What mail servers will think of an authority's sender address: SPF, DKIM, DMARC and MX, asked of the DNS.

RFC 7208 (SPF), RFC 6376 (DKIM), RFC 7489 (DMARC), RFC 7505 (a domain that takes no mail).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import dns.asyncresolver
import dns.exception
import dns.nameserver
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

Level = Literal["well", "wrong", "unknown"]
_SECONDS = 2.0
_AT_ONCE = 20
_DEAF = "SPF, DKIM et DMARC non vérifiés, comme ceux des autres adresses : aucun DNS ne répond"
_LEAST_BITS = 1024
RESERVED = ("example", "test", "invalid", "localhost", "local")
"""Names that no public DNS will ever know (RFC 6761, 6762)."""


@dataclass(frozen=True)
class Verdict:
    """One thing looked at. unknown: nobody answered. text: in words, with what to do."""

    level: Level
    text: str


class Silent(Exception):
    """No server answered, or none could."""


@dataclass(frozen=True)
class Lookup:
    """The questions to one resolver. Each raises Silent when nobody answers within two seconds."""

    resolver: dns.asyncresolver.Resolver

    async def texts(self, name: str) -> list[str] | None:
        """The TXT records of a name; [] without any, None when the name does not exist."""
        found = await self._ask(name, "TXT")
        if found is None:
            return None
        return [b"".join(record.strings).decode("utf-8", "replace") for record in found]

    async def exchanges(self, name: str) -> list[str] | None:
        """The mail servers of a domain, "." for a domain that takes no mail; None when it does not exist."""
        found = await self._ask(name, "MX")
        return None if found is None else [str(record.exchange) for record in found]

    async def has_host(self, name: str) -> bool:
        """Whether the domain itself is a machine, to which mail goes without MX."""
        return any([await self._ask(name, kind) for kind in ("A", "AAAA")])

    async def _ask(self, name: str, kind: str) -> list[Any] | None:
        try:
            answer = await self.resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise Silent(type(error).__name__) from error
        return list(answer.rrset or ())


def lookup(servers: str = "") -> Lookup:
    """Questions to the machine's resolver, or to these servers ("192.0.2.53" or "127.0.0.1:5353", by commas).

    Raises Silent where the machine knows no resolver.
    """
    try:
        resolver = dns.asyncresolver.Resolver(configure=not servers)
    except dns.exception.DNSException as error:
        raise Silent(type(error).__name__) from error
    for server in filter(None, (one.strip() for one in servers.split(","))):
        host, _, port = server.rpartition(":") if server.count(":") == 1 else (server, "", "")
        address = dns.nameserver.Do53Nameserver(host, int(port or 53))
        resolver.nameservers = [*resolver.nameservers, address]
    resolver.lifetime, resolver.timeout = _SECONDS, _SECONDS
    resolver.cache = None
    return Lookup(resolver)


async def look_each(
    addresses: Sequence[str], servers: str, *, selector: str, relay: str
) -> list[tuple[str, list[Verdict]]]:
    """Each address with what is to be said of it, twenty asked together; of a resolver that is deaf, once for all.

    servers: as `lookup` takes them. Addresses of one domain are asked of once. A resolver is deaf that answers nothing
    of the root nor of the first twenty domains: one domain whose own servers are broken says nothing of the others.
    """
    at_once, domains = asyncio.Semaphore(_AT_ONCE), dict[str, str]()
    for address in addresses:
        domains.setdefault(address.rpartition("@")[2].lower(), address)
    try:
        ask = lookup(servers)
        await _require_heard(ask, [".", *domains][: _AT_ONCE + 1])
    except Silent as error:
        return [(addresses[0], [Verdict("unknown", f"{_DEAF} ({error}).")])]

    async def one(address: str) -> list[Verdict]:
        async with at_once:
            return await look(address, ask, selector=selector, relay=relay)

    found = dict(zip(domains, await asyncio.gather(*map(one, domains.values())), strict=True))
    return [(address, found[address.rpartition("@")[2].lower()]) for address in addresses]


async def _require_heard(ask: Lookup, domains: Sequence[str]) -> None:
    """Nothing when one of these domains has an answer; raises Silent when none has."""

    async def silence(domain: str) -> str:
        try:
            await ask.exchanges(domain)
        except Silent as error:
            return str(error)
        return ""

    silences = await asyncio.gather(*map(silence, domains))
    if all(silences):
        raise Silent(silences[0])


async def look(address: str, ask: Lookup, *, selector: str, relay: str) -> list[Verdict]:
    """What is to be said of a sender address: of its domain's mail, then SPF, DKIM, DMARC.

    selector: of the key by which the relay signs, "" when it is not known. relay: the host of the SMTP relay.
    """
    domain = address.rpartition("@")[2].lower()
    try:
        exchanges = await ask.exchanges(domain)
        if exchanges is None:
            return [Verdict("wrong", f"le domaine {domain} n’existe pas. Corrigez l’adresse, ou déposez le domaine.")]
        found = [*(await _mail(domain, exchanges, ask)), spf(await ask.texts(domain) or [], relay=relay)]
    except Silent as error:
        return [Verdict("unknown", f"non vérifié, le DNS ne répond pas ({error}).")]
    try:
        found.append(await _dkim(domain, selector, ask))
    except Silent:
        found.append(Verdict("unknown", "DKIM non vérifié, le DNS ne répond pas."))
    try:
        found.append(await _dmarc(domain, ask))
    except Silent:
        found.append(Verdict("unknown", "DMARC non vérifié, le DNS ne répond pas."))
    return found


async def _mail(domain: str, exchanges: Sequence[str], ask: Lookup) -> list[Verdict]:
    """What is wrong with the mail that comes back to the address: nothing to say when all is well."""
    if exchanges == ["."]:
        text = f"{domain} refuse tout courriel (MX nul) : ni réponse ni retour d’erreur n’arrive. Publiez un MX."
        return [Verdict("wrong", text)]
    if not exchanges and not await ask.has_host(domain):
        text = f"{domain} n’a pas de MX : ni réponse ni retour d’erreur n’arrive. Publiez-en un."
        return [Verdict("wrong", text)]
    return []


def spf(texts: Sequence[str], *, relay: str) -> Verdict:
    """What the TXT records of a domain say of who may send for it."""
    found = [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]
    if not found:
        return Verdict("wrong", f"SPF absent. Publiez « v=spf1 … -all » avec le relais {relay}.")
    if len(found) > 1:
        return Verdict(
            "wrong", f"{len(found)} enregistrements SPF : les serveurs n’en lisent alors aucun. Gardez-en un."
        )
    terms = found[0].lower().split()[1:]
    last = next((term for term in terms if term.lstrip("+-~?") == "all"), "")
    if last in ("all", "+all"):
        return Verdict("wrong", "SPF laisse tout le monde écrire en votre nom (+all). Finissez par « -all ».")
    if (not last or last == "?all") and not any(term.startswith("redirect=") for term in terms):
        return Verdict("wrong", "SPF ne dit rien des autres serveurs. Finissez par « -all » ou « ~all ».")
    if not any(term.lstrip("+").startswith(_SENDERS) for term in terms):
        return Verdict("wrong", f"SPF n’autorise aucun serveur. Ajoutez-y le relais {relay}.")
    return Verdict("well", f"SPF présent (« {found[0][:120]} ») : vérifiez qu’il couvre le relais {relay}.")


_SENDERS = ("include:", "ip4:", "ip6:", "a", "mx", "exists:", "redirect=")


async def _dkim(domain: str, selector: str, ask: Lookup) -> Verdict:
    if not selector:
        return Verdict("unknown", "DKIM non vérifié : donnez à GRC_DKIM_SELECTOR le sélecteur dont le relais signe.")
    return dkim(await ask.texts(f"{selector}._domainkey.{domain}") or [], name=f"{selector}._domainkey.{domain}")


def dkim(texts: Sequence[str], *, name: str) -> Verdict:
    """What the TXT records under a selector say of the key."""
    found = [tags for text in texts if "p" in (tags := _tags(text))]
    if not found:
        return Verdict("wrong", f"DKIM absent : pas de clé à {name}. Publiez celle dont le relais signe.")
    if len(found) > 1:
        return Verdict("wrong", f"plusieurs clés DKIM à {name}. Gardez-en une.")
    key = found[0]["p"].replace(" ", "")
    if not key:
        return Verdict("wrong", f"la clé DKIM de {name} est révoquée (p= vide). Publiez la nouvelle.")
    if found[0].get("k", "rsa") != "rsa":
        return Verdict("well", "DKIM présent.")
    try:
        loaded = load_der_public_key(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return Verdict("wrong", f"la clé DKIM de {name} n’est pas lisible. Publiez-la à nouveau, sans la couper.")
    bits = loaded.key_size if isinstance(loaded, rsa.RSAPublicKey) else 0
    if bits < _LEAST_BITS:
        return Verdict("wrong", f"la clé DKIM de {name} est trop courte ({bits} bits). Prenez-en une de 2 048.")
    return Verdict("well", f"DKIM présent ({bits} bits{'' if bits >= 2048 else ', préférez 2 048'}).")


async def _dmarc(domain: str, ask: Lookup) -> Verdict:
    """The policy of the domain, else of the nearest domain above it that states one."""
    labels = domain.split(".")
    for at in range(len(labels) - 1):
        above = ".".join(labels[at:])
        found = [text for text in await ask.texts(f"_dmarc.{above}") or [] if text.lower().startswith("v=dmarc1")]
        if found:
            return dmarc(found, is_above=at > 0)
    return Verdict(
        "wrong", f"DMARC absent. Publiez « v=DMARC1; p=none; rua=mailto:… » à _dmarc.{domain}, puis durcissez."
    )


def dmarc(found: Sequence[str], *, is_above: bool = False) -> Verdict:
    """What DMARC records state. is_above: of a domain above, whose `sp` then counts first."""
    if len(found) > 1:
        return Verdict("wrong", f"{len(found)} enregistrements DMARC : les serveurs n’en lisent aucun. Gardez-en un.")
    tags = _tags(found[0])
    policy = ((tags.get("sp") if is_above else None) or tags.get("p", "")).lower()
    if policy not in _POLICIES:
        return Verdict("wrong", f"politique DMARC illisible (« p={policy[:30]} »). Écrivez none, quarantine ou reject.")
    return Verdict("well", f"DMARC {policy} : {_POLICIES[policy]}")


_POLICIES = {
    "none": "les courriels falsifiés sont seulement comptés ; passez à quarantine, puis à reject.",
    "quarantine": "les courriels falsifiés vont aux indésirables.",
    "reject": "les courriels falsifiés sont refusés.",
}


def _tags(text: str) -> Mapping[str, str]:
    """The tags of a record: {"v": "DKIM1", "p": "MIIB…"}."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def is_reserved(address: str) -> bool:
    """Whether no public DNS can know the domain of this address: those of examples and of tests."""
    return address.rpartition(".")[2].lower() in RESERVED
