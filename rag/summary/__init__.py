"""Summaries of whole documents, every sentence of them tied to the sentences it rests on."""
