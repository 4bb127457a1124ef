"""How long things take: run with ``pytest tests/benchmarks --benchmark-enable -p no:cacheprovider``; never asserted."""

import pytest
from fundingflows.scenarios import FundingFlows


@pytest.mark.parametrize("threads", [1, 2])
def test_somerset_a_year(benchmark, threads):
    FundingFlows("somerset", "status_quo", rng=1, threads=threads).step()

    def setup():
        return (FundingFlows("somerset", "status_quo", rng=1, threads=threads),), {}

    model = benchmark.pedantic(lambda m: m.run(1), setup=setup, rounds=3)
    weeks = 52 * len(model.patients)
    benchmark.extra_info["ns_per_patient_week"] = benchmark.stats.stats.median / weeks * 1e9


def test_making_a_model_from_the_cache(benchmark):
    benchmark.pedantic(lambda: FundingFlows("somerset", "status_quo", rng=1), rounds=3, warmup_rounds=1)
