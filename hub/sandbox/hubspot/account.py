"""The account itself."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.limits import UTC_OFFSET
from hub.sandbox.hubspot.portal import HOME_CURRENCY, PORTAL_ID, Portal


def details(portal: Portal, call: Call) -> dict[str, Any]:
    """What HubSpot says of the account."""
    currencies = {deal.currency for deal in portal.copy.opportunities if deal.currency is not None}
    return {
        "portalId": PORTAL_ID,
        "accountType": "STANDARD",
        "timeZone": "US/Eastern",
        "companyCurrency": HOME_CURRENCY,
        "additionalCurrencies": sorted(currencies - {HOME_CURRENCY}),
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": int(UTC_OFFSET.total_seconds() * 1000),
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }
