# Career Relay: everything a maintainer does. `make` lists it.

PYTHON ?= python3
UV ?= uv
# Tests run side by side, each worker with databases and a browser of its own.
JOBS ?= 2
BIN := .venv/bin
STAMP := .venv/installed
CATALOGUES := $(shell find exchange clients -name '*.po' -not -path '*/.venv/*' 2>/dev/null)
COMPILED := $(CATALOGUES:.po=.mo)
OWN := career-relay career-relay-exchange career-relay-protocol

.DEFAULT_GOAL := help
.PHONY: help setup check test demo serve bench lock openapi clean

help: ## List what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) $(COMPILED) ## Make .venv and install everything (at once when nothing changed)

$(STAMP): requirements-dev.txt pyproject.toml clients/protocol/pyproject.toml \
		clients/relay/pyproject.toml hatch_build.py clients/relay/hatch_build.py
	@$(PYTHON) -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo 'make: "$(PYTHON)" is no Python 3.11 or newer that can make environments:' \
		'install one (on Debian: apt-get install python3 python3-venv) or name one with' \
		'make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.' >&2; exit 1; }
	@rm -f $(STAMP)
	@$(BIN)/python -c 'import pip' 2>/dev/null || $(PYTHON) -m venv --clear .venv
	@echo 'Installing into .venv; the first time takes about a minute.'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --no-build-isolation \
		-e clients/protocol -e clients/relay -e .
	@touch $(STAMP)

%.mo: %.po | $(STAMP)
	@$(BIN)/python hatch_build.py $<

check: setup ## Style, types, the direction of imports, and the rules of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q -m 'not slow' tests/house

test: setup ## Every test, on SQLite, on PostgreSQL and in a browser
	.ci/browser
	.ci/scratch $(BIN)/pytest -n $(JOBS) --dist loadfile

demo: setup ## Run the whole relay once and say what happened (INPUT=path: with your own export)
	$(BIN)/python -m tests.story.demo $(if $(INPUT),'$(INPUT)')

serve: setup ## Run a demo exchange to click through
	$(BIN)/python -m tests.story.serve

bench: setup ## Measure: make bench NAME=one of tests/benchmarks
	@test -n '$(NAME)' || { echo 'make: say which one: make bench NAME=…, one of:' \
		$(basename $(notdir $(wildcard tests/benchmarks/*.py))) >&2; exit 1; }
	$(BIN)/python 'tests/benchmarks/$(NAME).py'

lock: ## Write requirements*.txt anew (needs uv; UPGRADE=1 takes the newest of everything)
	@$(UV) --version >/dev/null 2>&1 || { echo 'make: locking needs uv: install it,' \
		'or name it with make lock UV=/path/to/uv.' >&2; exit 1; }
	$(call compile,,requirements.txt)
	$(call compile,--group dev --constraints requirements.txt,requirements-dev.txt)

compile = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	$(if $(UPGRADE),--upgrade) $(OWN:%=--no-emit-package %) --custom-compile-command 'make lock' \
	pyproject.toml clients/protocol/pyproject.toml clients/relay/pyproject.toml $(1) --output-file $(2)

openapi: setup ## Write docs/openapi.json anew
	$(BIN)/python -m exchange.web.openapi docs/openapi.json

clean: ## Remove what make has made (your keys and var stay)
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -f $(COMPILED)
