"""The stores that pass the contract, and how each is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.store.base import Store
from rag.store.local import create_store, open_store
from rag.types import IndexIdentity
from tests.contracts.store_material import IDENTITY


@dataclass(frozen=True)
class Backend:
    """How a store of one kind is made in a folder, and opened again."""

    create: Callable[[Path, IndexIdentity], Store]
    open: Callable[[Path, IndexIdentity], Store]


BACKENDS = {"local": Backend(create_store, open_store)}


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest) -> Backend:
    return BACKENDS[request.param]


@pytest.fixture
def store(backend: Backend, tmp_path: Path) -> Iterator[Store]:
    with backend.create(tmp_path / "倉庫", IDENTITY) as store:
        yield store


@pytest.fixture(params=["fresh", "published"])
def settle(request: pytest.FixtureRequest) -> Callable[[Store], None]:
    """Called after changes: leaves them as they are, or publishes them."""
    return (lambda store: store.publish()) if request.param == "published" else (lambda store: None)
