"""Formats that LibreOffice turns into newer ones where the system has it: .doc, .ppt, OpenDocument, .xlsb.

The program works in a folder of its own that is deleted afterwards, without a window, without macros, within
the time of the file. Web addresses that a document links to lead nowhere.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from ingest.readers.base import Reader, Reading, ReadOptions
from ingest.readers.programs import run_program
from rag.errors import DamagedDocument, UnsupportedFormat

_TIME_SHARE = 0.7
"""Of a file's time; reading the result needs the rest."""

_WITHOUT_LIMIT = 300.0
_PROGRAMS = ("soffice", "libreoffice")
_NOWHERE = "http://127.0.0.1:9"
_OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ftp_proxy"), _NOWHERE)


def read_as(data: bytes, name: str, options: ReadOptions, kind: str, target: str) -> Reading:
    """Convert a file, of a kind such as ``doc``, to ``target`` (``docx``, ``pptx``, ``xlsx``) and read that.

    Raises UnsupportedFormat where there is no LibreOffice, LimitExceeded when it takes too long.
    """
    converted = _convert(data, name, options, kind, target)
    reader: Reader = importlib.import_module(f"ingest.readers.{target}").read
    reading = reader(converted, name)
    return replace(reading, warnings=(f"read through LibreOffice, as .{target}", *reading.warnings))


def _convert(data: bytes, name: str, options: ReadOptions, kind: str, target: str) -> bytes:
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise UnsupportedFormat(
            f"{name}: an old or foreign office format, read through LibreOffice, which is not here: "
            f"apt-get install libreoffice-core, or save it as .{target}"
        )
    seconds = (options.timeout_seconds or _WITHOUT_LIMIT) * _TIME_SHARE
    with tempfile.TemporaryDirectory(prefix="swallow-rag-") as folder:
        source = Path(folder) / f"in.{kind}"
        source.write_bytes(data)
        arguments = [program, "--headless", "--norestore", "--nologo", "--nolockcheck"]
        arguments += [f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"]
        arguments += ["--convert-to", target, "--outdir", folder, str(source)]
        run_program(arguments, name=name, timeout_seconds=seconds, environment={**_OFFLINE, "HOME": folder})
        result = source.with_suffix(f".{target}")
        if not result.is_file():
            raise DamagedDocument(
                f"{name}: LibreOffice could not open it: it may be damaged, need a password, or need another "
                f"part of LibreOffice; save it as .{target}"
            )
        return result.read_bytes()
