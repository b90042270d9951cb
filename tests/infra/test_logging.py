"""What is written down of a failure."""

import structlog
from structlog.testing import capture_logs

from sellier.infra import logging


def test_an_outage_is_told_in_one_line_and_a_bug_with_its_trace() -> None:
    away = ConnectionError("connection refused\nIs the server running?")
    bug = ValueError("not a number")
    with capture_logs() as told:
        logging.failure(structlog.get_logger(), "not done", away)
        logging.failure(structlog.get_logger(), "not done", bug)

    assert told == [
        {"event": "not done", "log_level": "warning", "error": "connection refused"},
        {"event": "not done", "log_level": "error", "exc_info": bug},
    ]
