"""A browser without a network: calls the WSGI application itself and says what each call cost."""

from __future__ import annotations

import gzip
import io
import re
import time
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from flask import Flask

_TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Answer:
    """A response and its cost on the server: CPU and wall time in milliseconds."""

    status: int
    headers: dict[str, str]
    body: bytes
    cpu_ms: float
    wall_ms: float

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def token(self) -> str:
        """The form token in the page."""
        found = _TOKEN.search(self.text)
        if found is None:
            raise LookupError("no csrf_token in the page")
        return found.group(1)


@dataclass(slots=True)
class _Cookie:
    value: str
    path: str


class Browser:
    """Keeps cookies; only the work of the application is timed, not the building of the request."""

    def __init__(self, app: Flask) -> None:
        self._call = app.wsgi_app
        self._cookies: dict[str, _Cookie] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, b"")

    def post(self, path: str, fields: list[tuple[str, str]] | dict[str, str]) -> Answer:
        return self._ask("POST", path, urlencode(fields).encode())

    def forget(self) -> None:
        """Drop all cookies."""
        self._cookies.clear()

    def _ask(self, method: str, target: str, body: bytes) -> Answer:
        environ = self._environ(method, target, body)
        seen: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
            seen[:] = [status, headers]

        wall, cpu = time.perf_counter(), time.process_time()
        result = self._call(environ, start)
        content = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        cpu_ms = (time.process_time() - cpu) * 1000
        wall_ms = (time.perf_counter() - wall) * 1000
        status, headers = seen
        self._keep([value for name, value in headers if name.lower() == "set-cookie"])
        return Answer(
            status=int(status.split()[0]),
            headers={name.lower(): value for name, value in headers},
            body=content,
            cpu_ms=cpu_ms,
            wall_ms=wall_ms,
        )

    def _environ(self, method: str, target: str, body: bytes) -> dict[str, Any]:
        path, _, query = target.partition("?")
        cookies = "; ".join(
            f"{name}={cookie.value}"
            for name, cookie in self._cookies.items()
            if path.startswith(cookie.path)
        )
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
            "HTTP_ACCEPT": "text/html,application/xhtml+xml",
            "HTTP_ACCEPT_LANGUAGE": "id,en;q=0.5",
            "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if cookies:
            environ["HTTP_COOKIE"] = cookies
        if method == "POST":
            environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def _keep(self, lines: list[str]) -> None:
        for line in lines:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = _Cookie(morsel.value, morsel["path"] or "/")


def plain(answer: Answer) -> bytes:
    """Return the body without the transfer's compression."""
    if answer.headers.get("content-encoding") == "gzip":
        return gzip.decompress(answer.body)
    return answer.body
