# Titian. `make help` lists every target in a line.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check soak bench demo content fix migration lock translations lint clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Titian perlu Python 3.11 atau lebih baru. Pasang: sudo apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Modul venv belum ada. Pasang: sudo apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(BIN)/python
	@bash scripts/install requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@bash scripts/install requirements-dev.txt
	@touch $@

translations: $(VENV)/installed ## compile the English catalogue
	@$(BIN)/pybabel -q compile -d lms/translations 2>/dev/null || $(BIN)/pybabel compile -d lms/translations

run: $(VENV)/installed translations ## serve web and jobs on 127.0.0.1:$PORT, with demo data when the database is empty
	@exec $(BIN)/python scripts/serve.py

test: $(VENV)/installed-dev translations ## run every test
	@bash scripts/test-needs
	@$(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(VENV)/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet lms # lint only: its formatter moves white space that inline markup shows

check: lint test ## lint, types, borders, templates, then every test: what CI runs

soak: $(VENV)/installed-dev translations ## the long proofs in full numbers; appends to docs/soak.md
	@bash scripts/test-needs
	@$(BIN)/python scripts/soak.py

bench: $(VENV)/installed-dev translations ## CPU milliseconds, statements and bytes per page
	@$(BIN)/python -m bench

demo: $(VENV)/installed ## seed the demo government into an empty database
	@$(BIN)/flask --app wsgi db upgrade && $(BIN)/flask --app wsgi content load && $(BIN)/flask --app wsgi demo seed

content: $(VENV)/installed ## check and load courses/ and quizzes/
	@$(BIN)/flask --app wsgi content check && $(BIN)/flask --app wsgi content load

fix: $(VENV)/installed-dev ## format and mend what tools can mend
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format . ; $(BIN)/djlint --reformat --quiet lms

migration: $(VENV)/installed-dev ## make a migration from the models: make migration m="what changes"
	@$(BIN)/python scripts/new_migration.py "$(m)"

lock: $(VENV)/installed-dev ## pin requirements with hashes
	@$(BIN)/pip install -q uv && for f in requirements requirements-dev; do $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 $$f.in -o $$f.txt; done
