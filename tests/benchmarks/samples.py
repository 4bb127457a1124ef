"""What a sample says beside everyone: bias and spread of headline outcomes, as a table.

    uv run python tests/benchmarks/samples.py --place somerset --seeds 12
"""  # fmt: skip

from __future__ import annotations

import argparse

import numpy as np
from fundingflows.experiments.results import measures
from fundingflows.scenarios import FundingFlows

SHARES = (1.0, 0.25, 0.1, 0.05, 0.01)
SHOWN = ("consultations", "failed", "emergencies", "electives", "waiting", "hospital_income", "qalys")


def main() -> None:
    """One year at each share and seed; means relative to everyone's, standard errors, and spreads over everyone's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--place", default="somerset")
    parser.add_argument("--seeds", type=int, default=12)
    chosen = parser.parse_args()
    found: dict[float, list[dict[str, float]]] = {}
    for share in SHARES:
        models = (FundingFlows(chosen.place, "status_quo", rng=s, sample=share) for s in range(1, chosen.seeds + 1))
        found[share] = [measures.read(model.run(1)) for model in models]
    print("| outcome | " + " | ".join(f"{share:.0%}" for share in SHARES[1:]) + " |")
    print("|---|" + "---|" * (len(SHARES) - 1))
    for measure in measures.MEASURES:
        if measure.key not in SHOWN:
            continue
        whole = np.array([row[measure.key] for row in found[1.0]])
        cells = []
        for share in SHARES[1:]:
            part = np.array([row[measure.key] for row in found[share]])
            error = np.sqrt((whole.var(ddof=1) + part.var(ddof=1)) / chosen.seeds)
            z = (part.mean() - whole.mean()) / error
            cells.append(
                f"{part.mean() / whole.mean() - 1:+.2%} (z {z:+.1f}; sd × {part.std(ddof=1) / whole.std(ddof=1):.1f})"
            )
        print(f"| {measure.label} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
