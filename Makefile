# What one can do here. Each target only calls its program in tools/, which brings what it needs.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help run test build check fix demo docs lock

help: ## Show these lines
	@awk -F': ## ' '/^[a-z]+: ## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

run: ## Start the LPSE on this machine: http://localhost:8000 (PORT=8100 for another)
	@$(PYTHON) tools/run.py

test: ## Run every check and every test
	@$(PYTHON) tools/test.py

build: ## Bring what `make run` needs and start nothing
	@$(PYTHON) tools/environment.py

check: ## Check style, types and imports only
	@$(PYTHON) tools/check.py

fix: ## Mend what the tools can mend
	@$(PYTHON) tools/check.py --fix

demo: ## Play one tender in a browser, from announcement to minutes, into var/demo
	@$(PYTHON) tools/demo.py

docs: ## Write the generated pages: regulations and state diagrams
	@$(PYTHON) tools/generated.py

lock: ## Resolve the requirements anew, with hashes and without addresses
	@$(PYTHON) tools/lock.py
