"""What the pages of a helper, and of the person helped, show. See grc.web.citizen.views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grc.web.frame import Problems

NO_PROBLEM = Problems()


@dataclass(frozen=True)
class Quality:
    """A quality in which one helps."""

    value: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class HelperPage:
    """Who helps. Inputs: `quality`, `given_names`, `family_name`, `organisation`, `email`, `telephone`, `mandate`,
    `copied` (both "yes"); `then` is "self" for who fills in for themselves after all.

    typed: by name of input. carried: names and values that the POST carries on. is_change: the draft exists already.
    in_mandate: Aidants Connect brought the identity that FranceConnect told. is_desk: an agent types it.
    """

    procedure: str
    action: str
    back: str
    back_text: str = "Retour"
    qualities: Sequence[Quality] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Problems = NO_PROBLEM
    carried: Sequence[tuple[str, str]] = ()
    is_change: bool = False
    is_helped: bool = False
    in_mandate: bool = False
    is_desk: bool = False


@dataclass(frozen=True)
class HelperNote:
    """Who filed a demande for whom, in words. object: page of the objection, or "". is_over: it was made."""

    sentence: str
    object: str = ""
    is_over: bool = False


@dataclass(frozen=True)
class ObjectionPage:
    """The last question before a helper's access is cut; then the new code, shown once, in `code`."""

    reference: str
    title: str
    helper: str
    action: str
    back: str
    consequences: Sequence[str] = ()
    code: str = ""
