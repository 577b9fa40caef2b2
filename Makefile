# nianbao: every target sets up what it needs; a machine needs python3.11, make and a package registry.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Where `make crawl` puts its results; NIANBAO_DATA is what the command itself reads.
DATA ?= $(or $(NIANBAO_DATA),data)

.PHONY: crawl test setup check bench lock clean

crawl: setup ## crawl the demonstration portal, or SITE=https://www.example.gov.cn/ CONTACT=you@example.org
ifdef SITE
	$(BIN)/nianbao --data "$(DATA)" crawl "$(SITE)" $(if $(CONTACT),--contact "$(CONTACT)")
else
	$(BIN)/python -m tests.kit.demo --data "$(DATA)" --
endif

test: setup ## all tests
	$(BIN)/python -m pytest -n $(or $(JOBS),2) --dist worksteal $(ARGS)

check: setup ## format, lint, types, directions of import
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

setup: $(READY) ## the environment only

$(READY): requirements-dev.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed: install Python 3.11, or name it: make PYTHON=…"; exit 2; }
	@$(PYTHON) -m venv --help >/dev/null 2>&1 || { echo "$(PYTHON) has no venv module: install it (Debian: python3.11-venv)"; exit 2; }
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)

bench: setup ## accuracy, identity, assembly, speed, recording and archive: shares and ratios within one run, against their floors
	$(BIN)/python -m benchmarks

lock: setup ## pin requirements*.in again, names and hashes only (needs uv on the machine)
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-browser.in -c requirements.txt -o requirements-browser.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-cluster.in -c requirements.txt -o requirements-cluster.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-s3.in -c requirements.txt -o requirements-s3.txt
	uv pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## remove the environment and caches; never the data
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
