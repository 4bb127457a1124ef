"""The server of the app: for this machine only, from installed files, with no outside requests."""

from __future__ import annotations

import os
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from time import sleep
from typing import Any

from ...model.errors import InputError
from .missing import page

HOST = "127.0.0.1"
LOCAL = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'"
)  # Vue compiles its templates in the page
HEADERS = (
    (b"content-security-policy", POLICY.encode()), (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"),
)  # fmt: skip
KEPT = "/kept/"  #: how addresses of files begin that leave an answer
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
    """Refuses requests with another host name or from another site's pages, be it on another port of this machine."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the request with headers that keep other sites out; or refuse it with 400 or 403."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        status = refusal(list(scope["headers"]), scope["type"] == "websocket")
        if not status and scope["type"] == "http" and scope.get("path", "").startswith(KEPT):
            await _kept(scope["path"].removeprefix(KEPT))(scope, receive, _with_headers(send))
        elif not status:
            await self.app(scope, receive, _with_headers(_found(scope, send)))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4000 + status})
        else:
            await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"fundingflows answers on this machine only."})


def _found(scope: Any, send: Any) -> Any:
    """Sends a page of our own in place of what is not found, to a browser that asks for a page."""
    wanted = b"text/html" in dict(scope["headers"]).get(b"accept", b"") if scope["type"] == "http" else False
    missing = False

    async def sending(message: Any) -> None:
        nonlocal missing
        if wanted and message["type"] == "http.response.start" and message["status"] == 404:
            missing = True
            await send({**message, "headers": [(b"content-type", b"text/html; charset=utf-8")]})
        elif not missing:
            await send(message)
        elif not message.get("more_body"):
            await send({"type": "http.response.body", "body": page(scope["path"])})

    return sending


def _kept(path: str) -> Any:
    """A file of an answer to be saved, or 404."""
    from starlette.responses import PlainTextResponse, Response

    from .work import kept

    key, _, name = path.partition("/")
    found = kept.content(key, name)
    if found is None:
        return PlainTextResponse("There is no such file.", 404)
    content, kind, called = found
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{called}"'})


def refusal(headers: Sequence[tuple[bytes, bytes]], websocket: bool = False) -> int:
    """0, 400 for a host that cannot be, or 403 for a host or an origin from elsewhere.

    A websocket needs an origin: programs that are no browser have no business there.
    """
    hosts, origins = ([value.decode("latin-1") for name, value in headers if name == x] for x in (b"host", b"origin"))
    if len(hosts) != 1 or len(origins) > 1:
        return 400
    host = _address(f"http://{hosts[0]}")
    if host is None:
        return 400
    if host[0] not in LOCAL:
        return 403
    origin = _address(origins[0]) if origins else host
    return 0 if origin == host and (origins or not websocket) else 403


def _address(text: str) -> tuple[str, int] | None:
    """Name and port of ``http://NAME:PORT``, or nothing when it is none."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    plain = parts.scheme == "http" and not (parts.username or parts.path or parts.query or parts.fragment)
    return (parts.hostname, port or 80) if parts.hostname and plain else None


def _with_headers(send: Any) -> Any:
    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *HEADERS]}
        await send(message)

    return sending


def serve(place: str, port: int, show: bool) -> None:
    """Serve until Ctrl-C; ``show`` opens the browser once the server is ready.

    Raises:
        InputError: when the extra is missing or the port is taken.
    """
    check(port)
    os.environ["FUNDINGFLOWS_APP_PLACE"] = place
    app = asgi()
    import uvicorn

    from .work.task import ending

    server = uvicorn.Server(uvicorn.Config(app, host=HOST, port=port, log_level="warning"))

    def announce() -> None:
        while not server.started:
            sleep(0.05)
        print(f"fundingflows is at http://{HOST}:{port} (this machine only; press Ctrl-C to stop)", flush=True)
        if show:
            webbrowser.open(f"http://{HOST}:{port}")

    threading.Thread(target=announce, daemon=True).start()
    threading.Thread(target=warm_up, args=(place,), daemon=True).start()
    try:
        server.run()
    finally:
        ending.set()


def warm_up(place: str) -> None:
    """What visitors need not wait for: kernels, pictures, the state of the place, and processes that make runs."""
    from ...model.initial.calibrate import steady_state
    from ..runs.spec import spec_of
    from .drawings import frame
    from .work import making, state, workers
    from .work.task import LOCK

    crew = workers.start()  # they import what they need meanwhile
    state.allowed()
    making.warm_up()

    with LOCK:
        model = spec_of("anytown", "status_quo").model(threads=1)  # a pool would outlive a server that stops
        model.step()
        frame.draw(model, (), model.week)
    if place in state.allowed():
        with LOCK:  # made once here where it is missing, before every process looks for it
            steady_state(state.place_of(place))
        crew.warm(replace(spec_of(place, state.place_of(place).baseline.usual), weeks=4))
