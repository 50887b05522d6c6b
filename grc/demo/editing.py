"""What a citizen might post to correct an answer: the pages as they are, with one of their inputs changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grc.catalogue.definition import Procedure
from grc.forms import answers as form_answers
from grc.forms import rows
from grc.forms.definition import Field, Lists
from grc.submissions import edits
from grc.submissions.models import Submission

Posted = dict[str, list[str]]


def corrections(row: Submission, procedure: Procedure, lists: Lists) -> Iterator[Posted]:
    """The pages that are open, each time with one other answer: right or not, its command says."""
    pages = edits.opened(row, procedure)
    posted: Posted = {}
    for page in pages:
        typed = form_answers.as_typed(page, row.current_answers)
        posted |= {name: [each] if isinstance(each, str) else list(each) for name, each in typed.items() if each}
    fields = [each for page in pages for each in page.fields]
    for name, texts in posted.items():
        field = _asking(fields, name)
        if field is not None and len(texts) == 1:
            yield from ({**posted, name: [other]} for other in _others(field, texts[0], lists))


def _asking(fields: Sequence[Field], name: str) -> Field | None:
    """The question of an input: its own name, or what stands before and after the number of a row."""
    for each in fields:
        if each.name == name:
            return each
        if each.form is not None and name.startswith(f"{each.name}."):
            return _asking(each.form.fields, name.removeprefix(f"{each.name}.").partition(".")[2])
    return None


def _others(field: Field, text: str, lists: Lists) -> Iterator[str]:
    """Other texts for that input."""
    choices = rows.offered(field, lists).choices
    yield from (str(each.value) for each in choices if each.value != text)
    if field.kind == "yes_no":
        yield "false" if text == "true" else "true"
    elif text.isdigit():
        yield str(int(text) + 1)
    elif field.kind in ("text", "longtext"):
        yield f"{text} (corrigé)"
