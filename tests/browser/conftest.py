"""A server of the app, and a visitor in Debian's Chromium whose every request and console message is noted."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def _missing() -> str:
    for package, extra in (("solara", "extra app"), ("tomli_w", "extra app"), ("playwright", "group browser")):
        try:
            __import__(package)
        except ImportError:
            return f"{package} is not installed ({extra})"
    from fundingflows.experiments.app.main import FRONT, assets

    if not (assets() / FRONT).is_file():
        return "solara-assets is not installed (extra app)"
    return "" if CHROMIUM else "no Chromium is installed"


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    mine = [item for item in items if here in item.path.parents]
    reason = _missing() if mine else ""
    for item in mine:
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))
        item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """The visitor's data folder."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def address(home):
    """A server of the small place, on this machine; kernels are compiled and the steady state found beforehand."""
    from fundingflows.model.system import FundingFlows

    FundingFlows("anytown", "status_quo", rng=1).step()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "fundingflows.experiments.cli", "app"]
    command += ["--place", "anytown", "--port", str(port), "--no-show"]
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "XDG_DATA_HOME": str(home)}
        )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=1)
            break
        except OSError:
            assert server.poll() is None, (home / "server.log").read_text()
            time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(10)
    said = (home / "server.log").read_text()
    assert "Traceback" not in said, said[-4000:]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser, address):
    """Opens pages as a new visitor; afterwards nothing may have gone elsewhere, and nothing may have gone wrong."""
    opened, noted = [], []

    def page(path="/"):
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.on("console", lambda m: noted.append(f"console: {m.text}") if m.type == "error" else None)
        tab.on("pageerror", lambda e: noted.append(f"page: {e}"))
        tab.on("request", lambda r: None if _near(r.url, address) else noted.append(f"elsewhere: {r.url}"))
        tab.on("websocket", lambda s: None if _near(s.url, address) else noted.append(f"elsewhere: {s.url}"))
        tab.on("response", lambda r: noted.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        opened.append((context, tab))
        tab.goto(address + path)
        tab.wait_for_selector(".ff-app")
        return tab

    yield page
    for context, tab in opened:
        assert "Traceback" not in tab.inner_text("body")
        context.close()
    assert noted == []


def _near(url, address):
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
