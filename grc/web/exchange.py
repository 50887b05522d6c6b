"""The exchange as pages show it: messages with their files, a form to write, what was wrong with what was posted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grc import clock
from grc.attachments.commands import AttachmentView, StoredFile
from grc.errors import Problem
from grc.submissions import conversation, thread
from grc.submissions.exchange_models import ThreadEntry
from grc.submissions.models import Event
from grc.submissions.queries import Whole
from grc.submissions.thread import Written
from grc.web import uploads
from grc.web.downloads import hindrance
from grc.web.frame import Problems
from grc.web.visit import A, Visit

TEXT, FILES = "text", "files"
"""The inputs of the form, on every page that has one."""
_TOO_MANY_FILES = f"Choisissez {uploads.MOST_AT_ONCE} documents au plus, et envoyez les autres ensuite."


@dataclass(frozen=True)
class FileLink:
    """A document that came with a message. hindrance: why nobody can read it, or ""."""

    name: str
    size: int
    href: str = ""
    hindrance: str = ""


@dataclass(frozen=True)
class Message:
    """What one person wrote. mine: by the side that reads."""

    at: datetime
    author: str
    text: str
    mine: bool = False
    files: Sequence[FileLink] = ()


@dataclass(frozen=True)
class Panel:
    """A thread and the form beneath it. id: of the fragment, and the beginning of the ids of its inputs.

    action: address of the POST, "" where this person may not write; closed then says why and what to do, or "".
    typed: what was written and not sent. said: what is told once it is. empty: what to say without messages.
    """

    id: str
    title: str
    messages: Sequence[Message]
    empty: str
    label: str = ""
    button: str = ""
    action: str = ""
    hint: str = ""
    limits: str = ""
    closed: str = ""
    said: str = ""
    typed: str = ""
    oob: str = ""
    problems: Problems = field(default_factory=Problems)

    @property
    def anchors(self) -> dict[str, str]:
        """The ids of the inputs, by their names."""
        return {TEXT: f"{self.id}-{TEXT}", FILES: f"{self.id}-{FILES}"}


@dataclass(frozen=True)
class Taken:
    """What was posted: words as typed, files already in the store, and what is wrong with them."""

    text: str
    kept: list[StoredFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def written(self) -> Written:
        """What a command takes."""
        return Written(self.text, self.kept)


async def take(visit: Visit[A], found: Whole, *, sender: str, what: str) -> Taken:
    """What was posted; nothing is kept in the store when something is wrong. sender: whose files count together.

    The body was read before: see `Visit.form`.
    """
    posted = visit.request.state.posted
    text, chosen = posted.text(TEXT), posted.files(FILES)
    problems = list(filter(None, [thread.problem_of(text, what=what)]))
    if len(chosen) > uploads.MOST_AT_ONCE:
        problems.append(Problem(FILES, "too_many", _TOO_MANY_FILES))
    if problems:
        return Taken(text, problems=problems)
    already = sum(file.size_bytes for file in found.files if file.sender == sender)
    kept, problems = await uploads.keep(
        visit.platform, chosen, authority=visit.authority.slug, field=FILES, already=already
    )
    if problems:
        await uploads.forget(visit.platform.storage, [file.key for file in kept])
        return Taken(text, problems=problems)
    return Taken(text, kept)


def written_with(found: Whole, event: Event) -> str:
    """What was written by itself beside that event, or ""."""
    mine = (entry for entry in found.entries if entry.event_sequence == event.sequence)
    return "\n".join(entry.text for entry in mine if entry.kind == conversation.AUTOMATIC)


def messages(
    visit: Visit[A],
    found: Whole,
    kind: str,
    *,
    author: Callable[[ThreadEntry], str],
    mine: str,
    href: Callable[[AttachmentView], str],
) -> list[Message]:
    """The entries of that kind with their files, oldest first. mine: the kind of actor that reads."""
    return [
        Message(
            at=clock.local(visit.authority.zone, entry.at),
            author=author(entry),
            text=entry.text,
            mine=entry.author_kind == mine,
            files=[
                FileLink(file.name, file.size_bytes, href(file) if file.is_readable else "", hindrance(file))
                for file in found.files
                if file.thread_entry_id == entry.id
            ],
        )
        for entry in found.entries
        if entry.kind == kind
    ]
