"""The entry script: arguments, settings, and what is told when the store cannot be opened."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

SECONDS = 60.0


@pytest.fixture(autouse=True)
def forget_shared_parts() -> None:
    st.cache_resource.clear()


def session(*arguments: str) -> AppTest:
    def script(*arguments: str) -> None:  # run by its source alone
        from ui.app import main

        main(arguments)

    return AppTest.from_function(script, args=arguments, default_timeout=SECONDS).run()


def test_a_store_that_is_not_there_is_made_and_asks_for_documents(tmp_path: Path) -> None:
    page = session("--store", str(tmp_path / "倉庫"))
    assert page.title[0].value == "まだ資料がありません"
    assert (tmp_path / "倉庫" / "store.sqlite").is_file()
    assert not page.exception
    assert not page.error


def test_the_store_of_a_settings_file_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "設定.toml"
    file.write_text(f'[store]\npath = "{tmp_path}/甲"\n', encoding="utf-8")
    session("--settings", str(file))
    assert (tmp_path / "甲").is_dir()
    session("--settings", str(file), "--store", str(tmp_path / "乙"))
    assert (tmp_path / "乙").is_dir(), "an argument wins over the file"


def test_misspelt_settings_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "設定.toml"
    file.write_text("[retrieval]\ntopk = 3\n", encoding="utf-8")
    page = session("--settings", str(file), "--store", str(tmp_path / "倉庫"))
    [error] = page.error
    assert "did you mean" in error.value
    assert "\n" not in error.value
    assert not page.exception


def test_a_store_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    page = session("--store", str(tmp_path / "file" / "store"))
    [error] = page.error
    assert "no store can be made" in error.value
    assert not page.exception
