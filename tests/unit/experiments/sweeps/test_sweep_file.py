"""A sweep's file: what it may say, the points it gives, and which runs are the same run."""

import numpy as np
import pytest
from fundingflows.experiments.runs.engine import part_of
from fundingflows.experiments.sweeps import design, plan, samples
from fundingflows.experiments.sweeps.blend import blended, solved
from fundingflows.experiments.sweeps.frontier import POOLED
from fundingflows.model.errors import InputError
from fundingflows.scenarios import load_baseline, load_funding, load_place

NUMBERS = load_baseline("2015_16").parameters


def keys(**given):
    given = {"fundings": ["status_quo"], "years": 1, "seeds": 1} | given
    return [run.key for run in plan.make("t", design.SweepFile(**given)).runs]


ALTRUISM = "behaviour.altruism"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('funding = ["status_quo"]', "unknown key 'funding'; did you mean 'fundings'?"),
        ('title = "x"', "missing key 'fundings'"),
        ('fundings = ["statusquo"]', "did you mean 'status_quo'"),
        ('fundings = ["status_quo", "status_quo"]', "named twice"),
        ('fundings = ["status_quo"]\nplaces = ["anytwn"]', "did you mean 'anytown'"),
        ('fundings = ["status_quo"]\nyears = 0.5', "years"),
        ('fundings = ["status_quo"]\nseeds = [1, 1]', "seeds"),
        ('fundings = ["status_quo"]\nseeds = 0', "seeds"),
        ('fundings = ["status_quo"]\n[design]\nkind = "gird"', "did you mean 'grid'"),
        ('fundings = ["status_quo"]\n[design]\npoint = 3', "did you mean 'points'"),
        ('fundings = ["status_quo"]\n[vary]\n"behaviour.altruisn" = [0.1]', "did you mean 'behaviour.altruism'"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = ["a"]', "finite numbers"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = { low = 2, high = 1 }', "low below high"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = { lo = 2, high = 1 }', "did you mean 'low'"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = 3', "expected a list"),
        ('fundings = ["status_quo"]\n[vary]\nhospital.acsc_share = [1.5]', "at most 1"),
        ('fundings = ["status_quo"]\n[vary]\n"blend.practise.capitated" = [0.5]', "blend.KIND.FUNDING"),
        ('fundings = ["status_quo"]\n[vary]\n"blend.practice.capitate" = [0.5]', "did you mean 'capitated'"),
        ('fundings = ["status_quo"]\n[vary]\n"contracts.practice.qoff.per_head" = [1]', "did you mean 'qof'"),
        ('fundings = ["status_quo"]\n[vary]\n"hold.practice.proactive" = [1]', "freeze_behaviour = true"),
        ('fundings = ["status_quo"]\nprecision = ["qaly"]', "did you mean 'qalys'"),
        ('fundings = "status_quo"', "fundings: expected a list, got 'status_quo'"),
        ('fundings = ["status_quo"]\nseeds = true', "seeds: expected a whole number, got True"),
        ('fundings = ["status_quo"]\nyears = "5"', "years: expected a number, got '5'"),
        ('fundings = ["status_quo"]\ndesign = "sobol"', "design: expected a table"),
        ('fundings = ["status_quo"]\n[design]\nkind = "sobol"', "mine.toml: design.kind = sobol: nothing varies"),
        ('fundings = ["status_quo"]\n[vary]\n"behaviour" = "plausible"', "is a group; name one of its parameters"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = [0.1]\nseeds = 3', "write it above [vary]"),
        ('fundings = ["status_quo"]\n[vary]\nbehaviour.altruism = { min = 0, max = 1 }', "altruism: unknown key 'min'"),
        (
            'fundings = ["status_quo", "capitated"]\n[vary]\n"contracts.practice.qof.per_head" = [1]',
            "vary: capitated: contracts.practice.qof.per_head: unknown term 'qof'",
        ),
        ('fundings = ["status_quo"]\nfreeze_behaviour = true\n[vary]\n"hold.practice.proactive" = [-1]', "at least 0"),
        ("fundings = [", "not valid TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, text, said):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(InputError) as refused:
        plan.from_file(tmp_path / "mine.toml")
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_grid_crosses_and_one_at_a_time_does_not():
    vary = {ALTRUISM: [0.0, 0.2], "hospital.acsc_share": {"low": 0.1, "high": 0.3, "levels": 3}}
    grid = design.SweepFile(fundings=["status_quo"], vary=vary)
    assert len(samples.points(grid, design.variables("t", grid, NUMBERS))) == 6
    single = grid.model_copy(update={"design": design.Design(kind="one_at_a_time")})
    points = samples.points(single, design.variables("t", single, NUMBERS))
    assert points[0] == {}
    assert [len(p) for p in points[1:]] == [1] * 5


@pytest.mark.parametrize("kind", ["latin_hypercube", "sobol"])
def test_samples_fill_the_range_and_are_the_same_each_time(kind):
    file = design.SweepFile(
        fundings=["status_quo"], vary={ALTRUISM: "plausible"}, design=design.Design(kind=kind, points=16)
    )
    x = np.array([p[ALTRUISM] for p in samples.points(file, design.variables("t", file, NUMBERS))])
    assert len(np.unique((x / 0.5 * 16).astype(int))) == 16  # one in each sixteenth
    assert samples.points(file, design.variables("t", file, NUMBERS))[3][ALTRUISM] == x[3]


def test_more_points_of_the_sobol_sequence_add_to_those_there_are():
    vary = {ALTRUISM: "plausible", "hospital.acsc_share": "plausible"}
    few = keys(vary=vary, design=design.Design(kind="sobol", points=6))
    assert keys(vary=vary, design=design.Design(kind="sobol", points=16))[:6] == few


def test_more_seeds_levels_and_funding_files_keep_the_runs_there_are():
    few = set(keys(vary={ALTRUISM: {"low": 0.0, "high": 0.4, "levels": 3}}))
    more = keys(vary={ALTRUISM: {"low": 0.0, "high": 0.4, "levels": 5}}, seeds=2, fundings=["status_quo", "capitated"])
    assert few < set(more)
    assert len(more) == 5 * 2 * 2 == len(set(more))


def test_what_can_change_a_result_changes_the_key():
    (base,) = keys()
    others = [
        *keys(seeds=[2]), *keys(years=2), *keys(sample=0.5), *keys(fundings=["capitated"]),
        *keys(freeze_behaviour=True), *keys(vary={ALTRUISM: [0.2]}),
        *keys(vary={"contracts.practice.qof.per_head": [11.0]}),
        *keys(vary={"blend.practice.capitated": [0.5]}),
        *keys(freeze_behaviour=True, vary={"hold.practice.proactive": [1.5]}),
    ]  # fmt: skip
    assert len({base, *others}) == len(others) + 1


def test_the_shipped_value_is_the_same_run_as_no_change():
    shipped = float(NUMBERS[ALTRUISM].value)
    assert keys(vary={ALTRUISM: [shipped]}) == keys()
    both = plan.make(
        "t", design.SweepFile(fundings=["status_quo"], seeds=1, vary={ALTRUISM: [shipped, 0.2]},
                              design=design.Design(kind="one_at_a_time"))
    )  # fmt: skip
    assert (len(both.rows), len(both.runs)) == (3, 2)


def test_parts_divide_the_full_list():
    whole = plan.make("t", design.SweepFile(fundings=["status_quo", "capitated"], seeds=5))
    parts = [part_of(whole.runs, i, 3) for i in (1, 2, 3)]
    assert {run.key for part in parts for run in part} == {run.key for run in whole.runs}
    assert sum(map(len, parts)) == len(whole.runs)


@pytest.mark.parametrize("kind", ["practice", "hospital", "social_care"])
def test_a_blend_spends_what_its_files_spend_and_owes_a_part_of_each(kind):
    place, usual = load_place("anytown"), load_funding("status_quo")
    heads, items = load_funding("capitated"), load_funding("activity_based")
    mixed = blended(place, heads, {kind: [(items, 0.3)]})
    expected = solved(place, usual)[1][kind]
    due = {f.id: solved(place, f)[0].contracts[kind].due(expected) for f in (usual, heads, items)}
    np.testing.assert_allclose(
        mixed.contracts[kind].due(expected), 0.7 * due["capitated"] + 0.3 * due["activity_based"], rtol=1e-6
    )

    def spend(due):
        return due.sum() / (due.shape[0] if due.ndim == 2 else 1)

    assert spend(mixed.contracts[kind].due(expected)) == pytest.approx(spend(due["status_quo"]), rel=1e-3)
    pooled = blended(place, load_funding(POOLED), {kind: [(heads, 0.7), (items, 0.3)]})
    assert {term.payer for term in pooled.contracts[kind]} == {"pot"}
    with pytest.raises(InputError, match="at most 1"):
        blended(place, heads, {kind: [(items, 0.7), (usual, 0.4)]})
