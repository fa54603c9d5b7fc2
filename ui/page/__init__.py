"""The Streamlit page in Japanese: asking, documents, and the sources behind an answer."""
