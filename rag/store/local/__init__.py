"""SQLite as the truth, with FAISS and tantivy following it."""
