"""Index terms: what of a text goes into the keyword index, and what of a question is looked up.

Index and query run through the same function, so that they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Terms = Mapping[str, Counter[str]]
"""Field → term → how often. Fields: ``base`` (base forms of content words), ``bigram`` (character
bigrams of the comparison form, single characters where a run is one long), ``title`` and ``heading``
(base forms and bigrams of the chunk's context). Terms never hold white space."""
