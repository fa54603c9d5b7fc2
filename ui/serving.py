"""How the page is started: one command, for the command line, the tests and the screenshot alike."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from rag.settings import Settings

APP = Path(__file__).with_name("app.py")

FONT = "Hiragino Sans, Yu Gothic UI, Meiryo, Noto Sans JP, Noto Sans CJK JP, sans-serif"

START_SECONDS = 60.0
"""How long a child process may take until its page answers."""

OPTIONS: dict[str, str] = {
    "browser.gatherUsageStats": "false",  # nothing is sent anywhere
    "client.showErrorDetails": "none",  # a trace may hold words of a document
    "client.showErrorLinks": "false",
    "client.toolbarMode": "minimal",
    "runner.magicEnabled": "false",
    "server.fileWatcherType": "none",
    "server.headless": "true",
    "server.showEmailPrompt": "false",
    "theme.baseRadius": "medium",
    "theme.font": FONT,
    "theme.headingFontSizes": '["1.75rem", "1.4rem", "1.15rem"]',
    "theme.primaryColor": "#1f4e79",
}
"""Streamlit's options; ``.streamlit/config.toml`` holds the same for ``streamlit run`` by hand."""


def page_command(
    settings: Settings, *, settings_file: Path | None = None, store: Path | None = None, app: Path = APP
) -> list[str]:
    """The command that serves the page at ``settings.ui``; file and store are handed on to it.

    ``settings_file`` and ``store`` are what the caller was given; what stands in the environment needs no
    handing on.
    """
    options = {
        **OPTIONS,
        "server.address": settings.ui.host,
        "server.port": str(settings.ui.port),
        "server.maxUploadSize": str(max(1, settings.ingest.max_file_bytes // 1_000_000)),
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    passed = {"--settings": settings_file, "--store": store}
    arguments = [word for flag, path in passed.items() if path for word in (flag, str(path))]
    return [sys.executable, "-m", "streamlit", "run", str(app), *flags, "--", *arguments]


@contextmanager
def served_page(settings: Settings, *, store: Path | None = None, app: Path = APP) -> Iterator[str]:
    """The address of a page that a child process serves on a free port of this machine, until left."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = settings.with_values({"ui.host": "127.0.0.1", "ui.port": port})
    command = page_command(settings, store=store, app=app)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            address = f"http://127.0.0.1:{port}"
            _await_health(address, process)
            yield address
        finally:
            process.terminate()


def _await_health(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/_stcore/health", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the page did not start at {address} (exit code {process.poll()})")
