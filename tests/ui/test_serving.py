"""The command that starts the page, and that nothing leaves the machine by default."""

import json
import tomllib
from pathlib import Path

from rag.settings import Settings
from ui.serving import APP, OPTIONS, page_command

CONFIG = Path(__file__).parents[2] / ".streamlit" / "config.toml"


def test_config_file_and_command_say_the_same() -> None:
    values = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    flat = {
        f"{section}.{name}": value if isinstance(value, str) else json.dumps(value)
        for section, names in values.items()
        for name, value in names.items()
    }
    assert flat == OPTIONS


def test_nothing_is_sent_and_no_trace_is_shown() -> None:
    assert OPTIONS["browser.gatherUsageStats"] == "false"
    assert OPTIONS["client.showErrorDetails"] == "none"


def test_command_hands_on_address_limit_settings_and_store() -> None:
    settings = Settings().with_values(
        {"ui.host": "0.0.0.0", "ui.port": 9000, "ingest.max_file_bytes": 5_000_000}
    )
    command = page_command(settings, settings_file=Path("設定.toml"), store=Path("倉庫"))
    before, after = command[: command.index("--")], command[command.index("--") + 1 :]
    assert before[1:5] == ["-m", "streamlit", "run", str(APP)]
    assert {"--server.address=0.0.0.0", "--server.port=9000", "--server.maxUploadSize=5"} <= set(before)
    assert after == ["--settings", "設定.toml", "--store", "倉庫"]


def test_without_file_and_store_the_page_is_given_nothing() -> None:
    assert page_command(Settings())[-1] == "--"
