"""Sentences that close a sweep, against differences worked out by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
from fundingflows.experiments.commands.sweep import sentences


def test_a_sentence_gives_the_mean_difference_and_the_range_over_points_without_exponents():
    table = pd.DataFrame({"funding": ["capitated", "capitated"], "difference": [-2500.0, 60.0]})
    found = SimpleNamespace(
        fundings=["status_quo", "capitated"],
        titles={"status_quo": "Status quo", "capitated": "Everyone paid per head"},
        units=pd.DataFrame({"measure": ["emergencies"], "label": ["Emergency admissions"], "unit": ["a year"]}),
        plan=pd.DataFrame({"point": [0, 1]}),
        summary=lambda key: table,
    )
    assert sentences(found, ("emergencies",)) == [  # type: ignore[arg-type]
        "Everyone paid per head against Status quo over 2 points: "
        "emergency admissions −1,220 a year (from −2,500 to +60)."
    ]
