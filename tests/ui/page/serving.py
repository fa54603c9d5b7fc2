"""A page served by a child process on a free port, for tests that open it in a browser."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.settings import Settings
from ui.serving import APP, page_command

START_SECONDS = 30.0


@contextmanager
def served_page(settings: Settings, *, app: Path = APP, store: Path | None = None) -> Iterator[str]:
    """The address of a running page; its process is ended afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings.with_values({"ui.host": "127.0.0.1", "ui.port": port})
    command = page_command(settings, store=store, app=app)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _await_health(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(10)


def _await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise RuntimeError(f"the page did not start at {address} (exit code {process.poll()})")
