"""A server of the app, and a visitor in Debian's Chromium whose every request and console message is noted."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from serving import CHROMIUM, OPTIONS, serving


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
    """A server of the small place, on this machine."""
    with serving(home, "anytown") as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def noted():
    """What must not happen: requests to other hosts, failed ones, errors on the console."""
    return []


@pytest.fixture(scope="session")
def first(browser, address, noted):
    """A tab that one visitor after the other uses: to open it takes longer than what most of them do."""
    return opened(browser, address, noted)


@pytest.fixture
def visit(browser, address, noted, first):
    """Opens pages as a new visitor; afterwards nothing may have gone elsewhere, and nothing may have gone wrong."""
    tabs = []

    def page(path="/"):
        tab = opened(browser, address, noted) if tabs else first
        tabs.append(tab)
        tab.goto(address + path)
        tab.wait_for_selector(".ff-app")
        return tab

    yield page
    texts = [tab.inner_text("body") for tab in tabs]
    first.evaluate("sessionStorage.clear(); localStorage.clear()")  # the next visitor is another one
    for tab in tabs[1:]:
        tab.context.close()
    wrong, noted[:] = list(noted), []
    assert wrong == []
    assert not any("Traceback" in text for text in texts)


def opened(browser, address, noted):
    """A tab of a visitor whose every request and console message is looked at."""
    tab = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    tab.set_default_timeout(180_000)  # where kernels have to be compiled first
    tab.on("console", lambda m: noted.append(f"console: {m.text}") if m.type == "error" else None)
    tab.on("pageerror", lambda e: noted.append(f"page: {e}"))
    tab.on("request", lambda r: None if _near(r.url, address) else noted.append(f"elsewhere: {r.url}"))
    tab.on("websocket", lambda s: None if _near(s.url, address) else noted.append(f"elsewhere: {s.url}"))
    tab.on("response", lambda r: noted.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    return tab


def _near(url, address):
    return url.startswith((address, address.replace("http", "ws"), "data:", "blob:"))
