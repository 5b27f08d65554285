# One entry for people and for CI. `make` needs Python 3.11 or newer and nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	if command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$p; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
MEMBERS := libs/contracts libs/servicekit services/plans services/hazards services/reporting services/notify deploy/local rehearsal
STAMP := $(VENV)/.installed

SCENARIO ?= rehearsal/scenarios/afternoon.yaml
OUT ?= out
KAFKA ?= embedded
WORKERS ?= 2
export KAFKA

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1|\2/' | column -t -s '|'

$(STAMP): requirements.lock pyproject.toml $(addsuffix /pyproject.toml,$(MEMBERS))
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(MEMBERS))
	@touch $@

.PHONY: install
install: $(STAMP) ## set up .venv from requirements.lock (every other target does it when needed)

.PHONY: lock
lock: ## resolve again and rewrite requirements.lock (hashes, no addresses)
	@test -x $(BIN)/uv || { $(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet uv==$(UV_VERSION); }
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export --frozen --quiet --all-packages --all-groups --no-emit-workspace --no-header --format requirements.txt -o requirements.lock

.PHONY: run
run: $(STAMP) ## an afternoon of a county on a live board, then serve until Ctrl-C (ONCE=1: stop after the verdict)
	@$(BIN)/python -m rehearsal run $(SCENARIO) --out $(OUT) $(if $(ONCE),--once)

.PHONY: rehearse
rehearse: $(STAMP) ## run SCENARIO=path, write OUT/result.json; the last line printed is the same object
	@$(BIN)/python -m rehearsal rehearse $(SCENARIO) --out $(OUT)

.PHONY: test
test: $(STAMP) lint types contracts ## everything that must hold (KAFKA_REQUIRED=1: a skip for want of Java fails)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not campaign"

.PHONY: campaign
campaign: $(STAMP) ## three months of 500 hazards on the whole system, and again with restarts, judged by the oracle
	$(BIN)/python -m pytest -q -m campaign tests/e2e

.PHONY: test-fast
test-fast: $(STAMP) ## the tests that need no database, broker or process, in seconds
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not io and not slow" --hypothesis-profile=fast

.PHONY: lint
lint: $(STAMP) ## ruff, formatting, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

.PHONY: types
types: $(STAMP) ## mypy --strict
	$(BIN)/mypy

.PHONY: contracts
contracts: $(STAMP) ## generated schemas are current and compatible with every released version
	$(BIN)/python -m contracts check

.PHONY: bench
bench: $(STAMP) ## benchmarks as one JSON object, baseline and limit measured in the same run
	@$(BIN)/python -m benchmarks

.PHONY: up
up: $(STAMP) ## start the local stack and leave it running until `make down`
	@$(BIN)/python -m local_stack up

.PHONY: down
down: $(STAMP) ## stop the stack that `make up` started
	@$(BIN)/python -m local_stack down

.PHONY: clean
clean: ## remove everything that make created
	@test ! -x $(BIN)/python || $(BIN)/python -m local_stack down --quiet || true
	rm -rf $(VENV) .work out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache uv.lock
