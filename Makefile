# What people do with this repository. `make` lists the targets.
# Everything is installed into .venv and node_modules; nothing outside the repository is changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# A stranger's settings of Python must not change what is installed; for those of pip see requirements/install.py.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP
# Tests are compiled once, not each time.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONNOUSERSITE := 1

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$name && break; done)
BIN := .venv/bin
SOURCES := sluice lambdas sandbox benchmarks tests requirements
COMPOSE := docker compose --file tests/state_machines/compose.yaml
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: help setup run stop check test test-thorough fuzz test-live chaos certify test-sfn-local bench drift-bench format generate lock package audit sbom clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed node_modules/.installed console/node_modules/.installed ## Install everything that is needed (done once; the other targets do it too)

run: setup ## Start the embedded AWS and the console, sync a sandbox Tripletex, show the events
	$(BIN)/sluice demo

stop: setup ## Stop what `make run` started; the state stays on disk
	$(BIN)/sluice down

check: setup ## Formatting, lint, types, imports, the console's too, and the house's laws
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m sluice.console.scripts check
	$(BIN)/pytest -q tests/law

test: setup ## Fast tests: everything but the laws and the live tests
	$(BIN)/pytest -q -n 3 --ignore=tests/law --ignore=tests/live tests
	$(BIN)/python -m sluice.console.scripts test

test-thorough: setup ## What `make test` tries a part of, tried whole: each place, more examples (PART=1/6)
	SLUICE_TESTS=thorough $(BIN)/pytest -q -n 2 -m thorough $(if $(PART),--part $(PART)) \
		--ignore=tests/law --ignore=tests/live tests

fuzz: setup ## Try a million spoilt replies and 100,000 spoilt manifests (REPLIES=..., MANIFESTS=..., SEED=..., LIMIT=seconds)
	$(BIN)/python -m tests.fuzz $(if $(REPLIES),--replies $(REPLIES)) $(if $(MANIFESTS),--manifests $(MANIFESTS)) \
		$(if $(SEED),--seed $(SEED)) $(if $(LIMIT),--seconds $(LIMIT))

test-live: setup ## Tests against the embedded AWS and a real ERP server (PART=1/2)
	$(BIN)/pytest -q -rs -n 2 --timeout 300 $(if $(PART),--part $(PART)) tests/live

chaos: setup ## Faults at every call, and at random: 0 lost, 0 doubled, or the seed (RUNS=10000 SEED=1 ONLY=kills,soak,rig)
	POWERTOOLS_TRACE_DISABLED=true $(BIN)/python -m tests.chaos --runs $(or $(RUNS),10000) --seed $(or $(SEED),1) \
		$(if $(ONLY),--only $(ONLY)) $(if $(JOBS),--jobs $(JOBS))

certify: setup ## Prove every connector against a mock of its ERP, on the embedded AWS (NAMES=... PART=1/6 WRITE=1)
	$(BIN)/sluice up
	$(BIN)/sluice connectors certify $(NAMES) $(if $(PART),--part $(PART)) $(if $(WRITE),--write)

bench: setup ## Measure speed, memory and starting, beside other tools (RECORDS=100000 TURNS=3 PARTS=peers,...)
	$(BIN)/python -m benchmarks $(if $(RECORDS),--records $(RECORDS)) $(if $(TURNS),--turns $(TURNS)) \
		$(if $(PARTS),--parts $(PARTS))

drift-bench: setup ## Measure how well API changes are noticed (DRIFT=quick|full, JSON=FILE)
	DRIFT=$(DRIFT) $(BIN)/python -m benchmarks.drift $(if $(JSON),--json $(JSON))

test-sfn-local: setup ## The state machine's cases on Step Functions Local (needs Docker)
	$(COMPOSE) up --detach --wait
	status=0; SLUICE_SFN_ENDPOINT=http://127.0.0.1:8083 $(BIN)/pytest -q -rs \
		tests/state_machines/test_sync_cases.py || status=$$?; \
	$(COMPOSE) down; exit $$status

format: setup ## Format the code and apply the safe fixes
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)
	$(BIN)/python -m sluice.console.scripts format

generate: setup ## Write the generated documents in docs/ again
	$(BIN)/python -m sluice.cli.reference > docs/cli.md
	$(BIN)/pytest -q tests/examples/test_generated_documents.py --update-goldens

lock: setup ## Pin the dependencies again: requirements/*.txt from pyproject.toml
	$(LOCK) --extra local --extra dev --output-file requirements/dev.txt pyproject.toml
	$(LOCK) --output-file requirements/lambda.txt pyproject.toml
	$(LOCK) --extra lake --extra api --output-file requirements/lake.txt pyproject.toml
	$(LOCK) --group pyproject.toml:audit --output-file requirements/tools.txt

package: setup ## Build the Lambda artefacts for AWS and check them
	$(BIN)/python -m sluice.local.package

audit: setup ## Hold the lock files against known advisories (AUDIT=strict: what cannot be looked at fails, too)
	$(BIN)/python -m requirements.audit $(if $(filter strict,$(AUDIT)),--strict)

sbom: setup ## Write what is in the artefacts and the console: dist/sbom/, CycloneDX 1.6
	$(BIN)/python -c 'from requirements.tools import tool; tool("python")'
	.venv/tools/bin/python requirements/sbom.py dist/sbom

clean: ## Remove what was built and installed; the embedded AWS's state in .sluice stays
	rm -rf .venv node_modules console/node_modules console/dist dist build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'error: no Python >= 3.11 found on PATH; install one, or name it: make setup PYTHON=/path/to/python3' >&2; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.installed: requirements/dev.txt pyproject.toml | .venv/bin/python
	@$(BIN)/python requirements/install.py
	@touch $@

node_modules/.installed: $(wildcard package.json package-lock.json) .venv/.installed
	@if [ -f package.json ]; then $(BIN)/python -c \
		'import pathlib, sluice.local.node as node; node.install_tools(pathlib.Path.cwd())'; fi
	@mkdir -p node_modules && touch $@

console/node_modules/.installed: console/package-lock.json .venv/.installed
	@echo 'installing what builds the console (half a minute, once)'
	@$(BIN)/python -c 'import pathlib, sluice.local.node as node; node.install_tools(pathlib.Path("console"))'
	@touch $@
