"""What a child process that renders letters does besides: it never outlives its parent."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import connection, parent_process


def follow_parent() -> None:
    """Ends this process when its parent does, however that ends; Ctrl+C is left to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), name="grc-parent", daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(0)
