# Every command a developer needs. `make` lists them.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN = .venv/bin
# A server of its own for each process of the tests, and who is done takes from the others.
PARALLEL = --numprocesses=logical --maxprocesses=4 --dist=worksteal

.PHONY: help setup demo test check unit journeys postgres bench soak lock clean

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: .venv/.set-up  ## Make the virtual environment with everything in it
	@$(BIN)/python tools/browser.py

# uv, of the version and hash that the lock names, installs in seconds what takes pip a minute. It
# reads no pip.conf: where only that knows the way to the registry, pip does the work. All is compiled
# here: where Python may not keep what it compiles, each start would do it again, for seconds.
.venv/.set-up: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Sellier needs Python 3.11 or later."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > .venv/uv.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r .venv/uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.txt || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --offline --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

demo: setup  ## Start Sellier with the demo group
	@$(BIN)/sellier demo

# A browser waits much of its time: beside it, the other tests cost little more.
test: setup check  ## Everything CI runs
	@$(MAKE) --no-print-directory --jobs=2 unit postgres journeys

check: setup  ## Format, lint, types, layers, tidiness, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/tidy.py
	$(BIN)/codespell src tests docs tools bench browser/src *.md
	$(BIN)/python tools/browser.py --check
	$(BIN)/python tools/openapi.py --check
	$(BIN)/python tools/reference.py --check

unit: setup  ## Tests without a browser
	$(BIN)/pytest $(PARALLEL) --ignore=tests/journeys

postgres: setup  ## The same database tests on the system's own PostgreSQL
	$(BIN)/python tools/system_postgres.py $(BIN)/pytest -q tests/infra/test_postgres.py tests/domain/orders

journeys: setup  ## Journeys in a real browser
	$(BIN)/python tools/chromium.py
	$(BIN)/pytest tests/journeys

bench: setup  ## Run the benchmarks and print their tables
	$(BIN)/python -m bench

soak: setup  ## The long runs: thousands of examples where CI takes a few
	$(BIN)/pytest --hypothesis-profile=soak --ignore=tests/journeys

lock: setup  ## Resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-annotate --no-header --all-extras --group dev pyproject.toml --output-file requirements.txt

clean:  ## Remove what set-up made, but not the data in .sellier
	rm -rf .venv browser/node_modules src/sellier/surfaces/static
