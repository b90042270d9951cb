import io
import json

from rich.console import Console

from sellier.infra import reports
from sellier.infra.reports import Report


def test_every_problem_counts_and_the_first_thousand_are_kept() -> None:
    report = Report(file="stock.csv", kind="stock")
    for line in range(5_000):
        report.refuse(line, "on_hand", "-1", why="not between 0 and 9")

    assert (report.refused, len(report.problems), report.exit_code) == (5_000, 1_000, 1)


def test_values_cannot_speak_to_the_terminal() -> None:
    report = Report(file="a\x1b[2J.csv", kind="products")
    report.refuse(2, "title", "\x1b]0;owned\x07[bold red]hi\u202e" + "x" * 500, why="too long")
    out = io.StringIO()
    reports.show(report, Console(file=out, width=200, color_system=None))

    shown = out.getvalue()
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[bold red]hi" in shown
    assert len(report.problems[0].value) < 120


def test_the_json_form_holds_the_same() -> None:
    report = Report(file="p.csv", kind="prices", unusable="Not UTF-8.")
    plain = json.loads(json.dumps(reports.as_json(report)))

    assert plain["unusable"] == "Not UTF-8."
    assert plain["exit_code"] == 2
