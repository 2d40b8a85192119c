"""The versions in pyproject.toml are those that the build machine installs by hash."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_pins_and_hashes_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    hashed = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")
    installed = re.findall(r"^([a-z0-9-]+==[^\s;]+)", hashed, re.MULTILINE)
    assert installed == project["tool"]["uv"]["constraint-dependencies"]
