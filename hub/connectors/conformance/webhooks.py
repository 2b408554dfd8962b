"""The rule about what a vendor posts: anybody can post, so nothing is believed unproven."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from hub.connectors.conformance.subject import Outcome, Subject, inapplicable
from hub.connectors.conformance.wire import Posted


async def webhooks_are_verified(subject: Subject) -> Outcome:
    """A genuine delivery is believed and gives hints; altered, unsigned, old or for another it is not."""
    webhook = subject.connector.webhook
    if webhook is None:
        return inapplicable("it has no webhook")
    if subject.wire.delivery is None:
        return Outcome(passed=False, seen="the wire has no delivery()")
    config, delivery, now = subject.wire.delivery()
    if not webhook.is_genuine(config, delivery, now):
        return Outcome(passed=False, seen="the genuine delivery is refused")
    forged = _forged(subject.connector.secrets, (config, delivery, now))
    complaints = [f"believed {what}" for what, posted in forged.items() if webhook.is_genuine(*posted)]
    names = {stream.name for stream in subject.streams}
    hints = list(webhook.hints(config, delivery))
    complaints += [] if hints else ["the genuine delivery gives no hint"]
    complaints += [f"a hint names the stream {hint.stream}" for hint in hints if hint.stream not in names]
    return Outcome.of(complaints, f"{len(forged)} forgeries refused")


def _forged(secrets: Collection[str], genuine: Posted) -> dict[str, Posted]:
    config, delivery, now = genuine
    others = {**config, **{name: f"{config[name]}x" for name in secrets if name in config}}
    return {
        "another body": (config, replace(delivery, body=delivery.body + b" "), now),
        "a body cut short": (config, replace(delivery, body=delivery.body[:-1]), now),
        "no headers": (config, replace(delivery, headers={}), now),
        "altered headers": (config, replace(delivery, headers={k: f"{v}0" for k, v in delivery.headers.items()}), now),
        "headers beyond ASCII": (config, replace(delivery, headers=dict.fromkeys(delivery.headers, "\xe9")), now),
        "a delivery of yesterday": (config, delivery, now + timedelta(days=1)),
        "a delivery of tomorrow": (config, delivery, now - timedelta(days=1)),
        "one signed with another secret": (others, delivery, now),
    }
