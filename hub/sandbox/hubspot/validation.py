"""Values that do not fit, and how HubSpot says so."""

from collections.abc import Sequence

import orjson

from hub.sandbox.hubspot.refusal import Refusal

Complaint = dict[str, str]


class InvalidProperties(Refusal):
    """Some of the values sent cannot be written."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        listing = orjson.dumps([{"isValid": False, **each} for each in complaints]).decode()
        errors = [
            {"message": each["message"], "code": each["error"], "context": {"propertyName": [each["name"]]}}
            for each in complaints
        ]
        super().__init__(400, f"Property values were not valid: {listing}", "VALIDATION_ERROR", errors=errors)
        self.complaints = list(complaints)


def complaint(name: str, code: str, message: str | None = None) -> Complaint:
    """What is wrong with one value."""
    default = (
        f'Property "{name}" does not exist' if code == "PROPERTY_DOESNT_EXIST" else f"{name} is a read only property"
    )
    return {"message": message or default, "error": code, "name": name}
