PYTHON ?= python3
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes
MANAGE = .venv/bin/python -m server.cli

.PHONY: help run test check schema migrations lock translations images
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 14

run: .venv/runtime ## serve at HOST=127.0.0.1 PORT=8000, with a PostgreSQL of its own unless DATABASE_URL is set
	@$(MANAGE) run

test: .venv/dev ## run the tests, or those named: make test T=tests/test_settings.py
	@sh scripts/chromium.sh
	@.venv/bin/python -m pytest $(T)

check: .venv/dev ## rules, types, rooms, templates, schema, translations, locks
	@sh scripts/check.sh

schema: .venv/dev ## write schema.graphql
	@$(MANAGE) schema > .schema.graphql && mv .schema.graphql schema.graphql

migrations: .venv/dev ## write a migration for what changed in the models
	@$(MANAGE) makemigrations

lock: .venv/dev ## resolve pyproject.toml into the locks; UPGRADE=--upgrade takes newer versions
	@UPGRADE="$(UPGRADE)" sh scripts/lock.sh .

translations: .venv/dev ## bring server/locales/zh.po in step with the texts
	@.venv/bin/python scripts/translations.py update

images: .venv/dev ## photograph the main pages into docs/images
	@sh scripts/chromium.sh
	@.venv/bin/python -m scripts.images

.venv/made:
	@sh scripts/venv.sh "$(PYTHON)"
	@touch $@

.venv/runtime: requirements.lock | .venv/made
	@echo "Installing what $< names"
	@$(PIP) -r $<
	@touch $@

.venv/dev: requirements-dev.lock | .venv/made
	@echo "Installing what $< names"
	@$(PIP) -r $<
	@touch $@ .venv/runtime
