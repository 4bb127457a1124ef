"""A hash of the source, so that cached results from another version are never reused."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of the text of ``model/`` and ``agents/``; baselines are data and have digests of their own."""
    here = Path(__file__).parent
    agents = here.parent / "agents"
    files = sorted([*here.rglob("*.py"), *agents.rglob("*.py")])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
