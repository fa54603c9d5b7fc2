"""Where the files that come with the package stand: in the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def bundled_path(*parts: str) -> Path:
    """The path of a bundled file or folder: ``bundled_path("models", "static-ja")``."""
    installed = _HERE / "_data"
    root = installed if installed.is_dir() else _HERE.parent / "data"
    return root.joinpath(*parts)
