"""The core: what a document is, how it is found, how it is answered."""
