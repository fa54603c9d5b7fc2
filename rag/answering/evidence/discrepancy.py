"""What disagrees between a statement and its source."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal["number", "date", "name", "negation"]


class Discrepancy(NamedTuple):
    """Something that a statement says and its source does not; ``found`` is what stands there instead.

    ``Discrepancy("number", "20日", "10日")``; without ``found`` nothing of the kind stands there.
    """

    kind: Kind
    said: str
    found: str = ""
