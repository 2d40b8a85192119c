"""Tills that sell one ticket at a time, dealt out over 20 tiers of 20 events."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks.report import Row
from tests.benchmarks.selling import compare, figures, on_offer, rate
from tests.benchmarks.stage import Stage

TIERS = 20
TILLS = (1, 4, 16, 32)


def run(stage: Stage) -> Iterator[Row]:
    """Yield two rows for each number of tills: the product, and pgbench calling the same function."""
    alone = 0.0
    with on_offer(stage, "bench_many_tiers", tiers=TIERS) as offer:
        for tills in TILLS:
            runs = compare(stage, offer, tills, ("product", "by function"))
            told = figures(runs["product"])
            alone = alone or told["sales_per_second"]
            told["times_one_till"] = told["sales_per_second"] / alone
            told["times_function"] = rate(runs["product"]) / rate(runs["by function"])
            yield Row(f"{tills:2} tills, product", told)
            yield Row(f"{tills:2} tills, by function", figures(runs["by function"]))
