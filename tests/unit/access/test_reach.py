"""Which right reaches what, and for what: by table."""

from __future__ import annotations

from datetime import date

import pytest

from grc.access.actors import AgentActor
from grc.access.permissions import (
    LABELS,
    NARROW,
    NEVER_OF_GUESTS,
    ON_SUBMISSIONS,
    ROLES,
    TABLE,
    Permission,
    functions_of,
    may,
    require,
)
from grc.access.reach import Reach, Right, Scope, of_role
from grc.errors import Forbidden

CIVIL, NURSERY = 1, 2
"""Services."""
CERTIFICATE, PLACE = 10, 20
"""Procedures; the second is sensitive."""
AT_CIVIL, AT_NURSERY = Scope(CIVIL, CERTIFICATE), Scope(NURSERY, PLACE)
ORDINARY_AT_NURSERY = Scope(NURSERY, CERTIFICATE)
READ, DECIDE = Permission.SUBMISSION_READ, Permission.SUBMISSION_DECIDE


def lent(role: str, procedure_id: int | None = None) -> Right:
    """What an absent agent holds, held by the deputy."""
    return Right(role, None, procedure_id, date(2026, 12, 4), 7, "Claire Modèle")


def agent(*rights: Right, guest_from: str = "") -> AgentActor:
    role = next((right.role for right in rights if right.is_whole and right.absent_id is None), "")
    reach = Reach(rights, frozenset({PLACE}))
    return AgentActor(1, 1, role, "Camille", "Exemple", "agente", reach=reach, guest_from=guest_from)


@pytest.mark.parametrize("placed", [AT_CIVIL, ORDINARY_AT_NURSERY, AT_NURSERY])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_in_the_whole_authority_reaches_all_but_sensitive_procedures(role: str, placed: Scope) -> None:
    holder = agent(Right(role))
    for permission in ON_SUBMISSIONS:
        assert may(holder, permission, placed) == (permission in ROLES[role] and placed.procedure_id != PLACE)


@pytest.mark.parametrize(
    ("right", "reached"),
    [
        (Right("handler", service_id=CIVIL), {AT_CIVIL}),
        (Right("handler", service_id=NURSERY), {ORDINARY_AT_NURSERY, AT_NURSERY}),
        (Right("handler", procedure_id=CERTIFICATE), {AT_CIVIL, ORDINARY_AT_NURSERY}),
        (Right("handler", procedure_id=PLACE), {AT_NURSERY}),
        (Right("handler", NURSERY, CERTIFICATE), {ORDINARY_AT_NURSERY}),
        (Right("handler", NURSERY, PLACE), {AT_NURSERY}),
        (Right("handler", CIVIL, PLACE), set()),
        (lent("handler"), {AT_CIVIL, ORDINARY_AT_NURSERY}),
        (lent("handler", PLACE), {AT_NURSERY}),
        (Right("author", procedure_id=PLACE), set()),
    ],
)
def test_a_narrow_right_reaches_what_it_names(right: Right, reached: set[Scope]) -> None:
    holder = agent(right)
    assert {one for one in (AT_CIVIL, ORDINARY_AT_NURSERY, AT_NURSERY) if may(holder, READ, one)} == reached
    assert {one for one in (AT_CIVIL, ORDINARY_AT_NURSERY, AT_NURSERY) if may(holder, DECIDE, one)} == reached
    expected = {"handler"} if reached else set()
    assert all(functions_of(holder, one) == expected for one in reached)


def test_what_one_reads_one_may_not_decide() -> None:
    holder = agent(Right("reader"), Right("handler", service_id=NURSERY))
    require(holder, READ, AT_CIVIL)
    require(holder, DECIDE, ORDINARY_AT_NURSERY)
    assert functions_of(holder, AT_CIVIL) == set()
    with pytest.raises(Forbidden, match="Vos droits sur cette démarche"):
        require(holder, DECIDE, AT_CIVIL)
    with pytest.raises(Forbidden, match="Votre rôle"):
        require(agent(Right("reader")), DECIDE, AT_CIVIL)


def test_a_deputy_holds_what_is_about_submissions_and_nothing_else() -> None:
    deputy = agent(lent("administrator"))
    held = {permission for permission in Permission if may(deputy, permission)}
    assert held == ON_SUBMISSIONS
    assert functions_of(deputy, AT_CIVIL) == {"handler", "supervisor"}


def test_what_is_not_about_submissions_needs_the_whole_authority() -> None:
    narrow = agent(Right("supervisor", service_id=CIVIL), Right("author", procedure_id=CERTIFICATE))
    held = {permission for permission in Permission if may(narrow, permission)}
    assert held == ON_SUBMISSIONS | {Permission.PROCEDURE_CHANGE}
    assert may(narrow, Permission.PROCEDURE_CHANGE, AT_CIVIL)
    assert not may(narrow, Permission.PROCEDURE_CHANGE, AT_NURSERY)


def test_a_guest_lets_nobody_in() -> None:
    guest = agent(Right("administrator"), guest_from="Syndicat d’Exemple")
    assert not any(may(guest, permission) for permission in NEVER_OF_GUESTS)
    assert may(guest, READ, AT_CIVIL)


def test_without_a_reach_the_role_alone_counts() -> None:
    unknown = AgentActor(1, 1, "handler", "", "", "")
    assert may(unknown, DECIDE)
    assert not may(unknown, DECIDE, AT_CIVIL), "nobody looked up which procedures are sensitive"
    assert may(AgentActor(1, 1, "handler", "", "", "", reach=of_role("handler", frozenset())), DECIDE, AT_CIVIL)
    assert not may(AgentActor(1, 1, "", "", "", ""), READ)


def test_every_role_and_permission_is_told_in_words() -> None:
    assert list(LABELS) == list(Permission)
    assert len({role.label for role in TABLE}) == len(TABLE)
    assert all(role.says.endswith(".") for role in TABLE)
    assert all(not role.permissions for role in TABLE if not role.is_agents)
    assert set(NARROW) <= set(ROLES)
    beside = ON_SUBMISSIONS | {Permission.PROCEDURE_CHANGE}
    assert {role for role, held in ROLES.items() if held & beside} == {*NARROW, "administrator"}
