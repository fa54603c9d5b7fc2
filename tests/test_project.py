"""The house itself: what is declared, what is pinned, how large things are, and that documents are fresh."""

import ast
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("rag", "ingest", "evaluation", "server", "ui")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PEERS = tuple(ROOT / "benchmarks" / name for name in ("rivals.py", "ingestion_peers.py"))
"""Import what benchmarks/requirements-peers.txt names, and say so where it is not installed."""

SCRIPTS = sorted(
    path
    for folder in ("tests", "benchmarks", "docs")
    for path in (ROOT / folder).rglob("*.py")
    if path not in PEERS
)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50


def requirements() -> dict[str, Requirement]:
    """Everything that pyproject declares, by canonical name."""
    texts = [
        *PROJECT["dependencies"],
        *(text for extra in PROJECT["optional-dependencies"].values() for text in extra),
    ]
    return {canonicalize_name(requirement.name): requirement for requirement in map(Requirement, texts)}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """The top-level names that a module imports, wherever it does so."""
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_every_library_that_code_and_tests_import_is_declared():
    distributions = importlib.metadata.packages_distributions()
    own = {*PACKAGES, "tests", "benchmarks", "training", *(path.stem for path in (*PEERS, *SCRIPTS))}
    foreign = set().union(*map(imported, [*MODULES, *SCRIPTS])) - own - sys.stdlib_module_names
    declared = requirements().keys()
    undeclared = {
        name
        for name in foreign
        if not {canonicalize_name(found) for found in distributions.get(name, [name])} & declared
    }
    assert undeclared == set()


def test_every_declared_library_is_pinned_within_its_range():
    pinned = pins()
    wrong = [
        str(requirement)
        for name, requirement in requirements().items()
        if name not in pinned or not requirement.specifier.contains(pinned[name])
    ]
    assert wrong == []


def test_pins_fit_every_machine():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line)] == []
    assert not {"swallow-rag", "pip"} & pins().keys()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def test_files_and_functions_stay_small():
    long_files = [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in MODULES
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_FILE_LINES
    ]
    long_functions = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in MODULES
        for function in functions(path)
        if (function.end_lineno or 0) - function.lineno >= MAX_FUNCTION_LINES
    ]
    assert (long_files, long_functions) == ([], [])


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc"}
    assert [path for path in MODULES if drawers & {path.stem, path.parent.name}] == []


def test_nothing_is_pickled_and_no_foreign_code_is_run():
    pickling = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    assert [path for path in MODULES if pickling & imported(path)] == []
    trusting = [
        f"{path.relative_to(ROOT)}:{node.value.lineno}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.keyword)
        and node.arg in {"allow_pickle", "trust_remote_code", "allow_dangerous_deserialization"}
        and not (isinstance(node.value, ast.Constant) and node.value.value is False)
    ]
    assert trusting == []


def test_generated_documents_are_fresh():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_shared_data_is_named_only_where_it_may_be():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    allowed = ("tests/", "benchmarks/", "training/", "docs/evaluation.md")
    named = [
        name
        for name in listed.stdout.decode().split("\0")
        if name
        and not name.startswith(allowed)
        and (ROOT / name).is_file()
        and b"../shared" in (ROOT / name).read_bytes()
    ]
    assert named == []


def test_every_make_target_of_the_readme_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    asked = set(re.findall(r"\bmake ([a-z]+)", readme))
    assert asked
    assert asked <= targets
