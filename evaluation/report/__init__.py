"""Runs and comparisons as pages for people."""
