"""Sending spans away: the OpenTelemetry SDK, where the environment asks for it and it is installed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from opentelemetry import trace

from hub.errors import ConfigurationError

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")

EXPORTERS = {
    "otlp": ("opentelemetry.exporter.otlp.proto.http.trace_exporter", "OTLPSpanExporter"),
    "console": ("opentelemetry.sdk.trace.export", "ConsoleSpanExporter"),
}
"""By the values of OTEL_TRACES_EXPORTER (https://opentelemetry.io/docs/languages/sdk-configuration/general/)."""


@contextmanager
def exporting(environment: Mapping[str, str]) -> Iterator[None]:
    """Send spans where the standard OTEL_* variables say, until the context ends; then send the last ones.

    Raises ConfigurationError where they ask for what is not there.
    """
    wanted = exporter_wanted(environment)
    if wanted is None:
        yield
        return
    provider = _provider(wanted)
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        provider.shutdown()


def exporter_wanted(environment: Mapping[str, str]) -> str | None:
    """The exporter that is asked for; None where there is none."""
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    named = environment.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if not named and any(environment.get(name) for name in ENDPOINTS):
        named = "otlp"
    if named in ("", "none"):
        return None
    if named not in EXPORTERS:
        raise ConfigurationError(f"OTEL_TRACES_EXPORTER is {named}; the hub knows {', '.join(EXPORTERS)} and none.")
    return named


def _provider(wanted: str) -> Any:
    """A provider of tracers; it reads its resource, sampler and limits from the environment by itself."""
    module, name = EXPORTERS[wanted]
    try:
        sdk = import_module("opentelemetry.sdk.trace")
        export = import_module("opentelemetry.sdk.trace.export")
        resources = import_module("opentelemetry.sdk.resources")
        exporter = getattr(import_module(module), name)
    except ImportError as error:
        raise ConfigurationError(
            f"The environment asks for traces ({wanted}), but {error.name} is not installed: "
            "install ecosystem-hub[otel], or set OTEL_SDK_DISABLED=true."
        ) from error
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over what is given here only if they are merged over it.
    hub = resources.Resource({"service.name": "ecosystem-hub"})
    provider = sdk.TracerProvider(resource=hub.merge(resources.OTELResourceDetector().detect()))
    provider.add_span_processor(export.BatchSpanProcessor(exporter()))
    return provider
