"""Question sets in the forms in which they are published, read into `evaluation.datasets.base.Dataset`."""
