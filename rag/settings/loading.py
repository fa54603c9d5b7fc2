"""Every section as one value, from TOML, the environment and arguments."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from rag.errors import SettingsError
from rag.settings.stages import (
    AnsweringSettings,
    EmbeddingSettings,
    GenerationSettings,
    IngestSettings,
    LearnerSettings,
    RecordsSettings,
    RetrievalSettings,
    Stage,
    StoreSettings,
    UiSettings,
)

ENVIRONMENT_PREFIX = "SWALLOW_RAG_"
DEFAULT_FILE = Path("swallow-rag.toml")
_SECRETS = (("generation", "api_key"), ("ingest", "password"))


class Settings(Stage):
    """Every section; build it with `load_settings`."""

    store: StoreSettings = StoreSettings()
    ingest: IngestSettings = IngestSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    generation: GenerationSettings = GenerationSettings()
    answering: AnsweringSettings = AnsweringSettings()
    records: RecordsSettings = RecordsSettings()
    learner: LearnerSettings = LearnerSettings()
    ui: UiSettings = UiSettings()

    def with_values(self, values: Mapping[str, Any]) -> Self:
        """A checked copy with dotted keys replaced: ``{"retrieval.top_k": 5}``; None values are skipped."""
        # What nobody set stays unset, so that a preset that comes now can still decide it.
        merged = self.model_dump(exclude_unset=True)
        for key, value in values.items():
            if value is not None:
                _put(merged, key.split("."), value)
        return type(self)._checked(merged)

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> Self:
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from error


def load_settings(
    file: Path | None = None,
    *,
    arguments: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read settings from ``file`` (or ``swallow-rag.toml`` here, where there is one) and the environment.

    ``arguments`` are dotted keys, ``{"store.path": Path("倉庫")}``, and win over everything.
    Raises SettingsError with the nearest known name when one is misspelt.
    """
    environment = os.environ if environment is None else environment
    merged = _read_file(file)
    for key, value in _read_environment(environment).items():
        _put(merged, key.split("."), value)
    for key, value in (arguments or {}).items():
        if value is not None:
            _put(merged, key.split("."), value)
    return Settings._checked(merged)


def _read_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        if not DEFAULT_FILE.is_file():
            return {}
        file = DEFAULT_FILE
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(
            f"settings file {file} does not exist: check the path, or leave --settings out"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"settings file {file} cannot be read: {error}") from error
    for stage, name in _SECRETS:
        if name in values.get(stage, {}):
            raise SettingsError(
                f"{file} holds {stage}.{name}: secrets come from the environment, "
                f"set {ENVIRONMENT_PREFIX}{stage.upper()}__{name.upper()}"
            )
    return values


def _read_environment(environment: Mapping[str, str]) -> dict[str, str]:
    known = {
        f"{ENVIRONMENT_PREFIX}{stage}__{name}".upper(): f"{stage}.{name}" for stage, name in setting_names()
    }
    found = {}
    for variable, value in environment.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        if variable not in known:
            raise SettingsError(
                f"environment variable {variable} is not a setting{_did_you_mean(variable, list(known))}"
            )
        found[known[variable]] = value
    return found


def setting_names() -> list[tuple[str, str]]:
    """Every setting as (stage, name), in the order of the sections."""
    return [
        (stage, name)
        for stage, section in Settings.model_fields.items()
        for name in section.annotation.model_fields  # type: ignore[union-attr]
    ]


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    tree[path[-1]] = value


def _explain(error: ValidationError) -> str:
    """One line for the first thing that is wrong."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = [f"{stage}.{name}" for stage, name in setting_names()] + list(Settings.model_fields)
        return f"setting {key} does not exist{_did_you_mean(key, known)}"
    return f"setting {key} = {first['input']!r} is not possible: {first['msg']}"


def _did_you_mean(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else ": see docs/settings.md"
