"""What fits where, on machines whose answer is known."""

from __future__ import annotations

import pytest

from rag.generation.catalog import CATALOG, find_model
from rag.generation.hardware import Machine, judge_fit, measure_machine, needed_bytes

GB = 1_000_000_000
H200 = Machine((141 * GB,), "NVIDIA H200")
RTX_4090 = Machine((24 * GB,), "NVIDIA GeForce RTX 4090")
T4 = Machine((16 * GB,), "Tesla T4")
FOUR_A100 = Machine((80 * GB,) * 4, "NVIDIA A100")
LAPTOP = Machine(main_bytes=32 * GB)


@pytest.mark.parametrize(
    ("name", "machine", "expected"),
    [
        pytest.param("Swallow-7b-instruct-hf", H200, "fits here: bf16", id="13.7 GB and 2 GB of cache"),
        pytest.param("Swallow-13b-instruct-hf", RTX_4090, "fits here: int8", id="26 GB do not, 13 do"),
        pytest.param("Swallow-13b-instruct-hf", T4, "fits here: nf4", id="7 GB and 3 GB of cache"),
        pytest.param("Swallow-70b-instruct-hf", H200, "fits here: int8", id="138 GB are too much for one"),
        pytest.param("Swallow-70b-instruct-hf", RTX_4090, "needs 7 GPUs", id="nf4 alone is 37 GB"),
        pytest.param("Swallow-70b-instruct-hf", T4, "use a server", id="more than 8 of these"),
        pytest.param("Swallow-70b-instruct-hf", FOUR_A100, "fits here: bf16", id="spread over four"),
        pytest.param("Llama-3.1-405B-Instruct", FOUR_A100, "fits here: nf4", id="810 GB in bf16"),
        pytest.param("Llama-3.1-405B-Instruct", H200, "needs 7 GPUs", id="nf4 does not fit into one"),
        pytest.param("Swallow-7b-instruct-hf", LAPTOP, "fits here: bf16", id="on the CPU, slowly"),
        pytest.param("Swallow-70b-instruct-hf", LAPTOP, "use a server", id="small formats are for GPUs"),
    ],
)
def test_the_most_precise_format_that_fits(name: str, machine: Machine, expected: str):
    entry = find_model(name)
    assert entry is not None
    assert str(judge_fit(entry, machine)) == expected


def test_smaller_formats_need_less_for_every_model():
    for entry in CATALOG:
        sizes = [needed_bytes(entry.shape, precision) for precision in ("bf16", "int8", "nf4")]
        assert sizes == sorted(sizes, reverse=True)


def test_this_machine_has_memory():
    machine = measure_machine()
    assert machine.bytes_for_models > GB
    assert "GB" in machine.description
