"""Reading help: furigana, words, levels, grammar, lookup and study material, for learners of Japanese."""
