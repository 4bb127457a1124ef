"""Whatever output is: no terminal, another encoding, closed, full, or a pipe that nobody reads."""

import errno
import io
import os
import signal
import sys

import pytest
from fundingflows.experiments import cli
from fundingflows.experiments.commands import printing


class Stream(io.TextIOWrapper):
    """Output in ASCII that may fail."""

    def __init__(self, error: int = 0) -> None:
        super().__init__(io.BytesIO(), encoding="ascii")
        self.error, self.nowhere = error, os.open(os.devnull, os.O_WRONLY)

    def write(self, text: str) -> int:
        if self.error:
            raise OSError(self.error, "No space left on device" if self.error == errno.ENOSPC else "Broken pipe")
        return super().write(text)

    def fileno(self) -> int:
        return self.nowhere

    @property
    def said(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("ascii")


def end(monkeypatch, out, *words):
    """Exit code and what was said on the way of errors."""
    err = Stream()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(sys, "argv", ["fundingflows", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0, err.said


@pytest.mark.parametrize(
    "words", [("parameters", "behaviour"), ("parameters", "people"), ("run", "--help"), ("--help",)]
)
def test_any_encoding_will_do(monkeypatch, words):
    out = Stream()
    assert end(monkeypatch, out, *words) == (0, "")
    assert len(out.said) > 100


@pytest.mark.parametrize("words", [("parameters", "hospital"), ("parameters", "behaviour")])
def test_a_full_disk_is_said_in_a_sentence(monkeypatch, words):
    code, said = end(monkeypatch, Stream(errno.ENOSPC), *words)
    assert (code, said) == (1, "fundingflows: no space left on device\n")


@pytest.mark.parametrize("words", [("parameters", "hospital"), ("parameters", "behaviour")])
def test_a_reader_that_has_left_is_no_error(monkeypatch, words):
    assert end(monkeypatch, Stream(errno.EPIPE), *words)[0] == 0


def test_closed_output_is_no_error(monkeypatch):
    assert end(monkeypatch, None, "parameters", "money") == (0, "")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (MemoryError(), 1, "not enough memory"),
        (OSError(errno.ENOSPC, "No space left", "/x"), 1, "/x: no space left"),
        (PermissionError(errno.EACCES, "Permission denied", "/y"), 1, "/y: permission denied"),
        (cli.Terminated(143), 143, "stopped by SIGTERM"),
        (KeyboardInterrupt(), 130, "stopped; finished runs are kept, nothing is half-written"),
        (UserWarning("3 of 4 runs"), 0, "fundingflows: 3 of 4 runs\n"),
    ],
)
def test_what_goes_wrong_ends_in_a_sentence(monkeypatch, error, code, said):
    def work():
        if isinstance(error, UserWarning):
            import warnings

            warnings.simplefilter("default")
            warnings.warn(error, stacklevel=1)
            raise SystemExit(0)
        if isinstance(error, KeyboardInterrupt):
            raise SystemExit(130)
        raise error

    monkeypatch.setattr(cli, "app", work)
    found = end(monkeypatch, Stream())
    assert found[0] == code
    assert said in found[1]
    assert "Traceback" not in found[1]


def test_sigterm_ends_what_is_under_way_so_that_it_cleans_up():
    before = signal.signal(signal.SIGTERM, cli._terminate)
    try:
        with pytest.raises(cli.Terminated):
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN  # a second one does not interrupt the cleaning up
    finally:
        signal.signal(signal.SIGTERM, before)


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(monkeypatch, capsys):
    clock = [0.0]
    monkeypatch.setattr(printing, "monotonic", lambda: clock[0])
    with printing.progress_bar() as bar:
        bar.said = 0.0
        task = bar.add_task("Anytown", total=104)
        for _ in range(104):
            clock[0] += 0.5
            bar.advance(task)
    said = capsys.readouterr().err.splitlines()
    assert said == ["Anytown: 30 of 104", "Anytown: 60 of 104", "Anytown: 90 of 104"]
