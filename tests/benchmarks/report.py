"""What a benchmark says: rows of figures, printed as a table and written as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Aim:
    """What is aimed at, in words, and whether it was met."""

    words: str
    met: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One measured case. Figures bear their unit in their name, e.g. `p95_ms`, `sales_per_second`."""

    case: str
    figures: dict[str, float] = field(default_factory=dict)
    aims: tuple[Aim, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark with its rows."""

    name: str
    title: str
    rows: tuple[Row, ...]


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that `percent` of the values do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def latencies(values_ms: Sequence[float]) -> dict[str, float]:
    """Return the three percentiles that every latency is told by, in milliseconds."""
    return {f"p{percent}_ms": percentile(values_ms, percent) for percent in (50, 95, 99)}


def table(result: Result) -> str:
    """Return one benchmark as text."""
    columns = list(dict.fromkeys(name for row in result.rows for name in row.figures))
    lines = [["", *(column.replace("_", " ") for column in columns), ""]]
    lines += [
        [row.case, *(_figure(row.figures.get(column)) for column in columns), _verdict(row.aims)]
        for row in result.rows
    ]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns) + 2)]
    text = [f"\n{result.name}: {result.title}"]
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1], strict=True)]
        text.append("  ".join([*cells, line[-1]]).rstrip())
    return "\n".join(text)


def write_json(path: Path, results: Iterable[Result], server: str) -> None:
    """Write all results to a file."""
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "server": server,
        "benchmarks": [asdict(result) for result in results],
    }
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _verdict(aims: tuple[Aim, ...]) -> str:
    return "; ".join(f"{'met' if aim.met else 'MISSED'}: {aim.words}" for aim in aims)
