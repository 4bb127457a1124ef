"""A sample of the people says the same as everyone does, with the wider swings of chance that fewer people have."""

import numpy as np
import pytest
from fundingflows.agents.counts import Counts
from fundingflows.agents.patients.entry import allocate_capacity
from fundingflows.agents.patients.lists import ADMISSION, CLINIC, LONGEST, QUEUES
from fundingflows.agents.patients.tables import HOSPITAL_WEEK, RATES
from fundingflows.agents.patients.waiting_list import Allocation
from fundingflows.scenarios import FundingFlows

RUNS = {1.0: 10, 0.25: 8, 0.1: 10, 0.05: 10, 0.01: 24}  #: seeds at each share of Somerset
SHARES = [share for share in RUNS if share < 1.0]
MOST_Z = 3.5  #: standard errors of a difference of means; in 28 tests chance alone goes beyond once in 80 tries
#: bias that the manual owns up to (docs/performance.md), in % of the outcome, at 25 %, 10 %, 5 % and 1 %, and what
#: bias beside it so many seeds find nine times in ten (``MOST_Z`` and 1.3 standard errors) at 25 % and at 1 %
OWNED = {
    "consultations": (0.05, 0.05, 0.05, 0.1),  # 0.16, 0.5
    "failed requests": (0.5, 0.7, 0.5, 2.0),  # 3, 8
    "emergency admissions": (0.2, 0.2, 0.2, 0.7),  # 1.8, 4
    "elective admissions": (0.2, 0.2, 0.2, 0.5),  # 0.8, 3
    "waiting": (1.0, 1.0, 1.0, 1.0),  # 5, 6
    "hospital income": (0.1, 0.1, 0.1, 0.5),  # 0.6, 1.6
    "QALYs": (0.02, 0.02, 0.02, 0.03),  # 0.08, 0.24
}
#: outcomes that nothing holds but chance, so that they spread as the root of the number of people
FREE = ("emergency admissions", "bed nights", "QALYs")


def outcomes(seed: int, sample: float, place: str = "somerset", funding: str = "status_quo") -> dict[str, float]:
    """Headline outcomes of a year, whole place."""
    model = FundingFlows(place, funding, rng=seed, sample=sample).run(1)
    table = model.datacollector.get_model_vars_dataframe()
    year = model.record.years[0]
    hospital = year["organisations"]["hospital"]
    return {
        "consultations": table["consultations"].sum(),
        "failed requests": table["failed_requests"].sum(),
        "emergency admissions": table["emergency_admissions"].sum(),
        "elective admissions": float((hospital["day_cases"] + hospital["inpatients"]).sum()),
        "waiting": table["waiting"].iloc[-1],
        "bed nights": float(hospital["emergency_nights"].sum()),
        "hospital income": float(hospital["income"].sum()),
        "QALYs": float(year["qaly_years"].sum()),
    }


def together(rows: list[dict[str, float]]) -> dict[str, np.ndarray]:
    """Each outcome over seeds."""
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


@pytest.fixture(scope="module")
def results() -> dict[float, dict[str, np.ndarray]]:
    return {share: together([outcomes(seed, share) for seed in range(1, n + 1)]) for share, n in RUNS.items()}


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("name", OWNED)
def test_a_sample_is_no_more_biased_than_the_manual_says(results, name, share):
    whole, part = results[1.0][name], results[share][name]
    error = np.sqrt(whole.var(ddof=1) / whole.size + part.var(ddof=1) / part.size)
    owned = OWNED[name][SHARES.index(share)] / 100.0 * whole.mean()
    assert abs(part.mean() - whole.mean()) < MOST_Z * error + owned


@pytest.mark.long
@pytest.mark.parametrize("share", SHARES)
def test_chance_swings_wider_in_a_sample_as_the_number_of_people_has_it(results, share):
    wider = [results[share][name].std(ddof=1) / results[1.0][name].std(ddof=1) for name in FREE]
    # the mean of three ratios has an error of a sixth: swings wider or narrower by a half are found
    assert np.exp(np.log(wider).mean()) * np.sqrt(share) == pytest.approx(1.0, rel=0.4)


@pytest.mark.long
@pytest.mark.parametrize("name", OWNED)
def test_the_fewer_the_people_the_wider_the_swings(results, name):
    spread = [results[share][name].std(ddof=1) for share in (1.0, 0.1, 0.01)]
    assert spread[0] < spread[2]
    assert spread[0] < 1.3 * spread[1] < 1.3**2 * spread[2]  # a standard deviation of ten seeds is known to a quarter


@pytest.mark.long
def test_a_difference_between_ways_of_paying_is_that_of_the_whole_place(results):
    """Paired by seed, so that a tenth finds a difference in emergencies of 0.3 % and one in electives of 0.15 %."""
    moved = {}
    for share, n in ((1.0, 3), (0.1, 6)):
        rows = together([outcomes(seed, share, funding="capitated") for seed in range(1, n + 1)])
        moved[share] = {name: rows[name] / results[share][name][:n] - 1.0 for name in rows}
    for name, least in (("emergency admissions", 0.004), ("elective admissions", 0.005)):
        whole, part = moved[1.0][name], moved[0.1][name]
        error = np.sqrt(whole.var(ddof=1) / whole.size + part.var(ddof=1) / part.size)
        assert whole.mean() < -least  # there is something to find
        assert abs(part.mean() - whole.mean()) < MOST_Z * error + 0.001


def test_a_quarter_of_a_small_place_is_unbiased():
    whole, part = (together([outcomes(s, share, "anytown") for s in range(1, 17)]) for share in (1.0, 0.25))
    for name in OWNED:
        # contracts that pay less beyond a threshold pay a little less for wider swings: 1 % of hospital income here
        bend = 0.01 * whole[name].mean() if name == "hospital income" else 0.0
        error = np.sqrt((whole[name].var(ddof=1) + part[name].var(ddof=1)) / 16)
        assert abs(part[name].mean() - whole[name].mean()) < MOST_Z * error + bend, name


class Counted(Counts):
    """Two providers whose weeks are counted in a sample."""

    def __init__(self, usual: np.ndarray) -> None:
        self.kind, self.model = "counted", self
        self.usual, self.weeks_known = {"came": usual}, {"came": np.inf}
        self.week, self.luck = 0, np.random.default_rng(1)

    def normal(self, what: str, week: int, shape: tuple[int, ...]) -> np.ndarray:
        return self.luck.standard_normal(shape)


@pytest.mark.parametrize("share", [0.25, 0.01])
def test_a_count_drawn_anew_swings_and_goes_along_with_the_sample_as_the_whole_place_would(share):
    rng, usual = np.random.default_rng(2), share * np.array([2000.0, 5000.0])
    counted = rng.poisson(usual, (4000, 2)).astype(float)
    felt = []
    for week in counted:
        provider = Counted(usual)  # each week by itself: what is usual does not follow
        provider.luck = rng
        felt.append(provider.shrink_to_population("came", week, share, anew=True))
    felt = np.array(felt) / share
    whole = usual / share
    assert felt.mean(axis=0) == pytest.approx(whole, rel=0.005)
    assert felt.var(axis=0) == pytest.approx(whole, rel=0.1)  # Poisson, as the whole place is
    both = [np.cov(felt[:, k], counted[:, k])[0, 1] for k in (0, 1)]
    assert both == pytest.approx(usual, rel=0.25)  # the sample is a part of the whole, and nothing else of it is shared


def test_places_left_over_are_counted_once():
    wards = np.zeros(1, dtype=HOSPITAL_WEEK)
    wards["clinic_slots"], wards["clinic_share"] = 100.0, 0.5
    waits = np.zeros((1, 6, LONGEST), dtype=np.int64)
    waits[0, CLINIC, 3], waits[0, ADMISSION, 3] = 20, 70  # the half of clinics has 30 to spare: 80 for admissions
    line = waits[:, :QUEUES].sum(axis=2).astype(float)
    cut, part, given = np.zeros((1, QUEUES), dtype=np.int64), np.zeros((1, QUEUES)), np.zeros((1, QUEUES))
    allocation = Allocation(cut, part, given, np.zeros(1))
    rates = np.zeros(1, dtype=RATES)
    allocate_capacity(wards, rates, waits, line, np.zeros((1, 2)), np.zeros(1), allocation)
    assert given[0, [CLINIC, ADMISSION]].tolist() == [1.0, 1.0]
    assert cut[0, [CLINIC, ADMISSION]].tolist() == [-1, -1]
    waits[0, ADMISSION, 3] = line[0, ADMISSION] = 160
    allocate_capacity(wards, rates, waits, line, np.zeros((1, 2)), np.zeros(1), allocation)
    assert given[0, ADMISSION] == pytest.approx(0.5)
    assert part[0, ADMISSION] == pytest.approx(0.5)
    line[0, ADMISSION] = 320  # this sample's queue is the longer by chance the smaller part it is of the place's
    allocate_capacity(wards, rates, waits, line, np.zeros((1, 2)), np.zeros(1), allocation)
    assert part[0, ADMISSION] == pytest.approx(0.25)


def test_newcomers_of_a_sample_differ_by_seed_and_are_the_whole_places():
    keys = {}
    for share in (1.0, 0.1):
        for seed in (1, 2):
            model = FundingFlows("anytown", None, rng=seed, sample=share)
            model.newcomers.draw(0, 52, model)
            keys[share, seed] = set(model.newcomers.coming["key"].tolist())
    assert keys[1.0, 1] == keys[1.0, 2]
    assert keys[0.1, 1] != keys[0.1, 2]
    assert keys[0.1, 1] | keys[0.1, 2] < keys[1.0, 1]
