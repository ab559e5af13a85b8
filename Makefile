# The same recipes as CI. `make demo` and `make test` need nothing but Python 3.10+ and git.

PYTHON ?= python3
VENV ?= .venv
EXTRAS ?= all
BIN := $(VENV)/bin
DEMO := demo-study
# Versions to install: those of the lock where there is one for this Python, else the newest allowed.
MINOR := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])')
VERSIONS ?= $(wildcard tools/lock-$(MINOR).txt)
# What is imported is compiled then, and kept: most of what is installed never is.
export PYTHONDONTWRITEBYTECODE :=
# Several processes share the cores: threads of linear algebra would wait for each other, busily.
test lowest demo: export OMP_NUM_THREADS := 1
# uv installs in a tenth of pip's time; where it cannot be had, or reaches nothing, pip does.
WITHIN = $(VERSIONS:%=--constraint %)
PIP = $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check $(WITHIN)
UV = $(BIN)/uv pip install --quiet --python $(BIN)/python $(WITHIN)
INSTALL = install() { $(UV) "$$@" || $(PIP) "$$@"; }; install

.PHONY: help demo test lowest release audit lock check types lint viewer space site format docs bench clean

help:  ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(BIN)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	-$(PIP) uv
	$(INSTALL) --editable '.[$(EXTRAS)]'
	$(BIN)/python -m compileall -q src
	touch $@

$(BIN)/.developed: $(BIN)/.installed
	$(INSTALL) $$($(BIN)/python tools/requirements.py dev)
	touch $@

# A study in the terminal and on a page: no model client, no other embedder.
$(BIN)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	-$(PIP) uv
	$(INSTALL) --editable '.[study,map]'
	touch $@

demo: $(if $(wildcard $(BIN)/.installed),$(BIN)/.installed,$(BIN)/.demo)  ## Study 50 bundled model cards and write a report
	$(BIN)/cardiogram study $(DEMO) --from examples/sample
	@echo
	@echo "Open the report:  file://$(CURDIR)/$(DEMO)/report.html"

# A file is one process's. The long ones come first in their order: tests/integration, then
# tests/reference; those of tests/unit are short and fill both processes to the end.
test: $(BIN)/.developed  ## Run all tests, in two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lowest: VERSIONS = $(VENV)/lowest.txt
lowest:  ## Smoke tests on the oldest Python and the lowest versions: PYTHON=python3.10 VENV=.venv-lowest
	mkdir -p $(VENV)
	$(PYTHON) tools/requirements.py lowest >$(VERSIONS)
	$(MAKE) VERSIONS=$(VERSIONS) EXTRAS=study,map,figures,track $(BIN)/.installed
	$(INSTALL) pytest hypothesis
	$(BIN)/cardiogram study $(VENV)/study --from examples/sample >/dev/null
	$(BIN)/python -m pytest tests/unit/cards/test_card.py tests/unit/cards/test_document.py \
		tests/unit/judge/embedded tests/unit/judge/test_rate.py tests/unit/test_store.py

release: $(BIN)/.developed  ## Build wheel and sdist, and use them from empty environments
	$(BIN)/python tools/try_release.py

audit: $(BIN)/.developed  ## Ask which installed packages have known vulnerabilities
	$(BIN)/python tools/audit.py

lock:  ## Write the lock of this Python: the newest allowed versions, in a new environment
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check '.[all]' $$($(PYTHON) tools/requirements.py dev)
	$(VENV)-lock/bin/python -m pip freeze --exclude cardiogram >tools/lock-$(MINOR).txt
	rm -rf $(VENV)-lock

check: types lint  ## Lint, types, layers and docs, as CI does

types: $(BIN)/.developed
	$(BIN)/mypy

lint: $(BIN)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/python tools/check_viewer.py
	$(BIN)/zizmor --offline --quiet .

viewer: $(BIN)/.developed  ## Build the report's viewer from frontend/ and test it
	$(BIN)/python tools/check_viewer.py --write

space: $(BIN)/.developed  ## Make the page that rates by itself, as files for a static Space: ./space
	$(BIN)/python tools/make_space.py

site: $(BIN)/.developed demo  ## Build the documentation as a site, with the demo's report, and check its links: ./site
	rm -rf site
	$(BIN)/python -m sphinx -qnWE --keep-going -c docs -d $(VENV)/doctrees . site
	$(BIN)/python tools/check_site.py site
	@echo "Open the site:  file://$(CURDIR)/site/index.html"

format: $(BIN)/.developed  ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(BIN)/.developed  ## Write the generated pages of docs/
	$(BIN)/python tools/make_docs.py

bench: $(BIN)/.developed  ## Measure speed and memory
	$(BIN)/python benchmarks/run.py

clean:  ## Remove what was made
	rm -rf $(VENV) $(DEMO) space site frontend/node_modules .mypy_cache .ruff_cache .pytest_cache
