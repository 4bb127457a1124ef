"""The server of the app: for this machine only, from installed files, with no outside requests."""

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
PAGES = "fundingflows.experiments.app.pages.site"
FRONT = "@widgetti/solara-vuetify-app@10.1.1/dist/main8.css"  # from solara-assets; the page is blank without it
INSTALL = "install the extra with: pip install 'fundingflows[app]'"


def assets() -> Path:
    """Folder of the scripts and fonts in the package solara-assets.

    It may be in another environment than the running one (``uv run --with``).
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
    """Check that the extra is installed and the port is free.

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
            raise InputError(f"--port {port}: another program uses it; try {port + 1}") from None


def quiet() -> None:
    """Settings that Solara reads on import: no telemetry, local assets, no banner."""
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    os.environ["SOLARA_ASSETS_PROXY_CACHE_DIR"] = str(assets())
    os.environ["SOLARA_THEME_SHOW_BANNER"] = "False"
    os.environ["SOLARA_THEME_TITLE"] = "fundingflows"
    os.environ["SOLARA_KERNEL_CULL_TIMEOUT"] = "10m"
    os.environ["SOLARA_MODE"] = "production"
    os.environ.setdefault("SOLARA_HOME", str(_home()))
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # idle threads leave the processor to the pages


def _home() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("fundingflows") / "app"


def asgi() -> Any:
    """The app as an ASGI application for this machine only."""
    quiet()
    os.environ["SOLARA_APP"] = PAGES
    warnings.filterwarnings("ignore", message="Cookies with samesite=none", category=UserWarning)
    from solara.server import cdn_helper, settings
    from solara.server.starlette import app

    def refuse(url: str) -> bytes:
        raise FileNotFoundError(f"{url} is not an installed asset, and the app downloads nothing")

    cdn_helper.fetch_from_cdn = refuse
    settings.telemetry.mixpanel_enable = False
    return Local(app)


class Local:
    """Refuses requests with another host name or from another site's pages."""

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
    """Serve until Ctrl-C; ``show`` opens the browser once the server is ready.

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
        print(f"fundingflows is at http://{HOST}:{port} (this machine only; press Ctrl-C to stop)", flush=True)
        if show:
            webbrowser.open(f"http://{HOST}:{port}")

    threading.Thread(target=announce, daemon=True).start()
    threading.Thread(target=warm_up, daemon=True).start()
    server.run()


def warm_up() -> None:
    """Compile or load the kernels by running and drawing the smallest place, to spare the first visitor the wait."""
    from ..runs.spec import spec_of
    from .drawings import frame
    from .work.task import LOCK

    with LOCK:
        model = spec_of("anytown", "status_quo").model(threads=None).run(0.1)
        frame.draw(model, (), model.week)
