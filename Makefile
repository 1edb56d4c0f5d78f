# Everything a reader, a teacher or a developer does, one word each.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SITE := _build/html
export PATH := $(CURDIR)/$(BIN):$(PATH)
export MPLBACKEND ?= agg
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help book test lint notebooks lab serve bench prove clean constraints

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

$(READY): pyproject.toml constraints.txt scripts/set_up.py
	@echo "Setting up $(VENV): CPU PyTorch and the pinned packages, about 3 GB, once."
	@$(PYTHON) scripts/set_up.py $(VENV)

book: $(READY) ## execute every chapter and build the pages into _build/html
	@echo "Building the book: chapters run once, then come from a cache."
	@python scripts/build_book.py
	@python scripts/check_site.py $(SITE)
	@echo "Open $(SITE)/index.html (no network needed)."

test: lint ## check style, types and layers, run the tests and every notebook
	@echo "Running the tests, then every notebook cell by cell."
	@OMP_NUM_THREADS=1 python -m pytest -n 2 --dist loadfile -q
	@python scripts/notebooks.py check
	@python scripts/run_nbval.py

lint: $(READY) ## style, types, spelling, import layers
	@echo "Checking style, types, spelling and import layers."
	@ruff check . && ruff format --check --quiet .
	@codespell
	@pyright
	@lint-imports

notebooks: $(READY) ## pair and execute the chapters that changed
	@echo "Executing the chapters whose code changed (smoke profile)."
	@python scripts/notebooks.py run

lab: $(READY) ## JupyterLab with the kernel ready
	@echo "Starting JupyterLab; the chapters are in book/."
	@jupyter lab --notebook-dir=. book

serve: $(READY) ## preview the built book on http://localhost:8000
	@echo "Serving $(SITE) on http://localhost:$(PORT) (stop with Ctrl-C)."
	@python -m http.server $(PORT) --bind 127.0.0.1 --directory $(SITE)

bench: $(READY) ## measure speed and memory, write benchmarks/*.json
	@echo "Measuring; keep the machine quiet meanwhile."
	@python benchmarks/run_all.py

prove: $(READY) ## plant faults in copies and show that the checks find them
	@echo "Planting faults in fresh clones of the last commit."
	@python scripts/prove_checks.py

constraints: $(READY) ## write constraints.txt from the environment as it is
	@python scripts/freeze.py

clean: ## remove what make makes, the environment included
	@echo "Removing _build, caches and $(VENV)."
	@rm -rf _build dist $(VENV) .pytest_cache .ruff_cache .hypothesis
