# Two commands on a fresh machine: `make run` and `make test`. Everything they set up stays in this
# folder; stamp files make the next start skip what is done.

PYTHON ?= python3
UV := $(or $(shell command -v uv 2>/dev/null),.venv/bin/uv)
PIP := $(UV) pip --quiet
# A folder that has the tools of `make test` keeps them when `make run` follows.
LOCK := $(if $(wildcard .venv/.dev)$(filter test check bench lock .venv/.dev,$(MAKECMDGOALS)),dev,run)
CATALOGUES := $(wildcard src/amtsweg/platform/web/locale/*/LC_MESSAGES/*.po)
# Shows a step and how long it took; what it prints is shown only if it fails.
STEP = ./.ci/step

# Compiled modules belong into .venv: without them every start compiles them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run setup test check bench lock chromium
.DEFAULT_GOAL := help

help:
	@echo 'make run     set everything up, start it, print addresses and sign-ins (PORT, AMTSWEG_HOME)'
	@echo 'make test    set everything up and run all tests, in a real browser too'
	@echo 'make check   lint, types, floors, translations'
	@echo 'make bench   measure, write docs/performance.md'
	@echo 'make setup   only set up what `make run` needs'
	@echo 'make lock    resolve the dependencies again'

run: setup
	@exec .venv/bin/amtsweg run

setup: .venv/.$(LOCK) .venv/.assets $(CATALOGUES:.po=.mo)

test: .venv/.dev .venv/.assets $(CATALOGUES:.po=.mo) chromium
	@.venv/bin/python -m pytest -n 2 tests/kit tests/platform
	@# Apart: these start whole installations, and the browser's driver keeps an event loop running,
	@# in which Django refuses to work. Both mostly wait, so they run side by side.
	@.ci/beside '.venv/bin/python -m pytest tests/running' '.venv/bin/python -m pytest tests/browser'

check: .venv/.dev .venv/.assets $(CATALOGUES:.po=.mo)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy src
	.venv/bin/lint-imports --no-logo
	.venv/bin/python .ci/translations

bench: .venv/.dev .venv/.assets $(CATALOGUES:.po=.mo)
	@exec .venv/bin/python -m tests.bench

# Lock files name no registry host, so that every mirror may serve them; hashes say what is right.
lock: .venv/.dev
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--extra platform pyproject.toml -o requirements/run.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--extra platform --group dev pyproject.toml -o requirements/dev.lock
	PATH="$(CURDIR)/.venv/bin:$$PATH" npm install --package-lock-only

.venv/bin/python:
	@$(STEP) 'Python environment' ./.ci/venv $(PYTHON)

.venv/.run: requirements/run.lock pyproject.toml | .venv/bin/python
	@$(STEP) 'Packages' sh -ec '$(PIP) sync --python .venv/bin/python requirements/run.lock; \
		$(PIP) install --python .venv/bin/python --no-deps --editable .'
	@touch $@

.venv/.dev: requirements/dev.lock pyproject.toml | .venv/bin/python
	@$(STEP) 'Packages, with the tools of the tests' sh -ec \
		'$(PIP) sync --python .venv/bin/python requirements/dev.lock; \
		$(PIP) install --python .venv/bin/python --no-deps --editable .'
	@touch $@

.venv/.assets: package-lock.json src/amtsweg/embedded/assets.py src/amtsweg/platform/web/assets.py | .venv/.$(LOCK)
	@$(STEP) 'Style sheets, fonts' sh -ec 'PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --silent; \
		.venv/bin/python -m amtsweg.embedded.assets node_modules'
	@touch $@

%.mo: %.po | .venv/.$(LOCK)
	@$(STEP) 'Translations' .venv/bin/pybabel --quiet compile -i $< -o $@

chromium:
	@./.ci/chromium
