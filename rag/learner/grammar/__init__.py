"""Grammar: a notation over base forms and parts of speech, a catalog of patterns, and their search."""
