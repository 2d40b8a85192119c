"""Benchmarks, apart from the tests: `uv run python -m tests.benchmarks [names] [--json FILE] [--seconds N]`.

One file each: a module `bench_<name>.py` whose `run(stage)` yields rows (see report.py). Its docstring's
first line is the heading of its table. Rates are told beside a reference on the same server and in the
same minutes.
"""
