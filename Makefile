# One command per purpose. `make demo` and `make test` work on a fresh clone with Python 3.11+, make and a C compiler.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Chooses the compiled core for the processes of a target, and for those that they start: docs/operating/compiled-core.md.
COMPILED_CORE := PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/build/compiled:$(CURDIR)
# The page to trade on, where `make web` puts it, and what it is made of.
PAGE := constellation/web/index.html
PAGE_SOURCES := $(shell find web/sdk/src web/terminal -type f -not -path '*/node_modules/*' -not -path '*/test/*' 2>/dev/null)

.PHONY: help setup page demo sandbox test test-slow compiled test-compiled fuzz sim soak bench lint docs format xdr web clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(INSTALLED) ## create .venv and install the pinned dependencies

$(INSTALLED): constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Constellation needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Installing into $(VENV) (about a minute the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

page:
	@if command -v node >/dev/null && command -v npm >/dev/null; then \
		$(MAKE) --no-print-directory $(PAGE) || echo "The page to trade on was not built (see above); everything else works without it."; \
	else \
		echo "Node.js 20 or newer is not installed: there will be no page to trade on. Everything else works without it."; \
	fi

$(PAGE): web/package.json web/package-lock.json $(PAGE_SOURCES)
	@$(MAKE) --no-print-directory web

demo: $(INSTALLED) page ## run a whole constellation and show it at work
	@$(BIN)/constellation demo

sandbox: $(INSTALLED) page ## run a whole constellation to try things out, with a page to trade on, until Ctrl-C
	@$(BIN)/constellation sandbox

test: $(INSTALLED) ## run the test suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

test-slow: $(INSTALLED) ## run the slow tests, too
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "slow or not slow"

compiled: $(INSTALLED) ## compile the core into build/compiled (two minutes; again only after a change)
	@$(BIN)/python tools/compiled_core.py

test-compiled: compiled ## run the test suite with the compiled core
	$(COMPILED_CORE) $(BIN)/python -m pytest -o pythonpath= -n 2 --dist worksteal

fuzz: $(INSTALLED) ## throw bytes at every parser, decoder and server for SECONDS each (60; see docs/internals/fuzzing.md)
	@$(BIN)/python -m fuzzing --seconds $(or $(SECONDS),60)

bench: $(INSTALLED) $(if $(COMPILED),compiled) ## measure and compare with the committed figures (9 minutes; ALL=1 more; ONLY="codec machine"; SAVE=1 replaces them; COMPILED=1 compiles)
	@$(if $(COMPILED),$(COMPILED_CORE)) $(BIN)/python -m benchmarks $(ONLY) $(if $(ALL),--all) $(if $(SAVE),--save)

sim: $(INSTALLED) ## simulate constellations in which everything goes wrong, by new seeds (SEEDS=50)
	@$(BIN)/python -m constellation.testing.simulation --count $(or $(SEEDS),50)

soak: $(INSTALLED) ## run a constellation under load and random kills, compare everything (MINUTES=10 SEED=1 RATE=200)
	@$(BIN)/python -m constellation.testing.soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),1) --rate $(or $(RATE),200)

lint: $(INSTALLED) docs ## check style, types, import rules, generated code, and that the documentation builds
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/xdr_generator.py --check
	$(BIN)/python tools/reference_docs.py --check
	$(BIN)/python tools/sync_face.py --check

docs: $(INSTALLED) ## build the documentation into build/docs; a warning or a link to nowhere is an error (half a minute)
	@$(BIN)/python -m sphinx --builder html --conf-dir docs --nitpicky --fail-on-warning --keep-going --fresh-env --jobs auto --quiet . build/docs
	@echo "build/docs/index.html"

format: $(INSTALLED) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

xdr: $(INSTALLED) ## regenerate the message classes from xdr/*.x
	$(BIN)/python tools/xdr_generator.py

web: ## install and build the JavaScript SDK and the page to trade on (needs Node.js 20 or newer)
	@cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error \
		&& npm run --silent --workspace sdk build && npm run --silent --workspace terminal build
	@touch $(PAGE)

clean: ## remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
