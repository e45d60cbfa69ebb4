# Torkham: `make ask Q="…"` answers a question, `make test` checks everything. Both set up what is missing first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Elsewhere than on Linux with a CPU build at hand: make ask TORCH_INDEX=https://… takes PyTorch from that index.
TORCH_INDEX ?=

# The question goes through the environment as it was typed: no shell and no make ever expands what is in it.
override Q := $(value Q)
export Q

.PHONY: ask test lint types fast model eval bench setup test-llm clean

ask: $(READY)
	@printf '%s' "$$Q" | $(BIN)/torkham ask - || [ $$? -eq 3 ]

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (once, a few minutes) …" >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Torkham needs Python 3.11 or newer: make ask PYTHON=python3.11" >&2; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-input $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) "$$(grep '^torch==' requirements.lock)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-input -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-input --no-deps --no-build-isolation -e .
	@touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

test: lint types
	$(BIN)/torkham sources check
	$(BIN)/python -m pytest

# Only what needs no model.
fast: $(READY)
	$(BIN)/python -m pytest -m "not model and not slow"

# How good the answers are: make eval QUESTIONS=FILE.jsonl [OLD=earlier.json]; the page and the rows go to .cache.
QUESTIONS ?= tests/data/eval_shipped.jsonl
OLD ?=
eval: $(READY)
	@mkdir -p .cache
	$(BIN)/torkham --home .cache/home eval answers "$(QUESTIONS)" --json --report .cache/eval.html $(if $(OLD),--compare "$(OLD)") > .cache/eval.json

# How quick it is, and what got worse or better: make bench [SIZES="1000 10000 100000"] [OLD=earlier.json] [BENCH=docs/speed]
# [PEERS=FOLDER DATA=DIR]; BENCH names the .json and the .svg. A million passages take long and 9 GB: SIZES=1000000. What
# peers and data are: evals/speed.py.
SIZES ?= 1000 10000 100000
BENCH ?= .cache/speed
PEERS ?=
DATA ?=
bench: $(READY)
	@mkdir -p .cache
	$(BIN)/python -m evals.speed --home .cache/home --sizes $(SIZES) --out "$(BENCH).json" --plot "$(BENCH).svg" \
		$(if $(OLD),--against "$(OLD)") $(if $(PEERS),--peers "$(PEERS)" --data "$(DATA)")

# Composed answers with a real, tiny language model, each shown sentence checked once more (compiles its server once, about
# eight minutes): make test-llm [LLM_QUESTIONS=FILE.jsonl]; the rows go to .cache/llm.json.
LLM_QUESTIONS ?= tests/data/eval_shipped.jsonl
test-llm: $(READY)
	$(BIN)/python tests/real_llm.py "$(LLM_QUESTIONS)"

clean:
	rm -rf $(VENV) .cache
