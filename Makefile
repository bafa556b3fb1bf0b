# One target for each task here. `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help rehearse test check lint unit e2e chaos bench bench-check run reference screenshots setup environment stop-engine

help: ## List the targets (the default)
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

rehearse: ## Rehearse superlists: build its image, start it, drive a browser through it, print the verdict (ARGS=--keep: leave it up)
	@tools/set-up python browser image
	@PYTHON_IMAGE=$${PYTHON_IMAGE:-$$(cat .cache/python-image)} .venv/bin/python -I action rehearse $(ARGS)

test: setup ## Prove the whole project: lint, unit tests, end-to-end tests (about an hour)
	@tools/in-turn lint unit e2e

check: environment ## The inner loop, about a minute: lint, types, unit tests
	@tools/in-turn lint unit

lint: environment ## Lint and type-check everything
	@tools/lint

unit: environment ## Run the unit tests (ARGS="-k word" are handed to pytest)
	@tools/unit $(ARGS)

e2e: setup ## Run the end-to-end tests on real engines and browsers (ARGS="--engine 28c -k word": on one of tools/with-engine)
	@tools/e2e $(ARGS)

chaos: setup ## Kill and cancel rehearsals of hostile test suites at random moments (ROUNDS=50, SEED=… for the same again)
	@CHAOS_ROUNDS=$${ROUNDS:-50} CHAOS_SEED=$${SEED:-$$$$} tools/e2e action/tests/e2e/test_chaos.py $(ARGS)

bench: ## Measure beside what others use, in turns, about 15 minutes (ARGS=probe: one group; ROUNDS=1: only to try)
bench-check: ## The same; fails if a ratio is worse than in bench/baseline.json
bench-check: CHECK = --check
bench bench-check:
	@tools/set-up dev browser image e2e compose services bench
	@BENCH_ROUNDS=$(ROUNDS) .venv/bin/python -m bench $(CHECK) $(ARGS)

run: ## Build superlists and run it on http://localhost:8888 (PORT=80 for another port; Ctrl-C stops it)
	@tools/set-up image
	@tools/run-superlists $(PORT)

reference: environment ## Write the documentation's tables and the JSON Schemas anew from the code
	@.venv/bin/python tools/reference.py

screenshots: ## Take the pictures in docs/ anew, of five rehearsals that fail (about 3 minutes)
	@tools/set-up dev browser image
	@.venv/bin/python tools/screenshots.py $(ARGS)

setup: ## Make this machine ready for every target: as root on Debian or Ubuntu installs what is missing, elsewhere says what is
	@tools/set-up

# What lint and unit tests need: no browser, no engine.
environment:
	@tools/set-up dev

stop-engine: ## Stop the container engine that set-up started
	@tools/stop-engine
