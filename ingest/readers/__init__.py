"""One file a format family; `ingest.readers.base` says what a reader is."""
