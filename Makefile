# Everything one needs. `make dashboard` opens the app on the built-in demo; `make test` passes the tests.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
# A bundle of `make offline` brings its wheels and the viewer: nothing is asked of a network.
OFFLINE := $(wildcard wheels)
PIP := $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt \
  $(if $(OFFLINE),--no-index --find-links $(OFFLINE))

.PHONY: dashboard test test-long lint style types scripts check quick bench reference mutants nightly demo offline install clean browser
.DEFAULT_GOAL := help

# Every worker compiles 1,000 files anew where Python may not keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo "make dashboard   set up and open the dashboard on the demo (http://localhost:$(PORT))"
	@echo "make test        set up and pass all tests"
	@echo "make test-long   whole matrices and every kill, of which make test takes a part"
	@echo "make check       style, types, import rules, fast tests"
	@echo "make bench       every promised speed ratio; exits 1 on a miss"
	@echo "make nightly     200 kills, a flip of every kind of file, 20,000 odd inputs: 90 minutes"
	@echo "make reference   train the shipped networks from the patches in data/real: hours, resumable (DATA=name)"
	@echo "make mutants     200 planted errors, one to two hours; exits 1 if too few are noticed"
	@echo "make install     what running needs, without opening anything"
	@echo "make offline     everything in one file, for a machine without a network"
	@echo "make demo        rebuild data/demo and models/demo from scratch"

# npm writes it last. Where the registry cannot be reached all else works, and the page says so.
VIEWER := dashboard/browser/node_modules/.package-lock.json

$(VENV)/.run: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "expected Python 3.11, 3.12 or 3.13: $$($(PYTHON) --version) came. Say which: make PYTHON=python3.12 ..."; exit 2; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements.txt
	touch $@

$(VIEWER): $(VENV)/.run dashboard/browser/package-lock.json
	$(if $(OFFLINE),touch $@,-$(PY) -m dashboard.browser)

# TypeScript and ESLint: only those who check the JavaScript fetch them.
TOOLS := tests/web/node_modules/.package-lock.json
$(TOOLS): $(VENV)/.run tests/web/package-lock.json
	-$(PY) tests/web/tools.py fetch

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt requirements-trackers.txt requirements-postgres.txt requirements-pretrained.txt
	$(PIP) -r requirements-dev.txt
	touch $@

# What running needs; deploy/Dockerfile says it as well.
# EXTRA=requirements-postgres.txt installs what that file names as well.
install: $(VENV)/.run $(VIEWER)
	$(if $(EXTRA),$(PIP) -r $(EXTRA))

dashboard: install
	$(PY) train_cli.py demo
	@$(PY) train_cli.py demo --slides \
	  || echo "The demo of slides is incomplete; all else works. Try again: $(PY) train_cli.py demo --slides"
	$(PY) -m dashboard.supervise --port $(PORT)

# Debian as root: install the browser, strace, which sees whom a process talks to, and PostgreSQL,
# of which the tests start a server of their own. Elsewhere tests that need them skip and say what
# to install. Tests need no windows, and without them a quarter less of a processor (a Debian that
# has no such package gets the whole browser); what the benchmarks promise was measured with them.
BROWSER := chromium-headless-shell
bench: BROWSER := chromium
browser:
	@if ! { { command -v chromium || command -v $(BROWSER); } && command -v strace && ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 \
	    && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && for browser in $(BROWSER) chromium; do \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$browser strace postgresql >/dev/null && break; \
	  done; \
	fi

# Tests of a browser wait for it: one process more than cores keeps these busy. What takes long comes
# first (tests/conftest.py), so that no core is left with a long file at the end.
WORKERS = $(shell $(PYTHON) -c 'import os; print(1 + os.cpu_count())')
PYTEST := $(PY) -m pytest -q --dist loadfile --no-loadscope-reorder

test: $(VENV)/.dev $(VIEWER) browser
	$(PYTEST) -n $(WORKERS)

test-long: $(VENV)/.dev $(VIEWER) browser
	$(PYTEST) -n auto -m long

# What reads the code needs one core, mostly for types: side by side, and what each says together
# (a make before 4.0 mixes it).
LINT := types style scripts
BESIDE := $(MAKE) --no-print-directory --keep-going \
  $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
READY := $(VENV)/.dev $(VIEWER) $(TOOLS)

lint: $(READY)
	@$(BESIDE) -j2 $(LINT)

style:
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports

types:
	$(PY) -m mypy

scripts:
	$(PY) tests/web/tools.py lint

check: $(READY)
	@$(BESIDE) -j3 $(LINT) quick

# "+": its dots come as it goes.
quick:
	+$(PYTEST) -n auto -m "not slow and not browser"

bench: $(VENV)/.dev $(VIEWER) browser
	$(PY) -m benchmarks

# Hours, and not in CI. It may be stopped and given again; DATA is a patch store.
DATA ?= real
reference: $(VENV)/.run
	$(PY) -m benchmarks.reference --data $(DATA)

# Which tests run which line. Delete it, or record by hand, after changes: a changed file has none.
.mutants.coverage: | $(VENV)/.dev $(VIEWER)
	-$(PY) -m tests.mutants record

# Goes on where it was stopped; delete .mutants.jsonl to begin anew.
mutants: $(VENV)/.dev $(VIEWER) $(TOOLS) browser .mutants.coverage
	$(PY) -m tests.mutants run

# Goes on where it was stopped; delete .faults.jsonl to begin anew.
nightly: $(VENV)/.dev
	$(PY) -m tests.faults run
	$(PY) -m tests.faults report

# For a machine without a network, of the same system and Python: dist/idc-review-….tar
offline: install
	$(PY) deploy/offline.py

demo: $(VENV)/.run
	$(PY) train_cli.py demo --rebuild

clean:
	rm -rf $(VENV)
