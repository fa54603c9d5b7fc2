"""Fills a store; knows files, not questions."""
