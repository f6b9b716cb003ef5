# `make run` and `make test` set up everything they need; both are quick the second time.
SHELL := /bin/bash
UV := scripts/uv
# What the scaled mode runs on.
SERVER_PACKAGES := rabbitmq-server redis-server postgresql
# Debian packages that the whole suite needs; `make run` needs none of them.
TEST_PACKAGES := chromium fonts-noto-cjk $(SERVER_PACKAGES)
PYTEST := $(UV) run --frozen pytest
# Checks must not touch a person's own designs.
CHECK_ENV := DESIGNCHORD_HOME=$(CURDIR)/.make/home

.DEFAULT_GOAL := help
.PHONY: help run up chaos bench test test-image test-image-python check lint types imports javascript fast fuzz format lock audit

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run: ## Set up and serve the embedded mode; says where, http://127.0.0.1:8000 if that is free
	@$(UV) sync --quiet --frozen --no-dev --inexact
	@$(UV) run --frozen --no-sync designchord serve

up: ## Serve the whole scaled mode from this machine: RabbitMQ, Redis, PostgreSQL, workers
	@scripts/system-packages $(SERVER_PACKAGES)
	@$(UV) sync --quiet --frozen
	@$(UV) run --frozen --no-sync python scripts/up

chaos: ## Make 200 designs while workers are killed and servers restarted; prints figures
	@scripts/system-packages $(SERVER_PACKAGES)
	@$(UV) sync --quiet --frozen
	@$(UV) run --frozen --no-sync python -m bench.chaos

bench: ## Compare with the published designs, in 20 minutes; QUICK=1 in three
	@scripts/system-packages $(SERVER_PACKAGES)
	@$(UV) sync --quiet --frozen --inexact --group bench
	@$(UV) run --frozen --no-sync python -m bench.run $(if $(QUICK),--quick)

test: ## Set up everything, system packages included, and run the whole suite
	@scripts/system-packages $(TEST_PACKAGES)
	@$(UV) sync --quiet --frozen --group deployment
	@scripts/aimock >/dev/null
	@scripts/respect >/dev/null
	LLMOCK=$(CURDIR)/.make/aimock/node_modules/.bin/llmock RESPECT=$(CURDIR)/.make/respect/node_modules/.bin/redocly \
	$(CHECK_ENV) $(PYTEST) -n 2 --dist loadfile -m "not browser"
	@# By itself: the browser's driver keeps an event loop running in its process.
	$(CHECK_ENV) $(PYTEST) -n 2 --dist loadfile -m browser

test-image-python: ## The suite on the Python and Django that the image has; before a release, after `make test`
	@python=$$(scripts/image-python) && export UV_PROJECT_ENVIRONMENT=$(CURDIR)/.make/image-python UV_PYTHON=$$python && \
	$(UV) sync --quiet --frozen --group deployment && \
	$(CHECK_ENV) LLMOCK=$(CURDIR)/.make/aimock/node_modules/.bin/llmock $(PYTEST) -n 2 --dist loadfile -m "not browser"

test-image: ## Build the image and run it as compose.yaml says, with podman; before a release
	@$(UV) sync --quiet --frozen
	@$(UV) run --frozen --no-sync python scripts/test-image

check: lint types imports javascript fast ## Lint, types, import rules and the fast tests, in under a minute

lint:
	@$(UV) sync --quiet --frozen
	$(UV) lock --check --offline --quiet
	$(UV) run --frozen ruff check .
	$(UV) run --frozen ruff format --check .

types:
	$(CHECK_ENV) $(UV) run --frozen mypy

imports:
	$(UV) run --frozen lint-imports --no-cache

javascript:
	scripts/check-javascript

fast:
	$(CHECK_ENV) $(PYTEST) -q -n 2 --dist loadfile tests/unit tests/flows/test_pipeline.py -m "not servers and not browser and not slow"

fuzz: ## Ask every operation of the HTTP API many made-up requests (DESIGNCHORD_FUZZ, 100)
	DESIGNCHORD_FUZZ=$(or $(DESIGNCHORD_FUZZ),100) $(CHECK_ENV) $(PYTEST) -q tests/flows/test_schema_fuzz.py --timeout 1800

format: ## Format the code
	$(UV) run --frozen ruff check --fix .
	$(UV) run --frozen ruff format .
	scripts/check-javascript --fix

lock: ## Renew the lock file
	$(UV) lock --upgrade

audit: ## Ask for known weaknesses of what is locked, vendored and pinned; needs the internet
	@code=0; for part in audit audit-javascript audit-images; do scripts/$$part || code=$$?; done; exit $$code
