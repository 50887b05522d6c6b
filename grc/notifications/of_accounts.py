"""What mails about an account show: none of them names a demande, a procedure or a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grc.notifications import shown
from grc.notifications.shown import Shown
from grc.receipts import AccountRelinked, AccountUnused, NewAddress, OldAddress, SignInLink, wording


def _sign_in_link(notice: SignInLink) -> Shown:
    until = wording.moment_with_zone(notice.expires_at, notice.zone)
    return _common(notice, ("Adresse du compte", notice.email), ("À utiliser avant le", until))


def _old_address(notice: OldAddress) -> Shown:
    until = wording.moment_with_zone(notice.expires_at, notice.zone)
    rows = (("Adresse actuelle", notice.email), ("Adresse demandée", notice.new), ("À confirmer avant le", until))
    return _common(notice, *rows)


def _new_address(notice: NewAddress) -> Shown:
    until = wording.moment_with_zone(notice.expires_at, notice.zone)
    old = (("Adresse actuelle", notice.old),) if notice.old else ()
    rows = (*old, ("Nouvelle adresse", notice.email), ("À confirmer avant le", until))
    return {**_common(notice, *rows), "needs_both": bool(notice.old)}


def _account_unused(notice: AccountUnused) -> Shown:
    closed = wording.long_date(notice.closed_on)
    rows = (
        ("Adresse du compte", notice.email),
        ("Dernière connexion", wording.long_date(notice.used_on)),
        ("Fermé le", closed),
    )
    return {**_common(notice, *rows), "closed": closed}


def _account_relinked(notice: AccountRelinked) -> Shown:
    rows = (("Adresse du compte", notice.email), ("Rattaché le", wording.long_date(notice.attached_on)))
    return {**_common(notice, *rows), "telephone": wording.unbroken(wording.plain(notice.telephone))}


def _common(notice: Any, *rows: tuple[str, str]) -> Shown:
    return {
        "kind": notice.KIND,
        "authority": wording.plain(notice.authority),
        "facts": shown.rows(*((label, [wording.plain(value)]) for label, value in rows)),
    }


SHOWN_AS: Mapping[type[Any], Callable[[Any], Shown]] = {
    SignInLink: _sign_in_link,
    OldAddress: _old_address,
    NewAddress: _new_address,
    AccountUnused: _account_unused,
    AccountRelinked: _account_relinked,
}
