"""A difference taken apart: games whose answer is known."""

import numpy as np
import pytest
from fundingflows.experiments.results import parts, reasons
from fundingflows.experiments.results.measures import MEASURES

THREE = ("a", "b", "c")


def game(names, value, exact=True, number=0):
    return {at_work: value(at_work) for at_work in parts.coalitions(names, number, exact)}


def test_in_a_williams_square_every_part_stands_in_every_place_once():
    names = list(parts.parts())
    square = np.array([[names.index(name) for name in parts.order(names, number)] for number in range(len(names))])
    for column in square.T:
        assert sorted(column) == list(range(8))
    following = {(row[k], row[k + 1]) for row in square for k in range(7)}
    assert len(following) == 56  # and every other part follows it once


def test_orders_pass_sixteen_coalitions_of_eight_parts():
    assert len(parts.coalitions(list(parts.parts()))) == 16
    assert len(parts.coalitions(list(parts.parts()), exact=True)) == 256


@pytest.mark.parametrize("exact", [True, False])
def test_parts_that_add_up_have_what_they_bring(exact):
    brings = {"a": 1.0, "b": 2.0, "c": -4.0}
    found = parts.shares(game(THREE, lambda s: 10.0 + sum(brings[x] for x in s), exact), THREE, 0)
    assert {name: share.share for name, share in found.items()} == pytest.approx(brings)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_two_that_act_together_share_what_they_do_only_together(exact, number):
    worth = game(THREE, lambda s: 6.0 * ({"a", "b"} <= s) + 1.0 * ("c" in s), exact, number)
    found = parts.shares(worth, THREE, number)
    assert [found[name].share for name in THREE] == pytest.approx([3.0, 3.0, 1.0])


def test_three_that_act_together_share_alike_over_all_orders():
    found = parts.shares(game(THREE, lambda s: 6.0 * (len(s) == 3)), THREE, 0)
    assert [found[name].share for name in THREE] == pytest.approx([2.0, 2.0, 2.0])


def made(seeds=3):
    """A table of games of eight parts with interactions of all sizes."""
    names, draw = list(parts.parts()), np.random.default_rng(1)
    worth = {
        measure.key: [
            {at_work: float(draw.normal(len(at_work))) for at_work in parts.coalitions(names, number)}
            for number in range(seeds)
        ]
        for measure in MEASURES
    }
    return worth, parts.table(worth, {measure.key: 100.0 for measure in MEASURES})


def test_prices_and_parts_add_up_to_the_difference():
    worth, table = made()
    for measure, own in table.groupby("measure"):
        value = own.set_index("part")["difference"]
        summed = sum(value[name] for name in (parts.PRICES, *parts.parts()))
        assert summed == pytest.approx(value[parts.WHOLE], abs=1e-9)
        everything = frozenset(parts.parts())
        assert value[parts.WHOLE] == pytest.approx(np.mean([one[everything] for one in worth[measure]]))


def test_interaction_is_what_the_two_halves_do_only_together():
    worth, table = made(seeds=1)
    one, names = worth["failed"][0], list(parts.parts())
    half, other = (frozenset(order[:4]) for order in parts.orders(names, 0))
    both = one[frozenset(names)] - one[half] - one[other] + one[frozenset()]
    value = table[(table["measure"] == "failed") & (table["part"] == parts.INTERACTION)]["difference"].item()
    assert value == pytest.approx(both)


def rowed(**differences):
    """A table of one measure, requests not met at 12 %, with these sure differences by part."""
    names = list(parts.parts())
    worth = {
        m.key: [
            {s: sum(differences.get(x, 0.0) for x in s) * (m.key == "failed") for s in parts.coalitions(names, k)}
            for k in range(2)
        ]
        for m in MEASURES
    }  # fmt: skip
    return parts.table(worth, {m.key: 12.0 for m in MEASURES})


def test_sentences_lead_with_what_changes_most():
    lines = reasons.sentences(rowed(hospitals=1.0, workforce=-3.0))
    who = "Who joins, stays or leaves in practices and community services"
    assert lines[0] == f"{who} lowers requests not met by 3 percentage points (whole difference −2)."
    assert lines[1].startswith("What hospitals do differently raises requests not met by 1 percentage points")
    assert lines[2].startswith("Prices alone, practices' behaviour, councils' behaviour")
    assert "recording" not in " ".join(lines)


def test_the_title_names_the_part_that_explains_most():
    title = reasons.finding(rowed(hospitals=1.0, workforce=-3.0), "As today", "Something else")
    points = "Requests not met −2 percentage points, of which workforce −3"
    assert title == f"“Something else” compared with “As today”\n{points}"
