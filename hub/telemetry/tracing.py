"""One OpenTelemetry span for each operation, where a tracer is configured; nothing at all where none is.

Attributes: https://opentelemetry.io/docs/specs/semconv/graphql/graphql-spans/. Names of operations are the client's
own words and so no part of a span's name; documents appear as their hash, variables never.
"""

import time
from collections.abc import Iterable

from opentelemetry import context, propagate, trace
from opentelemetry.trace import ProxyTracerProvider, Span, SpanKind, Status, StatusCode, Tracer

from hub.telemetry.operation import NOT_PLANNED, Operation, Timings

NAME = "GraphQL Operation"
"""What a span is called whose operation never came to be known."""


class Tracing:
    """Spans of operations. Costs one attribute lookup where there is no tracer."""

    __slots__ = ("tracer",)

    def __init__(self) -> None:
        """Looks once, at start-up, whether anyone configured OpenTelemetry."""
        provider = trace.get_tracer_provider()
        configured = not isinstance(provider, (ProxyTracerProvider, trace.NoOpTracerProvider))
        self.tracer: Tracer | None = provider.get_tracer("hub") if configured else None

    def begin(self, timings: Timings, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Open a span for a request, under the caller's own span if its `traceparent` names one."""
        if self.tracer is None:
            return
        carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
        parent = propagate.extract(carrier)
        span = self.tracer.start_span(NAME, parent, SpanKind.SERVER)
        timings.token = context.attach(trace.set_span_in_context(span, parent))
        if span.is_recording():
            timings.span = span
            timings.statements = []

    def end(self, timings: Timings, code: str, request_id: str) -> None:
        """Close it, with what became known of the operation."""
        if timings.token is not None:
            context.detach(timings.token)  # type: ignore[arg-type] # the token that `begin` put there
            timings.token = None
        span = timings.span
        if span is None or self.tracer is None:
            return
        _children(self.tracer, span, timings)
        operation = timings.operation
        if operation.kind != NOT_PLANNED.kind:
            span.update_name(operation.kind)
        span.set_attributes({**_attributes(operation), "hub.request.id": request_id})
        if code != "OK":
            span.set_attribute("error.type", code)
            span.set_status(Status(StatusCode.ERROR, code))
        span.end()


def _children(tracer: Tracer, span: Span, timings: Timings) -> None:
    """Spans of what took the time, told afterwards: while it ran, noting two numbers was enough."""
    parent = trace.set_span_in_context(span)
    offset = time.time_ns() - int(time.perf_counter() * 1e9)
    parts: list[tuple[str, SpanKind, float, float]] = []
    if timings.planned_at:
        parts.append(("plan", SpanKind.INTERNAL, timings.started, timings.planned_at))
    parts += [("database", SpanKind.CLIENT, *each) for each in timings.statements or ()]
    for name, kind, began, ended in parts:
        attributes = {"db.system.name": "postgresql"} if name == "database" else {}
        child = tracer.start_span(name, parent, kind, attributes, start_time=offset + int(began * 1e9))
        child.end(offset + int(ended * 1e9))


def _attributes(operation: Operation) -> dict[str, str]:
    facts = {
        "graphql.operation.type": operation.kind if operation.kind != NOT_PLANNED.kind else "",
        "graphql.operation.name": operation.name,
        "hub.document.sha256": operation.document,
        "hub.client": operation.client,
        "hub.path": operation.path,
    }
    return {name: value for name, value in facts.items() if value}
