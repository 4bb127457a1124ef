"""Files of natural experiments as an outsider would write them from the manual alone: each runs, or is refused."""

import pytest
from fundingflows.experiments.evidence.natural import answer, study, validate
from fundingflows.experiments.runs.engine import Options
from fundingflows.model.errors import InputError
from outsider import FILES, expected

FEW = ["fee_added", "council_copayment", "staggered_arms", "marginal_rate"]


def test_there_are_thirty_or_more_and_some_are_refused():
    assert len(FILES) >= 30
    assert 5 <= sum(bool(expected(file)) for file in FILES) <= 10


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_can_be_run_or_is_refused_in_a_sentence_that_names_file_key_and_expectation(file):
    if not (said := expected(file)):
        assert validate.prepare([study.read(file)])
        return
    with pytest.raises(InputError) as caught:
        validate.prepare([study.read(file)])
    assert str(caught.value).startswith(file.name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_few_run_and_answer_every_outcome(tmp_path):
    studies = [study.read(file) for file in FILES if file.stem in FEW]
    answers = validate.validate(studies, tmp_path, Options(1), say=lambda _: None)
    table = answer.table(answers)
    assert not table["simulated"].isna().any()
    assert {a.verdict for a in answers} <= {"pass", "fail", "no channel"}
