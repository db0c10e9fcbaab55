"""What a report says of records: figures, charts with their tables, costs; and its Markdown and page."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cispeed_tasks.config_schema import BudgetsConfig
from cispeed_tasks.plan.history_records import Bar, Layer, Record, Step
from cispeed_tasks.plan.report import Report, make_report
from cispeed_tasks.plan.report_base import Base
from cispeed_tasks.plan.report_chart import Chart
from cispeed_tasks.plan.report_markdown import report_markdown
from cispeed_tasks.plan.report_page import report_page
from tests.plan.history_samples import CI, built, record


def made(records: Sequence[Record], budgets: BudgetsConfig | None = None, base: Base | None = None) -> Report:
    config = budgets or BudgetsConfig.model_validate({})
    return make_report(records, project="shop", made_at="2026-02-03T04:05:06+00:00", config=config, base=base)


def figure(report: Report, label: str) -> tuple[str, str]:
    return next((one.value, one.hint) for one in report.figures if one.label == label)


def chart(report: Report, name: str) -> Chart:
    return next(one for one in report.charts if one.id == name)


def test_without_records_it_says_so() -> None:
    report = made([])
    assert report.about.startswith("Nothing is recorded yet")
    assert report.charts == ()
    assert [one.value for one in report.figures] == ["-", "-", "-", "0.0 s", "none"]


def test_the_share_of_pushes_counts_all_jobs_of_a_run_as_one() -> None:
    records = [
        record("images", "images", "built", 100, 0.0, run="a", machine=CI),
        record("test", "playwright", "passed", 100, 0.025, run="a", machine=CI),  # 90 s later
        record("images", "images", "built", 170, 5, run="b", machine=CI),
    ]
    report = made(records)
    assert figure(report, "Pushes under 3 minutes") == ("50 %", "1 of 2 CI runs")
    assert [point.value for point in chart(report, "pushes").series[0].points] == pytest.approx([190, 170])
    assert chart(report, "pushes").limit == 180


def test_records_of_people_are_left_out_of_times_where_there_are_ones_of_ci() -> None:
    report = made([built("api", 99, 0, image_bytes=10), built("api", 5, 1, machine=CI, image_bytes=20)])
    assert report.about == "1 record of CI on 2026-01-01; 1 of people's machines are left out of times."
    assert chart(report, "build-time").table.rows == (("api", "1", "5.0 s", "5.0 s", "5.0 s", "-"),)
    assert [point.value for point in chart(report, "image-size").series[0].points] == [10, 20]


def test_time_saved_is_the_usual_time_of_what_was_not_needed() -> None:
    records = [
        *(built("api", seconds, hour) for hour, seconds in enumerate([10, 30, 20])),
        record("images", "images", "reused", 0.2, 4, reused=("api", "never-built")),
        record("test", "playwright", "reused", 0.1, 5, saved=64.0),
    ]
    report = made(records)
    assert figure(report, "Time saved") == ("84 s", "20 s of builds and 64 s of test runs that were not needed")
    assert figure(report, "Images that needed no build") == ("40 %", "2 of 5 images asked for")
    assert [one.name for one in chart(report, "saved").series] == ["builds not needed", "test runs not needed"]


def test_slowest_steps_are_those_of_the_most_time_in_all() -> None:
    slow, often = Step("RUN slow", 10, cached=False), Step("RUN often", 6, cached=False)
    records = [built("api", 20, hour, steps=(often,), steps_cached=1, steps_all=2) for hour in range(3)]
    records += [built("api", 20, 4, steps=(slow, Step("RUN cached", 99, cached=True)), steps_cached=1, steps_all=2)]
    steps = chart(made(records), "steps")
    assert steps.table.rows == (("api: RUN often", "3", "6.0 s", "18 s"), ("api: RUN slow", "1", "10 s", "10 s"))
    assert steps.series[0].values == (18, 10)
    assert figure(made(records), "Steps from the cache")[0] == "50 %"


def test_layers_that_several_images_share_are_told_once() -> None:
    base, own = Layer("RUN apt-get install", 80), Layer("COPY . .", 7)
    report = made([built("api", 1, 0, layers=(base,)), built("web", 1, 1, layers=(base, own))])
    assert chart(report, "layers").table.rows == (
        ("2 images: RUN apt-get install", "80 B", "api, web"),
        ("web: COPY . .", "7 B", "web"),
    )


def test_stacks_and_tests_have_charts_of_those_that_ended_well() -> None:
    records = [
        *(record("up", "full", "ready", seconds, seconds) for seconds in (9, 11)),
        record("up", "full", "failed", 300, 12),
        record("test", "playwright", "passed", 70, 13),
        record("test", "playwright", "reused", 0, 14, saved=70.0),
    ]
    report = made(records)
    assert chart(report, "ready").table.rows == (("full", "2", "10 s", "11 s", "11 s"),)
    assert chart(report, "tests").table.rows == (("playwright", "1", "70 s", "70 s", "70 s"),)


def test_the_last_comparison_is_drawn() -> None:
    bars = (Bar("api", "cold", 150.0, 30.0), Bar("api", "image", 5e8, 2e8, "B"))
    report = made([record("compare", "images", "measured", 200, 1, bars=bars)])
    compared = chart(report, "compare")
    assert (compared.labels, [one.values for one in compared.series]) == (("api, cold",), [(150.0,), (30.0,)])
    assert compared.table.rows[1] == ("api, image", "500.0 MB", "200.0 MB")


def test_what_the_changes_cost_follows_from_how_often_is_built() -> None:
    records = [built("api", 10, 0, commit="old", image_bytes=100)]
    records += [built("api", 40, hour, commit="new", image_bytes=300) for hour in (1, 2, 3)]
    report = made(records, base=Base("main", frozenset({"old"})))
    assert report.costs == (
        "At the 4 builds of the last 7 days that is 2 min 00 s longer a week.",
        "Each machine that fetches all images fetches 200 B more.",
    )


def test_many_records_make_few_points_and_many_services_few_lines() -> None:
    records = [built(f"s{number % 30:02}", number % 7, number / 10, image_bytes=5) for number in range(30_000)]
    times = chart(made(records), "build-time")
    assert len(times.series) == 8
    assert max(len(one.points) for one in times.series) <= 60
    assert len(times.table.rows) == 30
    assert sum(point.count for point in times.series[0].points) == 1000
    assert times.says.endswith("; drawn are 8, the table has 22 more.")


class Page(HTMLParser):
    """What a page has: ids, tables, addresses, headings, and whether every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.open: list[str] = []
        self.data = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found[key]) for key in ("href", "src") if key in found]
        self.headings += [tag] if re.fullmatch("h[1-6]", tag) else []
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and not self.data:
            self.data = data


def hostile() -> Report:
    evil = "</script><img src=x onerror=alert(1)>`|*"
    step = Step(f"RUN {evil}", 3, cached=False)
    records = [built(evil, 3, 0, steps=(step,), image_bytes=2, layers=(Layer(evil, 9),), phases={evil: 1.0})]
    budgets = BudgetsConfig.model_validate({"image-bytes": "1B"})
    return made(records, budgets)


@pytest.mark.parametrize("report", [made([]), hostile()], ids=["nothing", "hostile"])
def test_the_page_is_whole_and_asks_nobody(report: Report) -> None:
    page = Page(report_page(report, "const library = 1;"))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert [link for link in page.links if not link.startswith(("#", "data:,"))] == []
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert page.headings[0] == "h1"
    assert set(page.headings[1:]) == {"h2"}
    assert [one["id"] for one in json.loads(page.data)] == [one.id for one in report.charts]


def test_every_chart_has_a_table_with_a_row_for_each_bar() -> None:
    for one in hostile().charts:
        assert len(one.table.rows) >= len(one.labels)
        assert all(len(row) == len(one.table.headers) for row in one.table.rows)


def test_markdown_says_budgets_then_changes_then_figures() -> None:
    layers = ((Layer("RUN pip install", 100_000_000),), (Layer("RUN pip install", 160_000_000),))
    records = [
        built("api", 10, 0, commit="old", image_bytes=100_000_000, layers=layers[0]),
        built("api", 12, 1, commit="new", image_bytes=160_000_000, layers=layers[1]),
        built("web", 3, 2, commit="new", image_bytes=5_000_000),
    ]
    budgets = BudgetsConfig.model_validate({"growth-percent": 20})
    text = report_markdown(made(records, budgets, Base("main", frozenset({"old"}))))
    assert text.splitlines()[:12] == [
        "### Builds of shop",
        "",
        (
            "- ❌ api: the image grew by 60 %, 40 % over its budget of 20 % (budgets.growth-percent in cispeed.yaml); "
            "what grew the most: RUN pip install, from 100.0 MB to 160.0 MB"
        ),
        "",
        "| image since main | size | | build | | what changed most |",
        "|---|--:|--:|--:|--:|---|",
        "| api | 160.0 MB | +60.0 MB (+60.0 %) | 12 s | +2.0 s | RUN pip install: +60.0 MB |",
        "| web | 5.0 MB | new | 3.0 s |  |  |",
        "",
        "At the 3 builds of the last 7 days that is 4.0 s longer a week.",
        "Each machine that fetches all images fetches 60.0 MB more.",
        "",
    ]


@pytest.mark.parametrize(
    ("seconds", "size", "is_changed"),
    [(10, 100_000_000, False), (14, 100_020_000, False), (16, 100_000_000, True), (10, 100_060_000, True)],
)
def test_an_image_differs_by_what_can_be_seen(seconds: float, size: int, is_changed: bool) -> None:
    records = [
        built("api", 10, 0, commit="old", image_bytes=100_000_000),
        built("api", seconds, 1, commit="new", image_bytes=size),
    ]
    report = made(records, BudgetsConfig(), Base("main", frozenset({"old"})))
    assert [one.is_changed for one in report.changes] == [is_changed]
    assert ("No image's size or build time differs since main." in report_markdown(report)) is not is_changed
    assert ("1 image whose size and build time are as before" in report_page(report, "")) is not is_changed


def test_markdown_is_no_html() -> None:
    text = report_markdown(hostile())
    assert "<img" not in text
    assert "\\`\\|\\*" in text


def test_the_chart_library_is_the_published_one() -> None:
    vendor = Path(__file__).parents[2] / "cispeed_tasks/vendor"
    source = (vendor / "chart.umd.min.js").read_text(encoding="utf-8")
    assert re.match(r"/\*!\s+\* Chart\.js v4\.\d+\.\d+", source)
    assert "</script" not in source.lower()
    assert "MIT" in (vendor / "chart.LICENSE.md").read_text(encoding="utf-8")
