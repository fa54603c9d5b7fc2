"""Datasets, metrics and reports; stands above ingestion, because it indexes what it measures."""
