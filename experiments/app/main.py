"""Starts the server of the app: this machine only, everything from installed files, nothing sent anywhere."""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
import webbrowser
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from typing import Any

from ...model.errors import InputError

HOST = "127.0.0.1"
PAGES = "fundingflows.experiments.app.pages.pages"
FRONT = "@widgetti/solara-vuetify-app@10.1.1/dist/main8.css"  # of solara-assets; without it the page stays blank
INSTALL = "install the extra with: pip install 'fundingflows[app]'"


def assets() -> Path:
    """Where the package solara-assets has put the page's scripts and fonts.

    That is below the environment that it is installed in, which need not be the one that runs (``uv run --with``).
    """
    here = Path(sys.prefix) / "share" / "solara" / "cdn"
    if not here.is_dir():
        try:
            packages = Path(str(distribution("solara-assets").locate_file("")))
        except PackageNotFoundError:
            return here
        found = (parent / "share" / "solara" / "cdn" for parent in packages.parents)
        here = next((folder for folder in found if folder.is_dir()), here)
    return here


def check(port: int) -> None:
    """Refuse to start without the extra or on a port that is taken.

    Raises:
        InputError: one sentence.
    """
    for package in ("solara", "uvicorn", "tomli_w"):
        if find_spec(package) is None:
            raise InputError(f"app: the package {package} is missing; {INSTALL}")
    if not (assets() / FRONT).is_file():
        raise InputError(f"app: the page's scripts are missing (package solara-assets); {INSTALL}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise InputError(f"--port {port}: taken by another program; choose another, such as {port + 1}") from None


def quiet() -> None:
    """Settings that must be made before Solara is imported: no telemetry, assets from here, no banner."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    os.environ["SOLARA_ASSETS_PROXY_CACHE_DIR"] = str(assets())
    os.environ["SOLARA_THEME_SHOW_BANNER"] = "False"
    os.environ["SOLARA_THEME_TITLE"] = "fundingflows"
    os.environ["SOLARA_KERNEL_CULL_TIMEOUT"] = "10m"
    os.environ["SOLARA_MODE"] = "production"
    os.environ.setdefault("SOLARA_HOME", str(_home()))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # threads that wait leave the processor to the pages


def _home() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("fundingflows") / "app"


def asgi() -> Any:
    """The app as an ASGI application that answers pages of this machine alone and fetches nothing."""
    quiet()
    os.environ["SOLARA_APP"] = PAGES
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    from solara.server import cdn_helper, settings
    from solara.server.starlette import app

    def refuse(url: str) -> bytes:
        raise FileNotFoundError(f"{url} is not among the installed assets; nothing is fetched")

    cdn_helper.fetch_from_cdn = refuse
    settings.telemetry.mixpanel_enable = False
    return Local(app)


class Local:
    """Lets pages of this machine in, and no others: neither other names of the host nor other sites' scripts."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request, or refuse it with 403."""
        if scope["type"] in ("http", "websocket") and not _is_local(dict(scope["headers"])):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 4403})
                return
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"fundingflows answers on this machine only."})
            return
        await self.app(scope, receive, send)


def _is_local(headers: dict[bytes, bytes]) -> bool:
    from urllib.parse import urlsplit

    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    names = [urlsplit(f"//{host}").hostname] + ([urlsplit(origin).hostname] if origin else [])
    return all(name in ("127.0.0.1", "localhost", "::1") for name in names)


def serve(place: str, port: int, show: bool) -> None:
    """Serve until stopped by Ctrl-C; ``show`` opens the browser once the page answers.

    Raises:
        InputError: when the extra is missing or the port is taken.
    """
    check(port)
    os.environ["FUNDINGFLOWS_APP_PLACE"] = place
    app = asgi()
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="warning"))

    def announce() -> None:
        while not server.started:
            sleep(0.05)
        print(f"fundingflows is at http://{HOST}:{port} (on this machine only; Ctrl-C ends it)", flush=True)
        if show:
            webbrowser.open(f"http://{HOST}:{port}")

    threading.Thread(target=announce, daemon=True).start()
    threading.Thread(target=warm_up, daemon=True).start()
    server.run()


def warm_up() -> None:
    """Compile or load the kernels on the smallest place and draw it, so that the first visitor need not wait for it."""
    from ...scenarios import FundingFlows
    from .drawings import frame
    from .work.task import LOCK

    with LOCK:
        model = FundingFlows("anytown", "status_quo", rng=1).run(0.1)
        frame.draw(model, (), model.week)
