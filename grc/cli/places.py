"""Commands found when they are used: a small one does not wait for the whole site to be imported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module

import click


class Places(MutableMapping[str, click.Command]):
    """The commands of a group by their names. places: of each, "module:name" in grc.cli, then those added to it."""

    def __init__(self, places: Mapping[str, tuple[str, ...]]) -> None:
        self._places = dict(places)
        self._found: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._found:
            command, *members = (_at(place) for place in self._places[name])
            if isinstance(command, click.Group):
                for each in members:
                    command.add_command(each)
            self._found[name] = command
        return self._found[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._places[name], self._found[name] = (), command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._found.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _at(place: str) -> click.Command:
    module, _, name = place.partition(":")
    command: click.Command = getattr(import_module(f"grc.cli.{module}"), name)
    return command
