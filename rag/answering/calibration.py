"""What `swallow-rag calibrate` found out about one store: how its scores of answerability are to be read.

The score's log-odds are stretched and shifted (Platt scaling), so that for documents like these a confidence
of 0.8 means what it says. The file stands in the store's folder and is read by people, too. It belongs to the
weights that it was fitted on, and is not used with others.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.answering.extractive import AnswerModel
from rag.errors import SettingsError

CALIBRATION_FILE = "calibration.json"
_LOG = logging.getLogger(__name__)
_NEARLY = 1e-6
_PRIOR = 4.0
"""Strength of the pull towards the scores as they are, in questions: a few questions change little."""
_MAX_STEPS = 50
_MIN_SLOPE = 0.05
_AS_THEY_ARE = np.array([1.0, 0.0])

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """``log-odds ↦ slope · log-odds + offset``, and what it was fitted on."""

    slope: float
    offset: float
    num_answerable: int
    num_unanswerable: int
    auroc: float
    fitted: str
    """When, as an ISO date."""
    model: str
    """The first digits of a hash over the weights."""

    def confidence(self, score: float) -> float:
        """The calibrated confidence of an uncalibrated one."""
        return float(1 / (1 + np.exp(-(self.slope * _log_odds([score])[0] + self.offset))))

    def apply(self, model: AnswerModel) -> AnswerModel:
        """The model with calibrated confidences: it is linear, so stretching its weights is enough."""
        slope = np.float32(self.slope)
        return replace(model, answer=model.answer * slope, bias=self.slope * model.bias + self.offset)


def fit_scaling(answerable: Sequence[float], unanswerable: Sequence[float]) -> tuple[float, float]:
    """Slope and offset by logistic regression with a weak pull to (1, 0).

    Raises SettingsError without questions of both kinds.
    """
    if not (len(answerable) and len(unanswerable)):
        raise SettingsError(
            "calibration needs questions with and without an answer: more documents are wanted"
        )
    odds = _log_odds([*answerable, *unanswerable])
    inputs = np.column_stack([odds, np.ones_like(odds)])
    labels = np.repeat([1.0, 0.0], [len(answerable), len(unanswerable)])
    parameters = _AS_THEY_ARE
    for _ in range(_MAX_STEPS):
        step = _newton_step(parameters, inputs, labels)
        loss = _loss(parameters, inputs, labels)
        while np.abs(step).max() > _NEARLY and _loss(parameters - step, inputs, labels) > loss:
            step = step / 2  # a whole step may jump over the valley
        parameters = parameters - step
        if np.abs(step).max() <= _NEARLY:
            break
    return max(_MIN_SLOPE, float(parameters[0])), float(parameters[1])


def _newton_step(parameters: Floats, inputs: Floats, labels: Floats) -> Floats:
    shares = 1 / (1 + np.exp(-inputs @ parameters))
    slope = inputs.T @ (shares - labels) + _PRIOR * (parameters - _AS_THEY_ARE)
    curvature = (inputs * (shares * (1 - shares))[:, None]).T @ inputs + _PRIOR * np.eye(2)
    return np.linalg.solve(curvature, slope)


def _loss(parameters: Floats, inputs: Floats, labels: Floats) -> float:
    margin = inputs @ parameters
    pull = _PRIOR / 2 * float(((parameters - _AS_THEY_ARE) ** 2).sum())
    return float((np.logaddexp(0, margin) - labels * margin).sum()) + pull


def save_calibration(calibration: Calibration, store: Path) -> Path:
    """Write the file into the store's folder and return its path; SettingsError when that cannot be done."""
    file = store / CALIBRATION_FILE
    try:
        file.write_text(json.dumps(asdict(calibration), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"the calibration cannot be written to {file}: {error.strerror}") from error
    return file


def load_calibration(store: Path, model: AnswerModel) -> Calibration | None:
    """The store's calibration; None where there is none, or one of other weights (which is told).

    Raises SettingsError when the file is damaged.
    """
    file = store / CALIBRATION_FILE
    try:
        calibration = Calibration(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{file} is no calibration ({error}): write it again with `swallow-rag calibrate`, or remove it"
        ) from error
    if calibration.model != model_hash(model):
        _LOG.warning(
            "%s was fitted on other weights and is not used: run `swallow-rag calibrate` again", file
        )
        return None
    return calibration


def model_hash(model: AnswerModel) -> str:
    """12 hexadecimal digits of the weights that decide about answerability."""
    digest = hashlib.sha256(model.sentence.tobytes() + model.answer.tobytes())
    digest.update(np.float64(model.bias).tobytes())
    return digest.hexdigest()[:12]


def _log_odds(scores: Sequence[float]) -> Floats:
    clipped = np.clip(np.asarray(scores, np.float64), _NEARLY, 1 - _NEARLY)
    return np.log(clipped / (1 - clipped))
