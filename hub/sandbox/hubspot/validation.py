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


class TakenValue(Refusal):
    """Another record has the value of a property that has each but once."""

    # What portals answered stands in many a public test: this one names the record that was to be written, and the
    # one that has the value; of a record that was to be made, the id that it would have had.
    def __init__(self, where: str, value: str, record_id: str, holder_id: str) -> None:
        place = f"PropertyValueCoordinates{{{where}, value={value}}}"
        message = f"Cannot set {place} on {record_id}. {holder_id} already has that value."
        super().__init__(400, message, "VALIDATION_ERROR")


def complaint(name: str, code: str, message: str | None = None) -> Complaint:
    """What is wrong with one value."""
    default = (
        f'Property "{name}" does not exist' if code == "PROPERTY_DOESNT_EXIST" else f"{name} is a read only property"
    )
    return {"message": message or default, "error": code, "name": name}
