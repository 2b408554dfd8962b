import re

from structlog.testing import capture_logs

from hub.telemetry import Operation, Telemetry, Timings


def test_a_slow_operation_is_told_in_one_line_without_what_the_client_wrote():
    telemetry = Telemetry(slow=0.0)
    timings = telemetry.begun([(b"authorization", b"Bearer hub_a_secret")])
    timings.planned()
    timings.read(timings.started)
    timings.operation = Operation("query", "Accounts", "hub_a", "compiled", "f" * 64)
    with capture_logs() as lines:
        telemetry.answered(timings, "OK", "request-1")

    (line,) = lines
    assert line["event"] == "slow operation"
    assert (line["request_id"], line["name"], line["client"], line["code"]) == ("request-1", "Accounts", "hub_a", "OK")
    assert line["milliseconds"] >= 0
    assert "secret" not in str(line)


def test_a_fast_operation_is_not_told():
    telemetry = Telemetry(slow=60.0)
    with capture_logs() as lines:
        telemetry.answered(telemetry.begun([]), "OK", "request-1")

    assert lines == []


def test_server_timing_says_where_the_time_went():
    timings = Timings()
    assert re.fullmatch(rb"plan;dur=0\.00, db;dur=0\.00, total;dur=\d+\.\d\d", timings.header())
    timings.planned()
    timings.read(timings.started - 1)

    plan, database, total = (float(part.rpartition(b"=")[2]) for part in timings.header().split(b", "))
    assert 0 <= plan <= total
    assert 1000 <= database < 60_000
