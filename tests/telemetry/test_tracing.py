import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind

from hub.errors import ConfigurationError
from hub.telemetry import Operation, Telemetry, Timings
from hub.telemetry.export import exporter_wanted, exporting
from hub.telemetry.tracing import Tracing

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ACCOUNTS = Operation("query", "Accounts", "hub_a", "compiled", "f" * 64)


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exported: InMemorySpanExporter) -> Iterator[Tracing]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    yield traced_by(provider)
    provider.shutdown()


def traced_by(provider: TracerProvider) -> Tracing:
    tracing = Tracing()
    tracing.tracer = provider.get_tracer("hub")
    return tracing


def answered(
    tracing: Tracing, operation: Operation, code: str = "OK", headers: list[tuple[bytes, bytes]] | None = None
):
    telemetry = Telemetry(tracing=tracing)
    timings = telemetry.begun(headers or [])
    if operation.kind != "unknown":
        timings.planned()
        timings.read(timings.planned_at)
    timings.operation = operation
    telemetry.answered(timings, code, "request-1")


def by_name(exported: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exported.get_finished_spans()}


def test_an_operation_is_a_span_with_its_plan_and_its_statements_below(tracing, exported):
    answered(tracing, ACCOUNTS)

    spans = by_name(exported)
    operation, plan, database = spans["query"], spans["plan"], spans["database"]
    assert operation.kind == SpanKind.SERVER
    assert dict(operation.attributes) == {
        "graphql.operation.type": "query",
        "graphql.operation.name": "Accounts",
        "hub.document.sha256": "f" * 64,
        "hub.client": "hub_a",
        "hub.path": "compiled",
        "hub.request.id": "request-1",
    }
    assert operation.status.is_ok
    assert {plan.parent.span_id, database.parent.span_id} == {operation.context.span_id}
    assert database.attributes["db.system.name"] == "postgresql"
    assert operation.start_time - 10**9 < plan.start_time <= plan.end_time <= database.start_time <= database.end_time


def test_an_error_has_its_code_and_a_refused_request_no_kind(tracing, exported):
    answered(tracing, Operation(), "UNAUTHENTICATED")

    span = by_name(exported)["GraphQL Operation"]
    assert span.attributes["error.type"] == "UNAUTHENTICATED"
    assert not span.status.is_ok
    assert "graphql.operation.type" not in span.attributes


def test_the_caller_s_trace_goes_on(tracing, exported):
    answered(tracing, ACCOUNTS, headers=[(b"traceparent", CALLER.encode())])

    span = by_name(exported)["query"]
    assert f"{span.context.trace_id:032x}" == CALLER.split("-")[1]
    assert f"{span.parent.span_id:016x}" == CALLER.split("-")[2]


def test_the_span_is_current_while_the_operation_runs(tracing):
    timings = Timings()
    tracing.begin(timings, [])
    within = trace.get_current_span()
    tracing.end(timings, "OK", "request-1")

    assert within is timings.span
    assert not trace.get_current_span().is_recording()


def test_what_is_not_sampled_costs_no_spans_below(exported):
    provider = TracerProvider(sampler=ALWAYS_OFF)
    provider.add_span_processor(SimpleSpanProcessor(exported))
    timings = Timings()
    tracing = traced_by(provider)
    tracing.begin(timings, [])
    timings.read(timings.started)
    tracing.end(timings, "OK", "request-1")

    assert timings.statements is None
    assert exported.get_finished_spans() == ()


def test_without_a_tracer_nothing_is_recorded():
    tracing = Tracing()
    timings = Timings()
    tracing.begin(timings, [(b"traceparent", CALLER.encode())])
    timings.read(timings.started)
    tracing.end(timings, "OK", "request-1")

    assert tracing.tracer is None
    assert (timings.span, timings.statements) == (None, None)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, None),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318"}, "otlp"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, None),
    ],
)
def test_the_standard_variables_say_where_spans_go(environment, wanted):
    assert exporter_wanted(environment) == wanted


def test_an_exporter_that_is_unknown_is_told():
    with pytest.raises(ConfigurationError, match="zipkin"), exporting({"OTEL_TRACES_EXPORTER": "zipkin"}):
        pass


def test_an_sdk_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with (
        pytest.raises(ConfigurationError, match=r"ecosystem-hub\[otel\]"),
        exporting({"OTEL_TRACES_EXPORTER": "console"}),
    ):
        pass


def test_no_export_is_no_provider():
    with exporting({}):
        assert isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


EXPORTS = """
import os
from hub.telemetry import Operation, Telemetry
from hub.telemetry.export import exporting
with exporting(os.environ):
    telemetry = Telemetry()
    timings = telemetry.begun([])
    timings.operation = Operation("query", "Accounts")
    telemetry.answered(timings, "OK", "r")
"""


def test_spans_arrive_at_a_collector_under_the_service_s_name():
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            """Quietly."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        endpoint = f"http://127.0.0.1:{server.server_port}"
        run = subprocess.run(  # noqa: S603 - our own code
            [sys.executable, "-c", EXPORTS],
            env={"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"},
            capture_output=True,
            text=True,
            check=False,
        )
        server.shutdown()

    assert run.returncode == 0, run.stderr
    ((path, body),) = received
    assert path == "/v1/traces"
    assert b"Accounts" in body
    assert b"ecosystem-hub" in body
