"""How well questions are answered: what is cited, the short answer, its proof, and when to abstain."""
