"""Japanese text: comparison form, dates, morphemes, sentences."""
