# The front door: what a machine with Python, make and git needs to run everything.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check coverage audit format schema bench bench-connectors bench-graphql bench-hostile bench-mapping clean

PYTHON ?= python3
PORT ?= 8000
export HUB_DATA_DIR ?= $(CURDIR)/.hub
# Whatever virtual environment the caller is in, this project has its own.
unexport VIRTUAL_ENV
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv

BIN := .venv/bin
UV_VERSION := 0.13.9

help: ## Show this list
	@$(PYTHON) -c 'import re; [print(f"  make {m[1]:<13} {m[2]}") for m in re.finditer(r"^([\w-]+):[^#\n]*## (.*)", open("Makefile").read(), re.M)]'

setup: .venv/ready ## Install everything into .venv

.venv/ready: pyproject.toml uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Say which with PYTHON=…")'
	@echo "Setting up .venv: uv, then the locked dependencies …"
	@$(PYTHON) -m venv .venv || { echo "python3 -m venv failed: on Debian and Ubuntu, install the package python3-venv."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --locked --inexact --no-progress --quiet
	@$(BIN)/python -c 'open(".venv/ready", "w").close()'

demo: setup ## Start a realistic ecosystem on http://127.0.0.1:8000 (PORT= moves it)
	@exec $(BIN)/hub demo --port $(PORT)

test: setup ## Run the tests (TESTS= names some)
	@echo "Running the tests …"
	@$(BIN)/pytest -n 2 --dist worksteal $(TESTS)

check: setup ## Run the checks and the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --strict examples/python
	$(BIN)/lint-imports
	$(BIN)/hub schema | $(BIN)/python -c 'import sys; sys.exit(sys.stdin.read() != open("schema.graphql").read() and "schema.graphql is not what the code says: run make schema")'
	$(BIN)/pytest -n 2 --dist worksteal

coverage: setup ## Run the tests, and tell which lines none of them reaches (half as long again)
	$(BIN)/pytest -n 2 --dist worksteal --cov --cov-report=term-missing:skip-covered

audit: setup ## Ask others' software about the endpoint and the schema (ONLY="eslint apollo" names some)
	@$(BIN)/python audit/run.py $(ONLY)

format: setup ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schema: setup ## Write schema.graphql anew
	@$(BIN)/hub schema > schema.graphql

bench: setup ## Measure what we claim
	$(BIN)/python benchmarks/sync_and_map.py
	$(BIN)/python benchmarks/differential.py
	$(BIN)/python benchmarks/chaos.py

bench-connectors: setup ## Copy 1,000,000 records from both CRMs, beside dlt's REST source (ARGS="--records 100000")
	$(BIN)/python benchmarks/connectors $(ARGS)

bench-hostile: setup ## Measure how much one client is slowed by another that sends hostile documents
	$(BIN)/python benchmarks/graphql/hostile.py

bench-graphql: setup ## Measure GraphQL reads beside PostGraphile; ARGS=--full for growth
	$(BIN)/python benchmarks/graphql $(ARGS)

bench-mapping: setup ## Measure how well and how fast companies are mapped (ARGS="--only quality --misses")
	$(BIN)/python -m benchmarks.mapping $(ARGS)

clean: ## Remove what the demo stored and what tools cached
	@$(PYTHON) -c 'import shutil; [shutil.rmtree(p, ignore_errors=True) for p in (".hub", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis")]'
