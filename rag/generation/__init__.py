"""Prompts, budgets and the models that write."""
