# Everything runs from a virtual environment in .venv, made from hashed lock files with `python3 -m venv` and pip only.
#   make demo    install and run the lead comparison; names its report
#   make test    everything CI runs

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PACKAGE := $(PIP) install --no-index --no-deps --no-build-isolation --editable .
UV := $(VENV)/lock/bin/uv
COMPILE := $(UV) pip compile pyproject.toml --quiet --universal --generate-hashes --no-emit-index-url --group build
FRONT := README.md LICENSE NOTICE pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test lint format typecheck layers pytest frontend ensemble docs lock clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

demo: $(VENV)/.installed-run ## Install what a run needs, run the lead comparison and name its report
	$(BIN)/countermove demo

test: lint typecheck layers pytest ## Run everything that CI runs

lint: $(VENV)/.installed-dev ## Check format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

typecheck: $(VENV)/.installed-dev ## Check types
	$(BIN)/mypy

layers: $(VENV)/.installed-dev ## Check that rooms import only from lower layers
	$(BIN)/lint-imports

pytest: $(VENV)/.installed-dev ## Run the tests
	$(BIN)/pytest -n 2

format: $(VENV)/.installed-dev ## Format the code and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

ensemble: $(VENV)/.installed-dev ## Stamp or rebuild the calibrated ensemble after the simulated past, priors or series moved (minutes)
	$(BIN)/countermove calibrate --restamp --install --store out/calibration

docs: $(VENV)/.installed-run ## Write the pages of docs/ that come from the code and the data
	$(BIN)/python -m countermove.desk.equations docs
	$(BIN)/python -m countermove.policy.coverage docs

frontend: $(VENV)/.installed-dev ## Build the web app into the package (needs Node 20 or newer)
	cd frontend && npm ci --no-audit --no-fund
	$(BIN)/python -m countermove.web.contract_types frontend/src/lib/contract.ts
	cd frontend && npx svelte-check --tsconfig ./tsconfig.json --fail-on-warnings && npx vitest run && npx vite build

lock: $(VENV)/.created ## Renew the lock files (UPGRADE=--upgrade takes the newest versions)
	$(PYTHON) -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip --disable-pip-version-check --quiet install uv
	$(COMPILE) $(UPGRADE) --output-file requirements.lock
	$(COMPILE) $(UPGRADE) --group dev --extra jax --extra analysis --extra dask --constraint requirements.lock --output-file requirements-dev.lock

clean: ## Remove the environment, caches and what runs have written to out/
	rm -rf $(VENV) out build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: try 'make PYTHON=python3.12 $(MAKECMDGOALS)'" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed-run: requirements.lock $(FRONT) | $(VENV)/.created
	$(PIP) install --require-hashes --requirement requirements.lock
	$(PACKAGE)
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(FRONT) | $(VENV)/.created
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	$(PACKAGE)
	@touch $@ $(VENV)/.installed-run
