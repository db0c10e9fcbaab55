"""A comparison as a record of the history, and in the report."""

from __future__ import annotations

from dataclasses import replace

from cispeed_tasks.config_schema import BudgetsConfig
from cispeed_tasks.plan.compare import ComparePlan, chosen_scenarios
from cispeed_tasks.plan.compare_edits import Edit
from cispeed_tasks.plan.compare_history import compare_record
from cispeed_tasks.plan.compare_results import Measured, Results, Size
from cispeed_tasks.plan.history_records import Bar, read_record, record_text
from cispeed_tasks.plan.report import make_report

PLAN = ComparePlan(
    chosen_scenarios("cold,same-code"),
    1,
    ("compose.yaml",),
    {},
    (),
    {"code": Edit("api", "a line", {"api/main.py": "x"})},
)
SERVICES = {f"s{number:02}": float(number) for number in range(20)}
RESULTS = Results(
    PLAN,
    "2 cores",
    (Measured("before", "cold", 1, 100.0, SERVICES), Measured("after", "cold", 1, 20.0, {"s01": 5.0})),
    {"api": Size(900, 90)},
    {"api": Size(None, 12)},
)


def test_the_record_has_times_of_everything_first_and_sizes_last() -> None:
    record = compare_record(RESULTS)
    assert (record.kind, record.result, record.seconds) == ("compare", "measured", 120.0)
    assert record.bars[:3] == (
        Bar("everything", "cold", 100.0, 20.0),
        Bar("s00", "cold", 0.0, None),
        Bar("s01", "cold", 1.0, 5.0),
    )
    assert record.bars[-2:] == (Bar("api", "image", 900, 90, "B"), Bar("api", "context", None, 12, "B"))


def test_the_report_draws_the_first_and_tells_of_all() -> None:
    record = replace(compare_record(RESULTS), id="1", at="2026-01-02T03:04:05.000+00:00")
    assert read_record(record_text(record)) == record
    budgets = BudgetsConfig.model_validate({})
    report = make_report([record], project="shop", made_at="2026-01-03", config=budgets, base=None)
    (chart,) = (one for one in report.charts if one.id == "compare")
    assert (len(chart.labels), len(chart.table.rows)) == (12, 23)
    assert chart.says.endswith("by inv compare; drawn are 12, the table has 9 more.")
