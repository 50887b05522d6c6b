"""A simulated ProConnect: a real OpenID Provider on loopback, with invented agents and fault switches."""

from __future__ import annotations

from starlette.applications import Starlette

from grc.demo import franceconnect
from grc.demo.proconnect.agents import AGENTS, MARRONNIER, TILLEUL, TILLEUL_SCHOOL, subject
from grc.demo.proconnect.browser import AgentBrowser
from grc.demo.proconnect.machine import AgentMachine
from grc.demo.proconnect.registry import AgentClient, settings

__all__ = ["AGENTS", "MARRONNIER", "TILLEUL", "TILLEUL_SCHOOL", "AgentClient", "settings", "simulator", "subject"]


def simulator(told: franceconnect.Settings) -> Starlette:
    """The provider at the issuer's path, and its switches under /_peer. `app.state.peer` is its memory, for tests."""
    return franceconnect.simulator(told, browsing=AgentBrowser, machinery=AgentMachine)
