# Development commands. `make help` lists them.
SHELL := /bin/bash
UV ?= $(shell command -v uv 2>/dev/null || echo $(HOME)/.local/bin/uv)
.DEFAULT_GOAL := help
.PHONY: help run
help: ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12
run: ## Serve the embedded mode at http://127.0.0.1:8000
	$(UV) run designchord serve
