"""The wheel, as a user gets it: built, installed into a clean environment, and asked."""

import json
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def call(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """A clean environment with the wheel in it, and our libraries (not our code) beside it."""
    folder = wheel.parent / "environment"
    call(sys.executable, "-m", "venv", "--without-pip", folder, cwd=wheel.parent)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps")
    call(*pip, wheel, cwd=wheel.parent)
    packages = Path(
        call(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    # A line of a .pth file goes to the end of the path, and .pth files found there are not read: an
    # editable installation of this checkout stays out.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return folder


def test_the_wheel_carries_models_sample_and_page_but_no_tests(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("rag/_data/models/static-ja/") for name in names)
    assert "rag/_data/models/answering.json" in names
    assert "rag/_data/sample/就業規則.txt" in names
    assert "ui/app.py" in names
    assert "ui/page/style.css" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {
        *("rag", "ingest", "evaluation", "server", "ui"),
        "swallow_rag",
    }


def test_the_installed_wheel_answers(installed: Path, tmp_path: Path):
    command = installed / "bin" / "swallow-rag"
    told = json.loads(call(command, "--store", tmp_path / "store", "demo", "--json", cwd=tmp_path))
    first = told["answers"][0]
    assert "３か月間" in first["answer"]
    assert Path(first["citations"][0]["source"]).is_relative_to(installed)
    where = call(installed / "bin" / "python", "-c", "import rag; print(rag.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed)


def test_the_installed_wheel_knows_its_page(installed: Path, tmp_path: Path):
    code = "from ui.serving import APP; print(APP)"
    page = Path(call(installed / "bin" / "python", "-c", code, cwd=tmp_path).strip())
    assert page.is_file()
    assert page.is_relative_to(installed)
