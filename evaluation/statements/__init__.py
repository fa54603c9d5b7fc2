"""How well statements are held against the sentences they rest on: sets of statements, and figures."""
