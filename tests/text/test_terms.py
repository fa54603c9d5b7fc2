"""Index and query agree."""

from rag.text.analyzer import load_analyzer
from rag.text.terms import index_terms, query_terms

ANALYZER = load_analyzer()


def test_a_text_finds_itself():
    text = "経費の精算を申し込む"
    analysis = ANALYZER.analyze(text)
    indexed = index_terms(text, analysis, text, analysis, text, analysis)
    asked = query_terms(text, analysis)
    assert all(asked[field] <= indexed[field] for field in asked)
