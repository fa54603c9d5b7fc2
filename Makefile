# make demo   install, ingest the sample documents, ask three questions
# make test   install the test tools, run the tests
# make check  everything that must hold before a change lands: what CI runs
# make help   the other targets

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
STORE ?= .demo-store
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

# Stamps: an installation is repeated only when what it was made from has changed.
MADE := $(VENV)/.made
DEMO := $(VENV)/.installed-demo
UI := $(VENV)/.installed-ui
DEV := $(VENV)/.installed-dev
SOURCES_OF_INSTALLATION := pyproject.toml constraints.txt

.PHONY: help demo test check format ui bench bench-generation eval fuzz docs constraints clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

demo: $(DEMO) ## install, ingest the sample documents, ask three questions
	@$(BIN)/swallow-rag --store $(STORE) demo

ui: $(UI) ## open the page; STORE=… names another store than the demo's
	@$(BIN)/swallow-rag --store $(STORE) ui

test: export HF_HUB_OFFLINE := 1
test: $(DEV) ## install the test tools, run the tests
	@$(BIN)/python -m pytest --cov --cov-report=term-missing

check: $(DEV) ## format, lint, types, import contracts, generated docs, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check
	$(MAKE) --no-print-directory test

format: $(DEV) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(DEV) ## write docs/cli.md and docs/settings.md again
	$(BIN)/python docs/generate.py

bench: $(DEV) ## ingestion, and finding beside other libraries: they need .venv-peers, which it tells how to make
	@$$(test -x .venv-peers/bin/python && echo .venv-peers || echo $(VENV))/bin/python -m benchmarks.ingestion --peers
	@$(BIN)/python -m benchmarks.finding
	@$$(test -x .venv-peers/bin/python && echo .venv-peers || echo $(VENV))/bin/python benchmarks/peers.py

bench-generation: $(DEV) ## how near writing comes to the limits of the GPU at hand
	@$(BIN)/python -m benchmarks.generation

eval: $(DEV) ## the figures of docs/evaluation.md: answers on the sample documents, finding on public sets
	@$(BIN)/swallow-rag eval answers
	@EVAL=$(BIN)/swallow-rag benchmarks/retrieval.sh

fuzz: $(DEV) ## 2,000 damaged and hostile inputs through ingestion
	@$(BIN)/python -m benchmarks.fuzz

constraints: $(DEV) ## write constraints.txt again from what is installed
	@$(BIN)/python -m pip freeze --all --exclude-editable --exclude swallow-rag \
	  | grep -vE '^(pip==|nvidia-|triton|cuda-)' | sed -E 's/\+cpu$$//; s/ @ .*//' > constraints.new
	@mv constraints.new constraints.txt

clean: ## remove what was built, but not the stores
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage .coverage.*
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "swallow-rag needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1): make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "$(PYTHON) has no venv module: sudo apt-get install python3-venv" >&2; exit 2; }
	@echo "making $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	@touch $@

$(DEMO): $(MADE) $(SOURCES_OF_INSTALLATION)
	@echo "installing swallow-rag …"
	@$(INSTALL) --editable .
	@touch $@

$(UI): $(MADE) $(SOURCES_OF_INSTALLATION)
	@echo "installing swallow-rag with its page …"
	@$(INSTALL) --editable '.[ui]'
	@touch $(DEMO) $@

$(DEV): $(MADE) $(SOURCES_OF_INSTALLATION)
	@echo "installing swallow-rag with models, page and test tools (some minutes) …"
	@$(INSTALL) --editable '.[gpu,quantised,ui,learner,dev]'
	@touch $(DEMO) $(UI) $@
