"""How fast a run is, as the bar tells it."""

from ui.cli.progress import Meter


def test_the_speed_is_that_of_the_whole_run():
    meter = Meter(began=10.0)
    assert meter.add(3_000, now=11.0) == "毎秒 1.0 件 · 3,000 字"
    assert meter.add(0, now=12.0) == "毎秒 1.0 件 · 1,500 字"
    assert meter.add(1_000_000, now=12.5) == "毎秒 1.2 件 · 401,200 字"


def test_no_time_is_no_division_by_zero():
    assert Meter(began=10.0).add(5, now=10.0) == "毎秒 1,000.0 件 · 5,000 字"
