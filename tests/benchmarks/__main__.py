"""Run benchmarks by name, all of them when none is named."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from contextlib import ExitStack
from pathlib import Path

import tests.benchmarks
from tests.benchmarks.pgbench import PgbenchMissing
from tests.benchmarks.report import Result, table, write_json
from tests.benchmarks.stage import Stage

PREFIX = "bench_"


def main() -> int:
    """Run what was asked for; 1 when an aim was missed, 2 when something to measure with is missing."""
    known = sorted(
        module.name.removeprefix(PREFIX)
        for module in pkgutil.iter_modules(tests.benchmarks.__path__)
        if module.name.startswith(PREFIX)
    )
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"any of: {', '.join(known)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures to this file as well")
    parser.add_argument("--seconds", type=float, default=4, help="length of each measurement (default: 4)")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(known)
    if unknown:
        parser.error(f"no benchmark called {', '.join(sorted(unknown))}; there are: {', '.join(known)}")

    results: list[Result] = []
    with ExitStack() as stack:
        stage = Stage(arguments.seconds, stack)
        for name in arguments.names or known:
            try:
                results.append(_run(name, stage))
            except PgbenchMissing as missing:
                sys.stderr.write(f"{name}: {missing}\n")
                return 2
            sys.stdout.write(f"{table(results[-1])}\n")
            sys.stdout.flush()
        sys.stdout.write(f"\n{stage.server_words}\n")
        if arguments.json:
            write_json(arguments.json, results, stage.server_words)
    return 0 if all(aim.met for result in results for row in result.rows for aim in row.aims) else 1


def _run(name: str, stage: Stage) -> Result:
    module = importlib.import_module(f"{tests.benchmarks.__name__}.{PREFIX}{name}")
    return Result(name, (module.__doc__ or "").partition("\n")[0], tuple(module.run(stage)))


if __name__ == "__main__":
    sys.exit(main())
