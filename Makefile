# A fresh machine needs Python 3.11 or newer, git and make; everything else is fetched into .venv, by locks with hashes.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
# Python comes from the machine: a tool that fetches another one would hide which is in use.
export UV_PYTHON_DOWNLOADS := never
export DIANCHI_DATA_DIR ?= $(CURDIR)/data
# The folder may lie on another disk than the cache; copying is then what happens anyway, without a warning.
export UV_LINK_MODE ?= copy
# Tests start hundreds of processes: where bytecode is not kept, each compiles everything anew, for seconds.
export PYTHONDONTWRITEBYTECODE :=
# Tests run two at a time by default; PYTEST= passes further options.
WORKERS ?= 2
PYTEST ?=
SECONDS_PER_DRILL ?= 60

# Hatchling and editables stand in requirements-build.lock, so that building needs no isolation and nothing unpinned.
# Both distributions are installed from here, editable: the service, and the client that checks its proofs.
# The folder of the web app must be there, whatever is in it as yet: hatchling looks.
INSTALL = mkdir -p clients/web/dist && printf '%s\n' '-e .' '-e ./clients/python' | $(BIN)/uv pip sync --quiet --python $(BIN)/python --no-build-isolation requirements-build.lock $(1) -

# The web apps as they are served; the console is built last. Their parts are newer than this where they have to be built again.
WEB := clients/web/dist/console/index.html

.PHONY: help setup run test drills lint check bench schemas format locks clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/dev.stamp $(WEB) ## prepare everything a fresh machine lacks (never needs root)

run: .venv/runtime.stamp $(WEB) ## run the service with a synthetic province on http://127.0.0.1:8000
	@exec $(BIN)/dianchi demo

test: .venv/dev.stamp $(WEB) ## run the whole test suite in its short size
	@$(BIN)/python -m pytest -n $(WORKERS) $(PYTEST)

drills: .venv/dev.stamp ## run the drills for the durations that the issues name, and the store's tests on PostgreSQL 15
	DIANCHI_DRILL_SECONDS=$(SECONDS_PER_DRILL) $(BIN)/python -m pytest --override-ini timeout=3600 tests/load tests/faults tests/sdk/test_bad_lines.py \
		tests/ledger/test_fsck.py tests/ledger/test_fsck_beside.py tests/ledger/test_tree.py $(PYTEST)
	@if [ -x /usr/lib/postgresql/15/bin/initdb ]; then \
		DIANCHI_PG_BIN=/usr/lib/postgresql/15/bin $(BIN)/python -m pytest tests/store $(PYTEST); \
	else echo "not run: the store's tests on PostgreSQL 15 (apt-get install postgresql-15)"; fi

lint: .venv/dev.stamp $(WEB) ## format, lint, imports, types, SQL, Dockerfile, contracts, web app
	$(BIN)/ruff format --quiet --check
	$(BIN)/ruff check --quiet
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/alembic upgrade head --sql >.venv/migrations.sql && $(BIN)/squawk .venv/migrations.sql
	$(BIN)/hadolint Dockerfile
	$(BIN)/dianchi schemas check
	cd clients/web && ./npm run --silent check

check: lint ## the fast loop: lint, and the unit tests
	$(BIN)/python -m pytest --quiet tests/domain $(PYTEST)

bench: .venv/dev.stamp ## measure the service against its numbers (design.md 9)
	@$(BIN)/dianchi bench

schemas: .venv/dev.stamp ## write the published contracts
	$(BIN)/dianchi schemas write

format: .venv/dev.stamp ## format the code and repair what the linter can
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

# The client stands in this repository, so no lock names it; what it needs is in all of them.
COMPILE = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--no-emit-package dianchi-client \
	--custom-compile-command "make locks"
locks: .venv/tools.stamp ## pin the dependencies anew; UPGRADE=--upgrade takes the newest versions
	$(COMPILE) $(UPGRADE) requirements-build.in -o requirements-build.lock
	$(COMPILE) $(UPGRADE) requirements-node.in -o requirements-node.lock
	$(COMPILE) $(UPGRADE) -c requirements-build.lock pyproject.toml -o requirements.lock
	$(COMPILE) $(UPGRADE) -c requirements-build.lock -c requirements.lock --extra dev --extra bench pyproject.toml \
		-o requirements-dev.lock

clean: ## remove what make built and cached (never the data)
	rm -rf .venv build dist clients/web/dist clients/web/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov

# --- what the targets stand on: each stamp is newer than what it was made from -------------------------------------------

.venv/tools.stamp: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit("dianchi needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "preparing .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-build.lock
	@touch $@

# The service alone. What it needs is part of the development lock, so where that is installed nothing is done again.
.venv/runtime.stamp: .venv/tools.stamp requirements.lock pyproject.toml clients/python/pyproject.toml
	@if [ .venv/dev.stamp -nt requirements-dev.lock ] && [ .venv/dev.stamp -nt requirements.lock ] \
		&& [ .venv/dev.stamp -nt pyproject.toml ] && [ .venv/dev.stamp -nt clients/python/pyproject.toml ] \
		&& [ .venv/dev.stamp -nt .venv/tools.stamp ]; then touch $@; exit; fi; \
	echo "installing what the service needs ..."; rm -f .venv/dev.stamp; $(call INSTALL,requirements.lock)
	@touch $@

.venv/dev.stamp: .venv/tools.stamp requirements-dev.lock pyproject.toml clients/python/pyproject.toml
	@echo "installing what development needs ..."
	@$(call INSTALL,requirements-dev.lock)
	@touch $@

# npm writes the list of what it installed: as good as a stamp.
NODE_MODULES := clients/web/node_modules/.package-lock.json

$(NODE_MODULES): clients/web/package.json clients/web/package-lock.json clients/web/.npmrc clients/web/npm | .venv/tools.stamp
	@echo "installing what the web apps need ..."
	@cd clients/web && ./npm ci --silent --no-audit --no-fund
	@touch $@

$(WEB): $(NODE_MODULES) $(shell find clients/web/scan clients/web/console clients/web/common clients/web/tools -type f) \
		clients/web/vite.config.ts clients/web/vite.console.config.ts \
		schemas/code-rules.json schemas/words.json schemas/names.json schemas/danger.json schemas/findings.json
	@echo "building the web apps ..."
	@cd clients/web && ./npm run --silent build
