# The single steps; `./zuji test` runs all of them.
export PYTHONPATH := "src"
python := env("ZUJI_VENV", ".venv") / "bin/python"

# everything the gate runs
all:
    ./zuji test

# rewrite the code in one format
fmt:
    {{python}} -m ruff format .
    {{python}} -m ruff check --fix .

# types and arrows
types:
    {{python}} -m mypy
    {{parent_directory(python)}}/lint-imports

# quick tests only
quick:
    {{python}} -m pytest -m "not sdk and not browser and not crash and not slow and not data"

# start empty
serve:
    ./zuji serve

# the benchmark table (minutes; wants an idle machine)
bench:
    {{python}} bench/pipeline.py
