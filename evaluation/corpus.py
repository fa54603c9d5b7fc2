"""What is searched when a question set is asked: its passages, a folder, or the user's own store."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from evaluation.cache import provide_folder
from evaluation.datasets.base import Dataset, GoldPlace, Passage, distinct
from evaluation.datasets.registry import load_dataset
from evaluation.originals import is_archive, unpack
from evaluation.pool import COLLECTION, build_pool
from evaluation.progress import Phase, Tell, say_nothing
from ingest.chunking import Chunking
from ingest.pipeline import ingest
from ingest.report import Progress
from ingest.sources import find_files
from rag.assembly import Assembly, index_identity, load_embedder, open_assembly
from rag.embedding.base import Embedder
from rag.errors import SettingsError
from rag.settings import Settings
from rag.store.local import create_store, open_store
from rag.text.analyzer import load_analyzer
from rag.types import EVERYTHING, Scope


@dataclass(frozen=True, slots=True)
class Target:
    """Where the caller wants to search; without any of these a set's own passages, else the own store.

    ``pool`` are files whose passages are added, ``folder`` is ingested for this run, ``collections`` are
    those of the store in the settings. ``cache`` keeps what was built for the next run.
    """

    pool: tuple[Path, ...] = ()
    folder: Path | None = None
    collections: tuple[str, ...] = ()
    cache: Path | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """An opened index to search in.

    ``kept`` leads from a passage's id to the one that its text is kept under; ``root`` is the folder that
    was ingested; ``notes`` are lines for people.
    """

    name: str
    sha256: str
    assembly: Assembly
    scope: Scope = EVERYTHING
    kept: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    notes: tuple[str, ...] = ()


@contextmanager
def open_corpus(
    dataset: Dataset, target: Target, settings: Settings, *, tell: Tell = say_nothing
) -> Iterator[Corpus]:
    """Build or open what ``dataset`` is asked of.

    Raises SettingsError when the set has no passages and nothing was named to search in, or too much was.
    """
    passages = [*dataset.passages, *(passage for file in target.pool for passage in _pool(file))]
    if passages and (target.folder or target.collections):
        raise SettingsError(
            f"{dataset.name} is asked of passages: leave --folder and --collection out, or leave --pool out"
        )
    if passages:
        with _open_passages(dataset, passages, target, settings, tell) as corpus:
            yield corpus
    elif target.folder is not None:
        with _open_folder(dataset, target.folder, target.cache, settings, tell) as corpus:
            yield corpus
    else:
        scope = Scope(collections=frozenset(target.collections))
        with open_assembly(settings) as assembly:
            yield Corpus(str(settings.store.path), _fingerprint(assembly, scope), assembly, scope)


def _pool(file: Path) -> Sequence[Passage]:
    passages = load_dataset(file).passages
    if not passages:
        raise SettingsError(f"--pool {file} holds questions alone: give a SQuAD file or a BEIR folder")
    return passages


@contextmanager
def _open_passages(
    dataset: Dataset, passages: Sequence[Passage], target: Target, settings: Settings, tell: Tell
) -> Iterator[Corpus]:
    # In order of their ids: the same passages are the same corpus, whichever of them were the pool.
    kept, names = distinct(sorted(passages, key=lambda passage: passage.id))
    texts = json.dumps([(one.id, one.title, one.text) for one in kept.values()], ensure_ascii=False)
    sha256 = hashlib.sha256(texts.encode(errors="surrogatepass")).hexdigest()
    embedder = load_embedder(settings.embedding)

    def build(folder: Path) -> None:
        build_pool(folder / "store", kept.values(), settings, embedder, tell=tell).close()

    with (
        provide_folder(target.cache, _parts(sha256, settings, embedder), build) as folder,
        _reopen(folder, settings, embedder) as assembly,
    ):
        others = [file.name for file in target.pool]
        yield Corpus(" + ".join([dataset.name, *others]), sha256, assembly, kept=names)


@contextmanager
def _open_folder(
    dataset: Dataset, root: Path, cache: Path | None, settings: Settings, tell: Tell
) -> Iterator[Corpus]:
    if not root.is_dir():
        raise SettingsError(f"--folder {root} is no folder: check the path")
    named = sorted(
        {one.gold.place.collection for one in dataset.questions if isinstance(one.gold, GoldPlace)}
    )
    parts = {name: root / name for name in named} or {COLLECTION: root}
    sha256 = _hash_parts(parts)
    embedder = load_embedder(settings.embedding)

    def build(folder: Path) -> None:
        with tempfile.TemporaryDirectory(prefix="swallow-rag-eval-") as scratch:
            notes = _ingest(parts, folder / "store", Path(scratch), settings, embedder, tell=tell)
        (folder / "notes.json").write_text(json.dumps(notes, ensure_ascii=False), encoding="utf-8")

    with (
        provide_folder(cache, _parts(sha256, settings, embedder), build) as folder,
        _reopen(folder, settings, embedder) as assembly,
    ):
        notes = json.loads((folder / "notes.json").read_text(encoding="utf-8"))
        yield Corpus(root.resolve().name, sha256, assembly, root=root, notes=tuple(notes))


def _ingest(
    parts: Mapping[str, Path],
    path: Path,
    scratch: Path,
    settings: Settings,
    embedder: Embedder,
    *,
    tell: Tell,
) -> list[str]:
    """Each part into a collection of its name; what could not be read is told."""

    def hear(progress: Progress) -> None:
        tell(Phase.INDEXING, progress.num_done, progress.num_files)

    notes = []
    identity = index_identity(load_analyzer(settings.ingest.user_dictionary), embedder)
    with create_store(path, identity, keep_originals=False) as store:
        for name, part in parts.items():
            source = unpack(part, scratch) if is_archive(part) else part
            into = settings.ingest.model_copy(update={"collection": name})
            report = ingest([source], store, embedder, into, progress=hear)
            if report.skipped:
                reasons = ", ".join(f"{reason} {count}" for reason, count in report.skipped_by_reason.items())
                notes.append(f"{name}: {len(report.skipped)} files were not read ({reasons})")
    return notes


def _reopen(folder: Path, settings: Settings, embedder: Embedder) -> Assembly:
    analyzer = load_analyzer(settings.ingest.user_dictionary)
    store = open_store(folder / "store", index_identity(analyzer, embedder))
    return Assembly(settings, analyzer, embedder, store)


def _parts(sha256: str, settings: Settings, embedder: Embedder) -> dict[str, object]:
    identity = index_identity(load_analyzer(settings.ingest.user_dictionary), embedder)
    return {
        "texts": sha256,
        "index": asdict(identity),
        "chunks": Chunking.of(settings.ingest, embedder).recipe,
    }


def _hash_parts(parts: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, part in parts.items():
        if not part.exists():
            raise SettingsError(f"{part} is not there: --folder must hold {', '.join(parts)}")
        for file in find_files([part]).files:
            where = file.path.relative_to(part.resolve()) if part.is_dir() else name
            digest.update(f"{name}\0{where}\0".encode(errors="surrogatepass"))
            digest.update(hashlib.sha256(file.path.read_bytes()).digest())
    return digest.hexdigest()


def _fingerprint(assembly: Assembly, scope: Scope) -> str:
    """Of a store that lives on: which documents it holds now, and how they were read."""
    infos = assembly.store.document_infos(scope)
    held = [(info.collection, info.source, info.sha256, info.recipe) for info in infos]
    return hashlib.sha256(json.dumps(held).encode(errors="surrogatepass")).hexdigest()
