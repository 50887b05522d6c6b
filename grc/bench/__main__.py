"""`python -m grc.bench`."""

from __future__ import annotations

import sys

from grc.bench.run import run

run(sys.argv[1:])
