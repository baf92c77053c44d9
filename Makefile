# The two commands of a newcomer: `make demo` and `make test`. Both build what is missing, then do the job.
#   make demo ARGS=--no-serve     ends after loading the demo
#   make demo ARGS="--port 0"     on any free port
#   make test ARGS="-k draw"      a part of the tests
#   make prove-sealed             the proofs of the sealed room alone
.PHONY: demo test prove-sealed check fix venv assets

demo: venv assets
	@.venv/bin/mingcha demo $(ARGS)

test: venv assets
	@sh scripts/test.sh $(ARGS)

prove-sealed: venv assets
	@sh scripts/test.sh -m proof $(ARGS)

check: venv
	@.venv/bin/python -m ruff check . && .venv/bin/python -m ruff format --check .
	@.venv/bin/python -m mypy mingcha
	@.venv/bin/python -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@sh scripts/assets.sh check

fix: venv
	@.venv/bin/python -m ruff check --fix . ; .venv/bin/python -m ruff format .

venv:
	@sh scripts/bootstrap.sh

assets: venv
	@sh scripts/assets.sh
