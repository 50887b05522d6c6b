"""The local store: durable, exact, unguessable, and inside its folder."""

from __future__ import annotations

import hashlib
import os
import re
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grc.attachments.local import LocalStorage
from grc.attachments.storage import Storage
from grc.errors import NotFound, TooLarge, Unavailable

KEY = re.compile(r"tilleul/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{28}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def storage(folder: Path) -> LocalStorage:
    return LocalStorage(folder)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_gives_back_exactly_what_was_put(storage: LocalStorage, folder: Path):
    as_seen: Storage = storage
    stored = as_seen.put("tilleul", [b"abc", b"", b"def"], max_bytes=6)
    assert KEY.fullmatch(stored.key)
    assert (stored.size, stored.sha256) == (6, hashlib.sha256(b"abcdef").hexdigest())
    with as_seen.open(stored.key) as file:
        assert file.read() == b"abcdef"
    assert files(folder) == [folder / stored.key]


def test_only_this_user_may_read(storage: LocalStorage, folder: Path):
    path = folder / storage.put("tilleul", [b"x"], max_bytes=9).key
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_two_equal_files_have_two_keys(storage: LocalStorage):
    assert len({storage.put("tilleul", [b"x"], max_bytes=9).key for _ in range(20)}) == 20


def test_reads_a_file_over_its_limit_to_the_end_and_keeps_nothing(storage: LocalStorage, folder: Path):
    taken = []

    def stream() -> Iterator[bytes]:
        for number in range(100):
            taken.append(number)
            yield b"x" * 10

    with pytest.raises(TooLarge):
        storage.put("tilleul", stream(), max_bytes=999)
    assert len(taken) == 100
    assert files(folder) == []
    assert storage.put("tilleul", stream(), max_bytes=1000).size == 1000


def test_writes_no_more_than_the_limit_to_the_disk(storage: LocalStorage, folder: Path):
    written = []

    def stream() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000
            written.append(sum(path.stat().st_size for path in files(folder)))

    with pytest.raises(TooLarge):
        storage.put("tilleul", stream(), max_bytes=500_000)
    assert 400_000 <= max(written) <= 500_000


def test_a_stream_that_breaks_leaves_nothing(storage: LocalStorage, folder: Path):
    def stream() -> Iterator[bytes]:
        yield b"x"
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        storage.put("tilleul", stream(), max_bytes=9)
    assert files(folder) == []


def test_a_full_disk_is_unavailable_and_leaves_nothing(storage: LocalStorage, folder: Path):
    taken = []

    def stream() -> Iterator[bytes]:
        for number in range(20):
            taken.append(number)
            yield b"x" * 100_000

    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, former[1]))
    try:
        with pytest.raises(Unavailable):
            storage.put("tilleul", stream(), max_bytes=10_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    assert len(taken) == 20
    assert files(folder) == []


def test_flushes_the_file_before_it_is_renamed_and_its_folders_after(
    storage: LocalStorage, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename

    def watched_fsync(descriptor: int) -> None:
        done.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def watched_rename(path: Path, target: Path) -> Path:
        done.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "rename", watched_rename)
    path = folder / storage.put("tilleul", [b"x"], max_bytes=9).key
    assert done[0].startswith(str(folder / ".unfinished"))
    assert done[1:] == ["rename", *map(str, (path.parent, path.parent.parent, folder / "tilleul", folder))]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../secret",
        "tilleul/../../secret",
        "/etc/passwd",
        "tilleul/aa/bb/" + "c" * 27,
        "tilleul/aa/bb/" + "c" * 28 + "\n",
        "tilleul/aa/bb/" + "C" * 28,
        ".unfinished/aa/bb/" + "c" * 28,
        "tilleul/aa/bb/" + "c" * 28,
    ],
)
def test_a_key_that_it_never_gave_does_not_exist(storage: LocalStorage, folder: Path, key: str):
    (folder.parent / "secret").write_bytes(b"x")
    assert not storage.exists(key)
    with pytest.raises(NotFound):
        storage.open(key)
    storage.delete(key)
    assert (folder.parent / "secret").exists()


def test_follows_no_link(storage: LocalStorage, folder: Path):
    stored = storage.put("tilleul", [b"x"], max_bytes=9)
    (folder / stored.key).unlink()
    (folder / stored.key).symlink_to("/etc/hostname")
    with pytest.raises(NotFound):
        storage.open(stored.key)


@pytest.mark.parametrize("authority", ["", "..", "a/b", "Tilleul", ".unfinished", "é", "a" * 64])
def test_an_authority_is_a_slug(storage: LocalStorage, authority: str):
    with pytest.raises(ValueError, match="slug"):
        storage.put(authority, [b"x"], max_bytes=9)


def test_deletes_once_and_for_all(storage: LocalStorage, folder: Path):
    stored = storage.put("tilleul", [b"x"], max_bytes=9)
    assert storage.exists(stored.key)
    storage.delete(stored.key)
    storage.delete(stored.key)
    assert not storage.exists(stored.key)
    assert files(folder) == []


def test_clears_away_what_a_crash_left(storage: LocalStorage, folder: Path):
    kept = storage.put("tilleul", [b"x"], max_bytes=9)
    (folder / ".unfinished" / "abandoned").write_bytes(b"half")
    now = datetime.now(UTC)
    assert storage.remove_unfinished(before=now - timedelta(hours=1)) == 0
    assert storage.remove_unfinished(before=now + timedelta(hours=1)) == 1
    assert files(folder) == [folder / kept.key]


def test_opens_an_existing_folder_again(storage: LocalStorage, folder: Path):
    stored = storage.put("tilleul", [b"x"], max_bytes=9)
    assert LocalStorage(folder).exists(stored.key)
