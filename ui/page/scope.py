"""The sidebar's choice of what a question may see."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from rag.types import DocumentInfo, Scope

_FIRST_DAY, _LAST_DAY = dt.date(1868, 1, 1), dt.date(2199, 12, 31)

MAX_SOURCES = 300
"""More names than this are not sent to the browser; a filter narrows them first."""


def choose_scope(infos: Sequence[DocumentInfo]) -> Scope:
    """Collections and documents of the sidebar; nothing chosen means everything."""
    with st.sidebar:
        st.subheader("探す範囲", anchor=False)
        collections = st.multiselect(
            "コレクション", collection_names(infos), placeholder="すべて", key="scope-collections"
        )
        offered = [info for info in infos if not collections or info.collection in collections]
        chosen = _choose_sources(offered)
        day = st.date_input(
            "この日に有効な資料",
            value=None,
            format="YYYY/MM/DD",
            min_value=_FIRST_DAY,
            max_value=_LAST_DAY,
            key="scope-as-of",
            help="施行日と廃止日が分かる資料を、その日に有効だったものだけにします。空ならすべて探します。",
        )
    as_of = day if isinstance(day, dt.date) else None
    return Scope(collections=frozenset(collections), sources=frozenset(chosen), as_of=as_of)


def collection_names(infos: Sequence[DocumentInfo]) -> list[str]:
    """Every collection once, in order of name."""
    return sorted({info.collection for info in infos})


def matching_sources(infos: Sequence[DocumentInfo], part: str) -> list[str]:
    """Sources whose title or file name holds ``part``, the first `MAX_SOURCES` of them."""
    needle = part.strip().casefold()
    found = (
        info.source for info in infos if needle in info.title.casefold() or needle in info.name.casefold()
    )
    return list(dict.fromkeys(found))[:MAX_SOURCES]


def source_labels(infos: Sequence[DocumentInfo]) -> dict[str, str]:
    """Source → the shortest of name, name with collection and source that no other document has.

    Streamlit tells options apart by their labels alone.
    """
    documents = {info.source: info for info in infos}.values()
    candidates = {
        info.source: (info.name, f"{info.name}（{info.collection}）", info.source) for info in documents
    }
    num_uses = Counter(label for labels in candidates.values() for label in labels)
    return {
        source: next((label for label in labels if num_uses[label] == 1), source)
        for source, labels in candidates.items()
    }


def _choose_sources(infos: Sequence[DocumentInfo]) -> list[str]:
    labels = source_labels(infos)
    part = ""
    if len(labels) > MAX_SOURCES:
        part = st.text_input("資料名で絞り込む", key="scope-filter", placeholder="名前の一部")
    kept = [source for source in st.session_state.get("scope-sources", []) if source in labels]
    options = list(dict.fromkeys([*kept, *matching_sources(infos, part)]))
    return st.multiselect(
        "資料", options, format_func=lambda source: labels[source], placeholder="すべて", key="scope-sources"
    )
