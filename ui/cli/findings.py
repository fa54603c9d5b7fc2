"""What ``doctor`` looks at. Each check gives findings, and none of them stops the others."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from rag.errors import RagError, StoreNotFound
from rag.settings import Settings
from rag.store.base import Store
from ui.cli.commands import Session


class Level(StrEnum):
    """How bad it is; only a problem makes ``doctor`` fail."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; ``remedy`` is a command or an advice."""

    name: str
    level: Level
    value: str
    remedy: str = ""


NEEDED = (
    *("faiss-cpu", "fugashi", "langchain-core", "lxml", "numpy", "openpyxl", "pydantic", "pypdfium2"),
    *("python-docx", "python-pptx", "tantivy", "unidic-lite"),
)
OPTIONAL = {
    "torch": "pip install 'swallow-rag[gpu]'",
    "transformers": "pip install 'swallow-rag[gpu]'",
    "sentence-transformers": "pip install 'swallow-rag[gpu]'",
    "streamlit": "pip install 'swallow-rag[ui]'",
}
"""What comes with an extra, and how to get it."""


def examine(session: Session) -> list[Finding]:
    """Everything, in the order in which a person would look."""
    findings = [*_packages(), *_device()]
    try:
        settings = session.settings()
    except RagError as error:
        return [*findings, Finding("設定", Level.PROBLEM, str(error), "設定ファイルか環境変数を直す")]
    findings.append(Finding("設定", Level.OK, _settings_source(session)))
    for name, check in CHECKS.items():
        try:
            findings.extend(check(settings))
        except RagError as error:
            findings.append(Finding(name, Level.PROBLEM, str(error), _remedy_in(error)))
    return findings


def _packages() -> Iterator[Finding]:
    yield Finding("swallow-rag", Level.OK, _version("swallow-rag") or "(インストールなし)")
    yield Finding(
        "Python", Level.OK, f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    )
    for package in NEEDED:
        version = _version(package)
        level, remedy = (Level.OK, "") if version else (Level.PROBLEM, f"pip install {package}")
        yield Finding(package, level, version or "ありません", remedy)
    for package, remedy in OPTIONAL.items():
        version = _version(package)
        level = Level.OK if version else Level.NOTE
        yield Finding(package, level, version or "なし (任意)", "" if version else remedy)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _device() -> Iterator[Finding]:
    if importlib.util.find_spec("torch") is None:
        yield Finding("演算装置", Level.OK, "CPU (torch なし)")
        return
    from rag.generation.checkpoints import choose_device

    yield Finding("演算装置", Level.OK, choose_device("auto"))


def _settings_source(session: Session) -> str:
    from rag.settings import DEFAULT_FILE

    file = session.settings_file or (DEFAULT_FILE if DEFAULT_FILE.is_file() else None)
    return str(file) if file else "既定値 (設定ファイルなし)"


def _models(settings: Settings) -> Iterator[Finding]:
    from rag.assembly import load_embedder
    from rag.retrieval.probing import probe_embedder
    from rag.text.analyzer import load_analyzer

    embedder = load_embedder(settings.embedding)
    identity = embedder.identity
    yield Finding(
        "埋め込みモデル", Level.OK, f"{identity.name} {identity.revision} ({identity.dimension} 次元)"
    )
    if problem := probe_embedder(embedder, load_analyzer()):
        yield Finding("埋め込みモデル", Level.PROBLEM, problem, "embedding.model を別のモデルにして rebuild")


def _words(settings: Settings) -> Iterator[Finding]:
    """Files of one's own words, where the settings name some."""
    from rag.text.synonyms import read_groups
    from rag.text.user_dictionary import read_rows

    if path := settings.ingest.user_dictionary:
        yield Finding("ユーザー辞書", Level.OK, f"{len(read_rows(path)):,} 語 ({path})")
    if path := settings.retrieval.synonyms:
        yield Finding("同義語", Level.OK, f"{len(read_groups(path)):,} 語 ({path})")


def _generation(settings: Settings) -> Iterator[Finding]:
    generation = settings.generation
    if generation.backend == "none":
        yield Finding("文章生成", Level.NOTE, "なし: 資料の文をそのまま答えます")
        return
    if generation.backend == "transformers":
        # The tokenizer tells that the model is there; its weights may take minutes to load.
        from rag.generation.checkpoints import find_folder, load_tokenizer

        load_tokenizer(find_folder(generation.model))
        yield Finding("文章生成", Level.OK, generation.model)
        return
    from rag.assembly import load_generator

    yield Finding("文章生成", Level.OK, f"{load_generator(generation).name} ({generation.base_url})")


def _store(settings: Settings) -> Iterator[Finding]:
    from rag.assembly import open_assembly

    path = settings.store.path
    try:
        assembly = open_assembly(settings)
    except StoreNotFound:
        yield Finding("ストア", Level.NOTE, f"まだありません ({path})", "swallow-rag ingest フォルダ")
        return
    with assembly:
        statistics = assembly.store.statistics()
        inside = list(_inside(assembly.store))
    size = f"{statistics.size_bytes / 1e6:.1f} MB"
    counts = f"{statistics.num_documents:,} 資料 {statistics.num_chunks:,} 断片 {size}"
    yield Finding("ストア", Level.OK, f"{path} ({counts}、変更番号 {statistics.change_number})")
    for follower in statistics.followers:
        behind = statistics.change_number - follower.change_number
        state = follower.problem or (f"{behind} 変更ぶん遅れ" if behind else "最新")
        level = Level.PROBLEM if follower.problem else Level.OK
        remedy = "次の ingest か rebuild で作り直されます: swallow-rag rebuild" if follower.problem else ""
        yield Finding(f"索引 {follower.name}", level, state, remedy)
    yield from inside


def _inside(store: Store) -> Iterator[Finding]:
    """What nobody notices until an answer is missing."""
    from rag.retrieval.probing import find_garbled, probe_store

    if problem := probe_store(store):
        yield Finding("索引のベクトル", Level.PROBLEM, problem, "swallow-rag rebuild")
    garbled = find_garbled(store)
    if garbled.num_chunks:
        yield Finding(
            "文字化け",
            Level.NOTE,
            f"{garbled.num_chunks:,} 断片が読めません: {'、'.join(garbled.names)}",
            "元の資料を正しい文字コードで保存し直すか、別の形式で書き出して ingest",
        )


CHECKS: dict[str, Callable[[Settings], Iterator[Finding]]] = {
    "埋め込みモデル": _models,
    "辞書と同義語": _words,
    "文章生成": _generation,
    "ストア": _store,
}


def _remedy_in(error: RagError) -> str:
    """Our messages end with what to do, behind the last colon."""
    _, _, remedy = str(error).rpartition(": ")
    return remedy
