"""The command line: ``swallow-rag``."""

from __future__ import annotations

from ui.cli.entry import main

__all__ = ["main"]
