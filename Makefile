# GRC: what a developer, a commune's IT person and CI run. `make` alone lists the targets.
PORT   ?= 8000
PYTHON ?= python3
BIN    := .venv/bin
PYTEST := $(BIN)/pytest
PIP    := $(BIN)/pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help env vendor system demo serve worker migration fix check lint coverage test bench proof lock screenshots wheel

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

env: .venv/installed ## .venv with exactly what requirements/dev.txt locks, and the project itself

.venv/locked: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv/installed: .venv/locked pyproject.toml tools/wheel.py
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

vendor: env ## static/vendor: the browser files that package-lock.json pins (npm, or Node from PyPI)
	@$(BIN)/python tools/vendor.py

system: ## PostgreSQL, Chromium and clamd, which only the tests need (installed where apt-get and root are)
	@tools/system.sh

demo: env vendor ## two invented communes on http://localhost:8000, one command, nothing sent outside (PORT=8000)
	$(BIN)/grc demo --port $(PORT)

serve: env vendor ## the sites, as the GRC_* settings say
	$(BIN)/grc serve

worker: env ## mails and deadlines as a process of their own (PostgreSQL)
	$(BIN)/grc worker

migration: env ## a new migration from the models: make migration m="what changes"
	$(BIN)/grc migration "$(m)"

fix: env ## format, and mend what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint coverage test ## everything that must hold before a commit; CI runs the same

lint: env ## formatting, rules, types, layers (no test)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

coverage: env ## every branch of the rules of the law is run by their own tests (grc/deadlines, grc/receipts)
	@mkdir -p var
	$(BIN)/coverage run -m pytest -q -p no:cacheprovider -p no:xdist tests/unit/deadlines tests/unit/receipts
	$(BIN)/coverage report

test: env vendor ## the whole suite: unit, integration on SQLite and PostgreSQL, browser, house
	$(PYTEST) -n 2 --dist loadfile --no-loadscope-reorder $(if $(CI),--reruns 1 -rR)

bench: env vendor ## what it costs, measured on this machine
	$(BIN)/python -m grc.bench

proof: env vendor ## the long campaigns at full size: kills, fuzzing, many rows
	GRC_CAMPAIGN=full $(PYTEST) -m campaign

lock: ## requirements/*.txt and package-lock.json again, with hashes and without hosts (needs uv and npm)
	@$(PYTHON) tools/lock.py

screenshots: env vendor ## the pictures of the README in docs/images, taken from the demonstration
	$(BIN)/python tools/screenshots.py

wheel: env vendor ## dist/grc-*.whl, with templates, static files and the form catalogue
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
