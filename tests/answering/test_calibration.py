"""A calibration is fitted, written beside the store, read again, and changes confidences as it says."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answering.calibration import (
    CALIBRATION_FILE,
    Calibration,
    fit_scaling,
    load_calibration,
    model_hash,
    save_calibration,
)
from rag.answering.extractive import AnswerModel
from rag.errors import SettingsError

MODEL = AnswerModel(np.ones(3, np.float32), np.array([1.0, -2.0], np.float32), 0.5, 0.35)


def calibration(slope: float = 2.0, offset: float = -1.0, model: AnswerModel = MODEL) -> Calibration:
    return Calibration(slope, offset, 10, 10, 0.9, "2024-04-01", model_hash(model))


def confidence(model: AnswerModel, known: list[float]) -> float:
    return float(1 / (1 + np.exp(-(np.asarray(known, np.float32) @ model.answer + model.bias))))


def test_what_is_written_is_read(tmp_path: Path):
    file = save_calibration(calibration(), tmp_path)
    assert file == tmp_path / CALIBRATION_FILE
    assert '"slope": 2.0' in file.read_text(encoding="utf-8"), "people read it, too"
    assert load_calibration(tmp_path, MODEL) == calibration()


def test_without_a_file_nothing_is_calibrated(tmp_path: Path):
    assert load_calibration(tmp_path, MODEL) is None


def test_other_weights_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    save_calibration(calibration(), tmp_path)
    other = AnswerModel(MODEL.sentence, MODEL.answer, 0.6, 0.35)
    with caplog.at_level(logging.WARNING):
        assert load_calibration(tmp_path, other) is None
    assert "swallow-rag calibrate" in caplog.text


@pytest.mark.parametrize("text", ["{", "[]", '{"slope": 1}'])
def test_a_damaged_file_is_an_error(tmp_path: Path, text: str):
    (tmp_path / CALIBRATION_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="is no calibration"):
        load_calibration(tmp_path, MODEL)


def test_a_folder_that_is_gone(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be written"):
        save_calibration(calibration(), tmp_path / "gone")


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.floats(0.1, 5), st.floats(-3, 3), st.lists(st.floats(-2, 2, width=32), min_size=2, max_size=2))
def test_a_calibrated_model_is_the_calibration_of_its_confidence(
    slope: float, offset: float, known: list[float]
):
    changed = calibration(slope, offset)
    assert confidence(changed.apply(MODEL), known) == pytest.approx(
        changed.confidence(confidence(MODEL, known)), abs=1e-4
    )


def test_scores_that_are_too_high_are_lowered():
    slope, offset = fit_scaling([0.99] * 50 + [0.95] * 50, [0.9] * 80 + [0.5] * 20)
    fitted = calibration(slope, offset)
    assert fitted.confidence(0.9) < 0.5 < fitted.confidence(0.99)


def test_a_few_questions_change_little():
    slope, offset = fit_scaling([0.8], [0.7])
    assert abs(slope - 1) < 0.3
    assert abs(offset) < 0.3


def test_scores_the_wrong_way_round_stay_in_order():
    slope, _ = fit_scaling([0.1] * 100, [0.9] * 100)
    assert slope > 0


def test_both_kinds_are_needed():
    with pytest.raises(SettingsError, match="more documents"):
        fit_scaling([0.5], [])
