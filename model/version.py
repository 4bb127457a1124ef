"""Which model this is: a digest of its own text, so that what another version made is never taken for this one's."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of the text of ``model/``, ``agents/`` and the shipped parameters."""
    here = Path(__file__).parent
    agents = here.parent / "agents"
    files = sorted([*here.rglob("*.py"), *agents.rglob("*.py"), *here.glob("parameters/*.toml")])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
