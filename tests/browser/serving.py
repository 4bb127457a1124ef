"""A server of the app on a free port of this machine, for the tests and for the stopwatch."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


@contextmanager
def serving(home, place):
    """The address of a server that has compiled its kernels and found the place's steady state beforehand."""
    with started(home, place) as (url, _):
        yield url


@contextmanager
def started(home, place):
    """The same with the server's process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fundingflows.experiments.cli", "app"]
    command += ["--place", place, "--port", str(port), "--no-show"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "XDG_DATA_HOME": str(home)}
        )
    url = f"http://127.0.0.1:{port}"
    try:
        from fundingflows.scenarios import FundingFlows  # while the server starts

        FundingFlows(place, "status_quo", rng=1).step()
        for _ in range(1200):
            try:
                urllib.request.urlopen(f"{url}/readyz", timeout=1)
                break
            except OSError:
                assert server.poll() is None, (home / "server.log").read_text()
                time.sleep(0.2)
        yield url, server
    finally:
        server.terminate()
        server.wait(60)
    said = (home / "server.log").read_text()
    assert "Traceback" not in said, said[-4000:]
