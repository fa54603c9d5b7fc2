"""Summaries as files for people: Markdown and Word, with a footnote for every citation."""
