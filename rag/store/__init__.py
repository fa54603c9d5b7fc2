"""Where documents and indexes are kept."""
