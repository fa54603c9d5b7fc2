"""How the page is started: one command, for the command line, the tests and the screenshot alike."""

from __future__ import annotations

import sys
from pathlib import Path

from rag.settings import Settings

APP = Path(__file__).with_name("app.py")

FONT = "Hiragino Sans, Yu Gothic UI, Meiryo, Noto Sans JP, Noto Sans CJK JP, sans-serif"

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
