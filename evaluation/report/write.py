"""Reports written beside the run that they tell about."""

from __future__ import annotations

from pathlib import Path

from evaluation.report.html import render_html
from evaluation.report.markdown import render_markdown
from evaluation.report.pages import Page
from rag.errors import SettingsError

MARKDOWN_FILE, HTML_FILE = "report.md", "report.html"


def write_page(page: Page, folder: Path) -> None:
    """Write ``report.md`` and ``report.html``; raises SettingsError when the folder cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARKDOWN_FILE).write_text(render_markdown(page), encoding="utf-8")
        (folder / HTML_FILE).write_text(render_html(page), encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"the report cannot be written to {folder}: {error.strerror}") from error
