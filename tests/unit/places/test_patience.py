"""A memory with bounds, a silence after failures, a pace: counted by a clock that the test turns."""

from __future__ import annotations

from grc.places.patience import Circuit, Memory, Pace


class Turned:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_an_answer_is_remembered_until_its_time() -> None:
    now = Turned()
    memory: Memory[str] = Memory(size=2, seconds=10, now=now)
    memory.put("a", "A")
    now.at += 9.9
    assert memory.get("a") == "A"
    now.at += 0.1
    assert memory.get("a") is None
    assert len(memory) == 0


def test_what_was_asked_least_recently_makes_room() -> None:
    memory: Memory[str] = Memory(size=2, seconds=10, now=Turned())
    memory.put("a", "A")
    memory.put("b", "B")
    assert memory.get("a") == "A"
    memory.put("c", "C")
    assert (memory.get("a"), memory.get("b"), memory.get("c")) == ("A", None, "C")


def test_weights_are_bounded_too() -> None:
    memory: Memory[str] = Memory(size=10, seconds=10, now=Turned())
    for key in "abc":
        memory.put(key, key, weight=4)
    assert [memory.get(key) for key in "abc"] == [None, "b", "c"]
    memory.put("b", "B", weight=6)
    assert (memory.get("b"), memory.get("c")) == ("B", "c")
    memory.put("huge", "x", weight=11)
    assert memory.get("huge") is None
    assert len(memory) == 2


def test_three_failures_in_a_row_begin_a_silence() -> None:
    now = Turned()
    circuit = Circuit(failures=3, seconds=30, now=now)
    assert [circuit.failed(), circuit.failed()] == [False, False]
    circuit.answered()
    assert [circuit.failed(), circuit.failed(), circuit.failed()] == [False, False, True]
    assert not circuit.may_ask()
    now.at += 29.9
    assert not circuit.may_ask()


def test_one_question_tries_again_and_the_others_wait_for_it() -> None:
    now = Turned()
    circuit = Circuit(failures=1, seconds=30, now=now)
    assert circuit.failed()
    now.at += 30
    assert [circuit.may_ask(), circuit.may_ask()] == [True, False]
    assert not circuit.failed()
    now.at += 29
    assert not circuit.may_ask()
    now.at += 1
    assert circuit.may_ask()
    circuit.answered()
    assert [circuit.may_ask(), circuit.may_ask()] == [True, True]


def test_each_has_a_pace_of_their_own() -> None:
    now = Turned()
    pace = Pace(hits=2, seconds=60, now=now)
    assert [pace.allows("a"), pace.allows("a"), pace.allows("a")] == [True, True, False]
    assert pace.allows("b")
    now.at += 60
    assert pace.allows("a")


def test_the_pace_forgets_people_before_it_grows() -> None:
    pace = Pace(hits=1, seconds=60, people=2, now=Turned())
    assert [pace.allows(who) for who in ("a", "b", "c", "c", "a")] == [True, True, True, False, True]
