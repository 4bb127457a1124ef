"""Neutral prices at the edges: shares that just fit, changes for some providers, what is refused; £ by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from fundingflows.model.contracts.change import Change, Who
from fundingflows.model.contracts.contract import Contract, Neutral
from fundingflows.model.contracts.neutral import references, solve, solved_references, unsolved
from fundingflows.model.contracts.terms.block import Block
from fundingflows.model.contracts.terms.capitation import Capitation
from fundingflows.model.contracts.terms.outcome import Outcome
from fundingflows.model.contracts.terms.tariff import Tariff
from fundingflows.model.errors import InputError
from fundingflows.model.scenario import Funding

#: one provider of 100 people and one of 300
PEOPLE = {
    "elapsed": 1.0,
    "people_at_start": np.array([100.0, 300.0]),
    "people_flat": np.array([100.0, 300.0]),
    "share_at_start": np.array([0.25, 0.75]),
    "visits": np.array([100.0, 300.0]),
    "quality": np.array([0.5, 0.5]),
}
LIKE = Neutral("usual")
LAST = Outcome(name="last", indicator="quality")  # pays nothing
FIXED = Block(name="fixed", per_head=2.5)  # £1,000 of the £4,000
OTHERS = {"usual": Funding("usual", "t", "q", "s", {"practice": Contract((Block(per_head=10.0),))})}


def like(share=None, times=1.0):
    return Neutral("usual", share=share, times=times)


def rates(*terms, activity=PEOPLE, others=OTHERS):
    """Capitation rates after solving, in the order of the contract."""
    mine = Funding("mine", "t", "q", "s", {"practice": Contract(terms)})
    found = solve(mine, others, {"practice": activity}).contracts["practice"]
    return [term.rate for term in found if isinstance(term, Capitation)]


def refused(*terms, others=OTHERS):
    with pytest.raises(InputError) as caught:
        rates(*terms, others=others)
    return str(caught.value)


# shares -------------------------------------------------------------------------------------------------------------


def test_shares_may_be_all_that_is_left():
    assert rates(FIXED, Capitation(rate=like(share=0.75))) == pytest.approx([7.5])
    assert rates(Capitation(rate=like(share=0.25)), FIXED, Capitation(rate=like(share=0.5))) == pytest.approx([2.5, 5])


def test_prices_without_a_share_divide_what_the_others_leave():
    terms = (Capitation(rate=like(share=0.15)), Capitation(rate=LIKE), FIXED, Capitation(rate=LIKE))
    assert rates(*terms) == pytest.approx([1.5, 3.0, 3.0])


def test_a_file_may_be_named_twice():
    as_read = Neutral("".join(list("usual")))  # equal to the first name, and not the same object
    assert rates(Capitation(rate=LIKE), Capitation(rate=as_read)) == pytest.approx([5.0, 5.0])


def test_a_multiple_of_the_other_files_spending_is_raised():
    assert rates(FIXED, Capitation(rate=like(times=1.5))) == pytest.approx([12.5])
    assert rates(FIXED, Capitation(rate=like(times=0.5))) == pytest.approx([2.5])
    assert rates(Capitation(rate=like(times=0.5, share=0.2)), Capitation(rate=like(times=0.5))) == pytest.approx([1, 4])


@pytest.mark.parametrize("pounds", [0.002, 0.9, 1.0, 3.0, 4.0, 5e5])
def test_small_and_large_prices_are_found(pounds):
    others = {"usual": Funding("usual", "t", "q", "s", {"practice": Contract((Block(per_head=pounds),))})}
    assert rates(Capitation(rate=LIKE), others=others) == pytest.approx([pounds], rel=1e-9)


def test_spending_over_several_futures_is_their_mean():
    # £10 of 80 and 120 visits in all: £1,000 a year on average; a term that futures do not change is counted once
    others = {"usual": Funding("usual", "t", "q", "s", {"practice": Contract((Tariff(prices={"visits": 10.0}),))})}
    two = PEOPLE | {"visits": np.array([[50.0, 30.0], [70.0, 50.0]])}
    assert rates(Capitation(rate=LIKE), activity=two, others=others) == pytest.approx([2.5])
    assert rates(Block(per_head=1.0), Capitation(rate=LIKE), activity=two, others=others) == pytest.approx([1.5])


# what is refused ----------------------------------------------------------------------------------------------------


def test_shares_that_do_not_fit_are_refused_in_pounds():
    where = "mine: contracts.practice: "
    assert refused(FIXED, Capitation(rate=like(share=0.8))) == (
        where + "shares of 0.8 of £4,000 are more than is left, £3,000"
    )
    assert refused(FIXED, Capitation(rate=like(share=0.75)), Capitation(rate=LIKE)) == (
        where + "shares of 0.75 of £4,000 are more than is left, £3,000"
    )
    assert refused(FIXED, Capitation(rate=like(share=0.7))) == (
        where + "shares of 0.7 leave £200 unraised; leave one price without a share"
    )
    assert "unraised" in refused(Block(per_head=2.499), Capitation(rate=like(share=0.75)))  # by forty pence
    assert refused(Block(per_head=10.0), Capitation(rate=LIKE)) == (
        where + "terms with a price already pay £4,000 of £4,000"
    )
    assert refused(Block(per_head=2.0), Block(per_head=9.0), Capitation(rate=LIKE)) == (
        where + "terms with a price already pay £4,400 of £4,000"
    )
    assert refused(Block(per_head=LIKE, amount=LIKE)) == where + "a term has two neutral prices; one is enough"


def test_prices_of_one_contract_look_at_one_file_and_one_multiple():
    where = "mine: contracts.practice: "
    two = (Capitation(rate=LIKE), Capitation(rate=Neutral("other")))
    assert refused(*two) == where + "neutral with 'usual' and 'other'; one is enough"
    assert refused(Capitation(rate=LIKE), Capitation(rate=like(times=2.0))) == (
        where + "neutral prices ask for different multiples of 'usual'; one is enough"
    )
    assert "unknown funding file 'usuel'" in refused(Capitation(rate=Neutral("usuel")))
    open_ = {"usual": Funding("usual", "t", "q", "s", {"practice": Contract((FIXED, Capitation(rate=LIKE)))})}
    assert refused(Capitation(rate=LIKE), others=open_) == where + "'usual' has neutral prices of its own"


def test_a_price_of_something_never_done_is_refused():
    nothing = Tariff(name="idle", prices={"visits": 0.0}, scale=LIKE)
    assert refused(nothing) == (
        "mine: contracts.practice.idle.scale: no price raises £4,000; is its activity ever done?"
    )


# which prices and files ----------------------------------------------------------------------------------------------


def test_unsolved_prices_are_named_by_term_and_field():
    prices = Contract((FIXED, Capitation(rate=LIKE), Block(per_head=like(share=0.1), amount=LIKE)))
    assert unsolved(prices) == [(1, "rate", LIKE), (2, "per_head", like(share=0.1)), (2, "amount", LIKE)]
    assert unsolved(Contract((FIXED,))) == []


def test_files_that_prices_and_pools_refer_to():
    change = Change(date(2015, 4, 1), where="mine: changes[0]", contract=Contract((Capitation(rate=Neutral("b")),)),
                    add_terms=(Capitation(rate=Neutral("c")), Capitation(rate=Neutral("a"))))  # fmt: skip
    plain = Change(date(2015, 4, 1), where="mine: changes[1]", add_terms=(Capitation(rate=Neutral("b")),))
    pools = (SimpleNamespace(name="pot", budget_like="d"), SimpleNamespace(name="tin", budget_like="a"))
    contracts = {"practice": Contract((FIXED, Capitation(rate=Neutral("a"))))}
    mine = Funding("mine", "t", "q", "s", contracts, changes=(change, plain), pools=pools)
    assert references(mine) == {
        "a": "contracts.practice: neutral_with", "b": "mine: changes[0]: neutral_with",
        "c": "mine: changes[0]: neutral_with", "d": "pools (pot): budget_like",
    }  # fmt: skip


def test_reference_files_are_solved_without_their_changes_and_pools():
    change = Change(date(2015, 4, 1), who=Who("practice"), contract=Contract((Block(per_head=99.0),)))
    half = Funding("half", "t", "q", "s", {"practice": Contract((Capitation(rate=like(times=0.5)),))},
                   changes=(change,), pools=(SimpleNamespace(name="pot", budget_like="half"),))  # fmt: skip
    third = Funding("third", "t", "q", "s", {"practice": Contract((Capitation(rate=Neutral("half", times=3.0)),))})
    found = solved_references({"third": third, **OTHERS, "half": half}, {"practice": PEOPLE})
    assert set(found) == {"third", "usual", "half"}
    assert (found["half"].changes, found["half"].pools) == ((), ())
    assert found["half"].contracts["practice"].terms[0].rate == pytest.approx(5.0)
    assert found["third"].contracts["practice"].terms[0].rate == pytest.approx(15.0)


def test_a_file_that_is_neutral_with_itself_is_refused():
    mine = Funding("a", "t", "q", "s", {"practice": Contract((Capitation(rate=Neutral("a")),))})
    with pytest.raises(InputError, match=r"^a: neutral_with: a circle: a → a$"):
        solved_references({"a": mine}, {"practice": PEOPLE})
    other = replace(mine, id="b", contracts={"practice": Contract((Capitation(rate=Neutral("c")),))})
    third = replace(mine, id="c", contracts={"practice": Contract((Capitation(rate=Neutral("b")),))})
    with pytest.raises(InputError, match=r"^b: neutral_with: a circle: b → c → b$"):
        solved_references({"b": other, "c": third}, {"practice": PEOPLE})


# changes ------------------------------------------------------------------------------------------------------------


def changed(change, rows=None, base=(FIXED,)):
    mine = Funding("mine", "t", "q", "s", {"practice": Contract(base)}, changes=(change,))
    return solve(mine, OTHERS, {"practice": PEOPLE}, rows).changes[0]


def test_a_change_of_the_whole_contract_is_solved_with_what_it_adds():
    extra = Block(name="extra", per_head=1.0)
    change = Change(date(2015, 4, 1), who=Who("practice"), contract=Contract((FIXED, Capitation(rate=LIKE), LAST)),
                    add_terms=(extra,))  # fmt: skip
    found = changed(change)
    fixed, solved, last = found.contract
    assert (fixed, last, found.add_terms) == (FIXED, LAST, (extra,))
    assert solved.rate == pytest.approx(6.5)


def test_terms_added_to_the_contract_raise_what_the_others_leave():
    change = Change(date(2015, 4, 1), who=Who("practice"), add_terms=(Capitation(rate=LIKE), LAST))
    found = changed(change, base=(FIXED, replace(LAST, name="dull")))
    assert found.contract is None
    assert found.add_terms[0].rate == pytest.approx(7.5)
    assert found.add_terms[1] == LAST


def test_a_change_for_some_providers_is_solved_for_them():
    change = Change(date(2015, 4, 1), who=Who("practice"), add_terms=(Capitation(rate=LIKE),))
    asked = []

    def rows(of):
        asked.append(of)
        return np.array([True, False])

    # a sum of £100 goes to the first provider alone: of its £1,000, £900 is left for 100 people
    found = changed(change, rows, base=(Block(name="sum", amount=100.0),))
    assert found.add_terms[0].rate == pytest.approx(9.0)
    assert asked == [change]


def test_activity_of_several_futures_is_cut_to_the_providers_of_a_change():
    change = Change(date(2015, 4, 1), who=Who("practice"), add_terms=(Capitation(rate=LIKE),))
    base = (Tariff(prices={"visits": 1.0}),)
    mine = Funding("mine", "t", "q", "s", {"practice": Contract(base)}, changes=(change,))
    two = PEOPLE | {"visits": np.array([[100.0, 7.0], [200.0, 8.0], [300.0, 9.0]]), "other": np.arange(3.0)}
    found = solve(mine, OTHERS, {"practice": two}, lambda _: np.array([True, False])).changes[0]
    assert found.add_terms[0].rate == pytest.approx((1000.0 - 200.0) / 100.0)


def test_changes_without_neutral_prices_or_for_nobody_in_particular_stay():
    plain = Change(date(2015, 4, 1), who=Who("practice"), add_terms=(Capitation(rate=3.0),))
    everyone = Change(date(2015, 4, 1), add_terms=(Capitation(rate=LIKE),))
    assert changed(plain) is plain
    assert changed(everyone) is everyone
