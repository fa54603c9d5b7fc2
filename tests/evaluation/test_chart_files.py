"""A chart as a file of its own."""

from __future__ import annotations

from xml.etree import ElementTree

from evaluation.report.charts import as_file, column_chart

STYLE = "svg text { font-size: 12px; } .a > .b { fill: red; }"


def test_a_chart_becomes_a_picture_with_its_style() -> None:
    picture = as_file(column_chart({"10k": 120, "20k": 130}, title="µs a chunk"), STYLE)
    root = ElementTree.fromstring(picture)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    style = root.find(f"{space}style")
    assert style is not None
    assert style.text == STYLE
    assert [one.text for one in root.iter(f"{space}text")] == ["120", "10k", "130", "20k"]
    assert root.get("aria-label") == "µs a chunk"
