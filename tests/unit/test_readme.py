"""What the README shows works as written."""

import re
from pathlib import Path

import pytest
from fundingflows.scenarios import FundingFlows, load_baseline, load_funding

NUMBERS = load_baseline("2015_16").parameters

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def test_the_contract_in_the_readme_pays_practices_what_the_status_quo_does(tmp_path):
    text = re.search(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "half.toml").write_text(text[1])
    mine = FundingFlows("anytown", load_funding(tmp_path / "half.toml"), rng=1)
    usual = FundingFlows("anytown", "status_quo", rng=1)
    parts = [float(term.due(mine.practices.expected()).sum()) for term in mine.practices.contract]
    assert parts[0] == pytest.approx(parts[1], rel=1e-6)
    assert sum(parts) == pytest.approx(usual.practices.contract.due(usual.practices.expected()).sum(), rel=1e-3)


def test_the_python_in_the_readme_runs():
    code = (
        re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
        .replace("somerset", "anytown")
        .replace("run(5)", "run(1)")
    )
    exec(compile(code, "README.md", "exec"), {})


def test_the_count_of_assumptions_is_right():
    statuses = [p.status for p in NUMBERS.values()]
    assert f"{statuses.count('assumed')} of {len(statuses)} parameters are assumptions" in " ".join(README.split())
