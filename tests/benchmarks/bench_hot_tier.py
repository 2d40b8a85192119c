"""Tills that all sell one ticket at a time of the same tier.

"by hand" is pgbench sending the statements of a sale one by one, "by function" is pgbench calling the
product's sell_tickets(); both prepared, on the product's own schema, in turns with the product.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.report import Aim, Row
from tests.benchmarks.selling import compare, figures, on_offer, rate
from tests.benchmarks.stage import Stage

TILLS = (1, 4, 16, 32)
JUDGED_AT_TILLS = 16
LEAST_OF_HAND = 1.5
LEAST_OF_FUNCTION = 0.75
MOST_P95_MS = 5.0


def run(stage: Stage) -> Iterator[Row]:
    """Yield three rows for each number of tills."""
    with on_offer(stage, "bench_hot_tier", tiers=1) as offer:
        for tills in TILLS:
            runs = compare(stage, offer, tills, ("product", "by hand", "by function"))
            for way, rounds in runs.items():
                told = figures(rounds)
                if way == "product":
                    told["times_hand"] = rate(rounds) / rate(runs["by hand"])
                    told["times_function"] = rate(rounds) / rate(runs["by function"])
                yield Row(f"{tills:2} tills, {way}", told, _aims(tills, told) if way == "product" else ())


def _aims(tills: int, told: dict[str, float]) -> tuple[Aim, ...]:
    if tills == 1:
        return (Aim(f"p95 under {MOST_P95_MS:g} ms", told["p95_ms"] < MOST_P95_MS),)
    if tills == JUDGED_AT_TILLS:
        return (
            Aim(f"at least {LEAST_OF_HAND:g} x by hand", told["times_hand"] >= LEAST_OF_HAND),
            Aim(f"at least {LEAST_OF_FUNCTION:g} x by function", told["times_function"] >= LEAST_OF_FUNCTION),
        )
    return ()
