"""Expressions and texts in Jinja syntax, parsed by Jinja's parser, compiled to our own functions, never run by Jinja.

Only what is listed here exists: no call, no attribute of Python, no loop, no power. A known name always resolves:
absent is none. The cost is bounded by the length of the source, by the number of its nodes and by their depth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from grc.conditions.faults import Faults
from grc.conditions.values import FILTERS, OPERATORS, Value, as_text, imported, negation, truth

Names = Mapping[str, Any]
Escape = Callable[[str], str]
_Compute = Callable[[Names], Value]
_Part = Callable[[Names, Escape], str]

MAX_EXPRESSION = 1_000
MAX_TEXT = 20_000
MAX_NODES = 300
MAX_DEPTH = 30

_environment = Environment(autoescape=False)  # noqa: S701  nothing is rendered by it


@dataclass(frozen=True)
class Expression:
    """A checked expression. reads: the dotted names it uses."""

    source: str
    reads: frozenset[str]
    compute: _Compute = field(repr=False, compare=False)

    def value(self, names: Names) -> Value:
        """What it gives: None, bool, Decimal, text, or an answer's list or object. Never raises."""
        return self.compute(names)

    def holds(self, names: Names) -> bool:
        """As a guard: none is false."""
        return truth(self.compute(names)) is True


def parse_expression(source: str, *, known: Collection[str] | None, where: str, faults: Faults) -> Expression | None:
    """The expression, or None and faults. known: the dotted names it may use ("answers.copies")."""
    tree = _tree(source, MAX_EXPRESSION, where, faults, expression=True)
    if tree is None:
        return None
    reader = _Reader(known, where, faults)
    compute = reader.compiled(tree)
    return None if reader.failed else Expression(source, frozenset(reader.names), compute)


@dataclass(frozen=True)
class Text:
    """A checked text with variables. reads: the dotted names it uses."""

    source: str
    reads: frozenset[str]
    parts: tuple[_Part, ...] = field(repr=False, compare=False)

    def render(self, names: Names, escape: Escape = str) -> str:
        """The text with its values in, each escaped for its target; the author's own words are not."""
        return "".join(part(names, escape) for part in self.parts)


def parse_text(source: str, *, known: Collection[str] | None, where: str, faults: Faults) -> Text | None:
    """The text, or None and faults. known: the dotted names it may use; None: any."""
    tree = _tree(source, MAX_TEXT, where, faults, expression=False)
    if tree is None:
        return None
    reader = _Reader(known, where, faults)
    parts = reader.written(tree)
    return None if reader.failed else Text(source, frozenset(reader.names), parts)


def render(text: str, names: Names, escape: Escape = str) -> str:
    """A text with variables, with these values: {"authority": {"name": …}}. Raises Misconfigured for a faulty text."""
    if "{" not in text:
        return text
    return _parsed(text).render(names, escape)


@lru_cache(maxsize=2048)
def _parsed(text: str) -> Text:
    faults = Faults()
    parsed = parse_text(text, known=None, where="", faults=faults)
    faults.raise_any()
    assert parsed is not None  # noqa: S101  a text without a fault was read
    return parsed


def _tree(source: str, longest: int, where: str, faults: Faults, *, expression: bool) -> nodes.Node | None:
    if len(source) > longest:
        faults.add(where, f"plus de {longest} caractères.", "Coupez-le en plusieurs.")
        return None
    try:
        if not expression:
            return _environment.parse(source)
        parser = Parser(_environment, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            faults.add(where, f"« {parser.stream.current.value} » n’est pas attendu ici.")
            return None
    except TemplateSyntaxError as error:
        faults.add(where, f"écriture fautive, ligne {error.lineno}.", "Vérifiez accolades, guillemets et parenthèses.")
        return None
    except (RecursionError, ValueError, OverflowError):
        faults.add(where, "expression trop imbriquée ou nombre trop grand.", "Simplifiez-la.")
        return None
    return tree


class _Reader:
    """Compiles a tree of allowed nodes; collects the names it uses and the faults it has."""

    def __init__(self, known: Collection[str] | None, where: str, faults: Faults) -> None:
        self._known = known
        self._where = where
        self._faults = faults
        self._count = 0
        self.names: set[str] = set()
        self.failed = False

    def written(self, tree: nodes.Node, depth: int = 0) -> tuple[_Part, ...]:
        """The parts of a template: plain words, values, and alternatives."""
        parts: list[_Part] = []
        for node in tree.iter_child_nodes():
            if isinstance(node, nodes.Output):
                parts.extend(self._piece(each, depth) for each in node.nodes)
            elif isinstance(node, nodes.If):
                parts.append(self._alternative(node, depth))
            else:
                self._refuse(node)
        return tuple(parts)

    def _piece(self, node: nodes.Node, depth: int) -> _Part:
        if isinstance(node, nodes.TemplateData):
            return _words(node.data)
        compute = self.compiled(node, depth)
        return lambda names, escape: escape(as_text(compute(names)))

    def _alternative(self, node: nodes.If, depth: int) -> _Part:
        if depth > MAX_DEPTH:
            self._refuse(node, "texte trop imbriqué.")
            return _words("")
        branches = [
            (self.compiled(each.test, depth), self.written(nodes.Template(each.body), depth + 1))
            for each in (node, *node.elif_)
        ]
        otherwise = self.written(nodes.Template(node.else_), depth + 1)

        def chosen(names: Names, escape: Escape) -> str:
            parts = next((parts for test, parts in branches if truth(test(names)) is True), otherwise)
            return "".join(part(names, escape) for part in parts)

        return chosen

    def compiled(self, node: nodes.Node, depth: int = 0) -> _Compute:
        """The function that computes a node from the names."""
        self._count += 1
        if self._count > MAX_NODES or depth > MAX_DEPTH:
            return self._refuse(node, "expression trop longue ou trop imbriquée.")
        compile_node = _COMPILERS.get(type(node))
        return compile_node(self, node, depth + 1) if compile_node else self._refuse(node)

    def _refuse(self, node: nodes.Node, message: str = "", suggestion: str = "") -> _Compute:
        self.failed = True
        known = "Comparaisons, and, or, not, + - * /, if … else, listes et filtres : rien d’autre."
        general = f"« {type(node).__name__.lower()} » n’existe pas dans nos expressions (ligne {node.lineno})."
        self._faults.add(self._where, message or general, suggestion or ("" if message else known))
        return _always(None)

    def _constant(self, node: nodes.Const, depth: int) -> _Compute:
        value = imported(node.value)
        if not isinstance(value, str | bool | Decimal | None):
            return self._refuse(node)
        return _always(value)

    def _name(self, node: nodes.Node, depth: int) -> _Compute:
        """A dotted name, whole: each step is an object's key, never an attribute of Python."""
        path = _path(node)
        name = ".".join(path)
        if not path or any(step.startswith("_") for step in path):
            return self._refuse(node, f"« {name or '?'} » n’est pas un nom permis.")
        if self._known is not None and name not in self._known:
            self.failed = True
            message = f"« {name} » n’existe pas (ligne {node.lineno})."
            self._faults.unknown(self._where, message, name, self._known)
        self.names.add(name)
        return lambda names: imported(_found(names, path))

    def _two_sided(self, node: nodes.BinExpr, depth: int) -> _Compute:
        operate = OPERATORS[type(node).__name__]
        left, right = self.compiled(node.left, depth), self.compiled(node.right, depth)
        return lambda names: operate(left(names), right(names))

    def _comparison(self, node: nodes.Compare, depth: int) -> _Compute:
        if len(node.ops) != 1:
            message = "une seule comparaison à la fois."
            return self._refuse(node, message, "Écrivez « a < b and b < c ».")
        compare = OPERATORS[node.ops[0].op]
        left, right = self.compiled(node.expr, depth), self.compiled(node.ops[0].expr, depth)
        return lambda names: compare(left(names), right(names))

    def _contrary(self, node: nodes.Not, depth: int) -> _Compute:
        inner = self.compiled(node.node, depth)
        return lambda names: negation(inner(names))

    def _negative(self, node: nodes.Neg, depth: int) -> _Compute:
        inner, subtract = self.compiled(node.node, depth), OPERATORS["Sub"]
        return lambda names: subtract(Decimal(0), inner(names))

    def _joined(self, node: nodes.Concat, depth: int) -> _Compute:
        parts = [self.compiled(each, depth) for each in node.nodes]
        return lambda names: "".join(as_text(part(names)) for part in parts)

    def _conditional(self, node: nodes.CondExpr, depth: int) -> _Compute:
        test, then = self.compiled(node.test, depth), self.compiled(node.expr1, depth)
        otherwise = self.compiled(node.expr2, depth) if node.expr2 is not None else _always(None)
        return lambda names: then(names) if truth(test(names)) is True else otherwise(names)

    def _list(self, node: nodes.List | nodes.Tuple, depth: int) -> _Compute:
        items = [self.compiled(each, depth) for each in node.items]
        return lambda names: [item(names) for item in items]

    def _filter(self, node: nodes.Filter, depth: int) -> _Compute:
        if node.name not in FILTERS:
            self.failed = True
            message = f"filtre inconnu : « {node.name} » (ligne {node.lineno})."
            self._faults.unknown(self._where, message, node.name, FILTERS)
            return _always(None)
        function, fewest, most = FILTERS[node.name]
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not fewest <= len(node.args) <= most:
            message = f"le filtre « {node.name} » n’a pas le bon nombre de valeurs."
            return self._refuse(node, message)
        inputs = [self.compiled(each, depth) for each in (node.node, *node.args) if each is not None]
        return lambda names: function(*(each(names) for each in inputs))

    def _test(self, node: nodes.Test, depth: int) -> _Compute:
        if node.name not in ("none", "defined") or node.args:
            return self._refuse(node, f"« is {node.name} » n’existe pas.", "Il y a « is none ».")
        inner, wanted = self.compiled(node.node, depth), node.name == "none"
        return lambda names: (inner(names) is None) is wanted


_COMPILERS: Mapping[type[nodes.Node], Callable[[_Reader, Any, int], _Compute]] = {
    nodes.Const: _Reader._constant,
    nodes.Name: _Reader._name,
    nodes.Getattr: _Reader._name,
    nodes.Compare: _Reader._comparison,
    nodes.Not: _Reader._contrary,
    nodes.Neg: _Reader._negative,
    nodes.Concat: _Reader._joined,
    nodes.CondExpr: _Reader._conditional,
    nodes.List: _Reader._list,
    nodes.Tuple: _Reader._list,
    nodes.Filter: _Reader._filter,
    nodes.Test: _Reader._test,
    **dict.fromkeys((nodes.And, nodes.Or, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div), _Reader._two_sided),
}


def _path(node: nodes.Node) -> tuple[str, ...]:
    """The steps of a dotted name; () when it does not start with a name."""
    steps: list[str] = []
    while isinstance(node, nodes.Getattr):
        steps.append(node.attr)
        node = node.node
    return (node.name, *reversed(steps)) if isinstance(node, nodes.Name) else ()


def _found(names: Names, path: tuple[str, ...]) -> Any:
    value: Any = names
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _always(value: Value) -> _Compute:
    return lambda _: value


def _words(words: str) -> _Part:
    return lambda _names, _escape: words
