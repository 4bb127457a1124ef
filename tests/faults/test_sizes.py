"""Designs are counted before they are made: too large a one is refused at once, with its count."""

from time import monotonic, process_time

import pytest
from fundingflows.agents.patients.calendar import weeks_of
from fundingflows.experiments.cli import main
from fundingflows.experiments.runs.spec import spec_of
from fundingflows.experiments.sweeps import design, frontier, plan, samples
from fundingflows.model.errors import InputError

PATHS = ("behaviour.altruism", "behaviour.horizon_years", "behaviour.discount_rate")
RATE = "contracts.practice.global_sum.rate"
SPAN = {"low": 0.01, "high": 0.02}


def planned(**given):
    return plan.make("mine", design.of("mine.toml", **{"fundings": ["status_quo"], "years": 1.0, **given}))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seeds": 10**9}, "seeds: expected from 1 to 10,000 of them, got 1,000,000,000"),
        ({"seeds": 0}, "seeds: expected from 1"),
        ({"seeds": [2**63]}, "seeds"),
        ({"design": {"kind": "sobol", "points": 10**9}}, "points"),
        ({"design": {"kind": "morris", "trajectories": 10**9}}, "trajectories"),
        ({"design": {"levels": 10**6}}, "levels"),
        ({"design": {"seed": 10**20}}, "seed"),
        ({"vary": dict.fromkeys(PATHS, SPAN), "design": {"levels": 1000}}, "describes 5,000,000,000 runs"),
        ({"vary": {PATHS[0]: {**SPAN, "levels": 10**9}}}, "levels: expected numbers, or how many"),
        (
            {"vary": {PATHS[0]: SPAN}, "seeds": 10_000, "design": {"kind": "sobol", "points": 1024}},
            "describes 10,240,000",
        ),
        ({"vary": {PATHS[0]: {"low": 0, "high": 1e300}}}, "at most"),
        (
            {"vary": {RATE: {"low": 70, "high": 80}}, "design": {"kind": "sobol", "points": 2**14}},
            "describes 16,384 ways of paying; expected at most 10,000",
        ),
    ],
)
def test_a_design_without_bounds_is_refused_at_once(given, said):
    began = monotonic()
    with pytest.raises(InputError, match=said):
        planned(**{"seeds": 5, **given})
    assert monotonic() - began < 5.0


def test_a_large_plan_is_made_in_seconds():
    began = process_time()
    plan_of = planned(seeds=10_000, vary={PATHS[0]: [0.1, 0.2]})
    assert len(plan_of.runs) == len({run.key for run in plan_of.runs}) == 20_000
    assert process_time() - began < 10.0


def test_changed_parameters_are_those_that_were_asked_for_and_no_others():
    known = plan.baseline_of("anytown").parameters
    changed = known.changed({PATHS[0]: 0.3, PATHS[1]: {"multiply": 2}})
    assert changed.behaviour.altruism == changed[PATHS[0]].value == 0.3
    assert changed.behaviour.horizon_years == 2 * known.behaviour.horizon_years
    assert known.behaviour.altruism != 0.3
    assert {path for path in known if changed[path] != known[path]} == set(PATHS[:2])
    assert changed.digest != known.digest == known.changed({}).digest
    assert changed.changed({p: known[p].value for p in PATHS[:2]}).digest == known.digest


@pytest.mark.parametrize(
    "kind",
    ["grid", "latin_hypercube", "sobol", "one_at_a_time", "morris", "saltelli"],
)
def test_a_design_is_counted_as_it_is_made(kind):
    if kind in ("morris", "saltelli"):
        pytest.importorskip("SALib")
    given = {"vary": {PATHS[0]: SPAN, PATHS[1]: [1, 2, 4]}, "design": {"kind": kind, "points": 8, "trajectories": 3}}
    file = design.of("mine", fundings=["status_quo"], **given)
    varied = design.variables("mine", file, plan.baseline_of("anytown").parameters)
    assert samples.count(file, varied) == len(samples.points(file, varied))


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "--seeds", "1000000000"),
        ("compare", "--uncertainty", "1000000000"),
        ("run", "a", "b", "--seed", "9" * 20),
        ("run", "anytown", "status_quo", "--years", "1e9"),
        ("run", "anytown", "status_quo", "--years", "nan"),
        ("run", "anytown", "status_quo", "--sample", "1e-9"),
        ("run", "anytown", "status_quo", "--sample", "0.001"),
        ("run", "anytown", "status_quo", "--set", "hospital.acsc_share=0.2", "--set", "hospital.acsc_share=0.3"),
        ("sensitivity", "status_quo", "--points", "1000000000", "--method", "sobol"),
        ("sensitivity", "status_quo", "--trajectories", "1000000000"),
        ("frontier", "--lattice", "0"),
        ("frontier", "--lattice", "-20"),
        ("frontier", "--seeds", "0"),
        ("frontier", "--objective", "qalys"),
        ("frontier", "--objective", "qalys", "--objective", "qalys"),
    ],
)
def test_options_are_bounded(tmp_path, monkeypatch, capsys, words):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["fundingflows", *words])
    began = monotonic()
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "expected" in capsys.readouterr().err
    assert monotonic() - began < 10.0
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("steps", [0, -1, 3, 40])
def test_a_lattice_has_steps(steps):
    with pytest.raises(InputError, match="expected a divisor of 20"):
        frontier.lattice(["status_quo"], steps)


@pytest.mark.parametrize(("years", "weeks"), [(1.0, 52), (1.5, 78), (1.25, 65), (1.02, 53), (1.0193, 53), (0.0, 0)])
def test_years_that_are_whole_weeks_are_taken_as_they_are(years, weeks):
    assert weeks_of(years) == weeks


@pytest.mark.parametrize(("years", "weeks"), [(1.005, 52), (1.33, 69), (2.7, 140), (1.1, 57), (49.99, 2599)])
def test_years_that_are_no_whole_weeks_are_not_rounded_in_silence(years, weeks):
    with pytest.warns(UserWarning, match=f"{years:g} years are .* weeks; .* this one has {weeks}"):
        assert weeks_of(years) == weeks
    with pytest.warns(UserWarning, match="weeks"):
        assert {run.weeks for run in planned(years=years).runs} == {weeks}
    with pytest.warns(UserWarning, match="weeks"):
        assert spec_of("anytown", "status_quo", years=years).weeks == weeks
