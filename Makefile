# Every target sets up what it needs, so that each works as the first command after `git clone`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
PY := .venv/bin/python
STAMP := .venv/.ready

.PHONY: help setup demo rehearsal test lint coverage soak bench bench-delta bench-propose docs lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Error: Python 3.11 or newer is needed." >&2; echo "Try: make PYTHON=python3.11 setup" >&2; exit 2; }
	@echo 'Setting up .venv with the locked requirements ...'
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP) ## create .venv with the locked requirements; instant the second time
	@.venv/bin/clinic-extract init

demo: $(STAMP) ## the whole road on invented data: clinic, dbt, org, verify, rollback
	@$(PY) -m loaders.demo

rehearsal: $(STAMP) ## a go-live on two stand-in orgs: sample, full load, delta, freeze, a loss
	@$(PY) -m loaders.rehearsal

test: $(STAMP) ## every test and linter
	@$(PY) -m tests.run

lint: $(STAMP) ## linters only
	@$(PY) -m tests.run lint

# Tests of the schema, of the estimate and of the stand-in itself add nothing to what is measured,
# nor do two hundred kills, pairs of faults and a million rows to what fewer of them reach.
coverage: $(STAMP) ## every branch of ledger, push, resume and rollback, or it fails
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest -n 2 --dist loadscope --no-loadscope-reorder tests/loaders \
		-m '' -k 'not wide_load and not two_troubles and not 1_000_000_rows' \
		--ignore=tests/loaders/contract --ignore=tests/loaders/stand_in_org \
		--ignore-glob='*/test_schema_*' --ignore-glob='*/test_estimate*'
	@$(PY) -m coverage combine --quiet
	@$(PY) -m coverage report

soak: $(STAMP) ## the long proofs, which `make test` leaves out: 200 kills, pairs of faults, a million rows
	@$(PY) -m pytest -m soak

bench: $(STAMP) bench-delta ## how fast a stand-in org works off a million rows (ROWS=1000000)
	@$(PY) -m tests.bench --rows $(or $(ROWS),1000000)

bench-delta: $(STAMP) ## what a delta of 1 % costs beside the full load (PATIENTS=100000)
	@$(PY) -m tests.bench.delta --patients $(or $(PATIENTS),100000)

bench-propose: $(STAMP) ## how often a proposed map is what a person decided, on invented exports and on OpenEMR's names
	@$(PY) -m tests.bench.propose

docs: $(STAMP) ## write docs/cli.md and docs/mapping.md anew
	@$(PY) -m tests.docs.cli_page
	@$(PY) -m tests.docs.mapping_page

lock: ## write requirements.lock anew from pyproject.toml (needs uv)
	uv lock --quiet
	uv export --quiet --no-emit-project --format requirements-txt -o requirements.lock
	rm -f uv.lock
