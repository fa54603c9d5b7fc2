"""Hits to answers in which every statement rests on a sentence."""
