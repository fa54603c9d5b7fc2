"""The page's entry script: ``streamlit run ui/app.py -- --settings FILE --store PATH``.

`ui.serving.page_command` gives the whole command with the options that the page needs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> None:
    """Draw the page once, as Streamlit does on every interaction."""
    from ui.page.frame import show_frame

    parser = argparse.ArgumentParser(prog="streamlit run app.py --")
    parser.add_argument("--settings", type=Path, help="settings file")
    parser.add_argument("--store", type=Path, help="folder of the store")
    chosen = parser.parse_args(arguments)
    show_frame(chosen.settings, chosen.store)


if __name__ == "__main__":
    main(sys.argv[1:])
