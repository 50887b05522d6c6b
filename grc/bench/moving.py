"""One half of a move, in a process of its own: an archive written, or restored; prints its seconds, CPU and peak (MB).

It imports what the operator's command needs and nothing of the bench, so that the memory is the half's own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

from grc import clock
from grc.archives import exporting, reading, restoring
from grc.archives.exporting import Wanted
from grc.attachments.local import LocalStorage
from grc.db import Keyring, connect

SLUG = "tilleul"
SECRET = "a-secret-of-the-bench-that-opens-nothing-else"
PASSPHRASE = "une phrase pour le banc d’essai"


def copy(archive: Path) -> float:
    """Seconds of the least that can be done: the archive's bytes read, and written to another, flushed file."""
    before, other = time.perf_counter(), archive.with_suffix(".copy")
    with archive.open("rb") as source, other.open("wb") as written:
        shutil.copyfileobj(source, written, 1024 * 1024)
        written.flush()
        os.fsync(written.fileno())
    took = time.perf_counter() - before
    other.unlink()
    return took


def _main(act: str, url: str, files: Path, archive: Path) -> None:
    database, storage = connect(url, Keyring([SECRET])), LocalStorage(files)
    before, spent = time.perf_counter(), time.process_time()
    if act == "export":
        exporting.export(database, storage, archive, Wanted(SLUG, PASSPHRASE), now=clock.now())
    else:
        with reading.reading(archive, passphrase=PASSPHRASE) as opened:
            restoring.restore(database, storage, opened, now=clock.now())
    seconds, cpu = time.perf_counter() - before, time.process_time() - spent
    database.close()
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak": _peak()}))


def _peak() -> float:
    """The most memory that this process ever held, in MB (getrusage would count its parent's)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1000


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
