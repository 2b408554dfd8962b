"""What describe says of objects and fields."""

from collections.abc import Mapping
from typing import Any

from hub.sandbox.salesforce.fields import REMOVABLE
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import filterable
from hub.sandbox.salesforce.sobject import Field, Kind, SObject

Body = dict[str, Any]

_SOAP: Mapping[Kind, str] = {
    Kind.ID: "tns:ID",
    Kind.REFERENCE: "tns:ID",
    Kind.BOOLEAN: "xsd:boolean",
    Kind.INT: "xsd:int",
    Kind.DOUBLE: "xsd:double",
    Kind.CURRENCY: "xsd:double",
    Kind.PERCENT: "xsd:double",
    Kind.DATE: "xsd:date",
    Kind.DATETIME: "xsd:dateTime",
    Kind.ADDRESS: "urn:address",
}
"""Every other kind is an xsd:string."""
_PRECISIONS: Mapping[Kind, tuple[int, int]] = {
    Kind.DOUBLE: (18, 2),
    Kind.CURRENCY: (18, 2),
    Kind.PERCENT: (3, 0),
}
_LENGTHS: Mapping[Kind, int] = {Kind.ID: 18, Kind.REFERENCE: 18, Kind.PICKLIST: 255, Kind.STRING: 255}
_FILLED_IN = frozenset(
    (
        "Id",
        "IsDeleted",
        "OwnerId",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    )
)
"""Fields that Salesforce fills in itself, and that everybody sees."""
_UNSAID: Body = {
    "aiPredictionField": False,
    "autoNumber": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "caseSensitive": False,
    "controllerName": None,
    "defaultValue": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "inlineHelpText": None,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}
"""Keys that say the same of every field here."""
_UNUSED_FLAGS: Body = {
    "activateable": False,
    "associateEntityType": None,
    "associateParentEntity": None,
    "customSetting": False,
    "deepCloneable": False,
    "deprecatedAndHidden": False,
    "hasSubtypes": False,
    "isInterface": False,
    "isSubtype": False,
    "layoutable": True,
    "queryable": True,
    "retrieveable": True,
    "searchable": True,
    "triggerable": True,
}
_WHOLE: Body = {
    "actionOverrides": [],
    "compactLayoutable": True,
    "defaultImplementation": None,
    "extendedBy": None,
    "extendsInterfaces": None,
    "implementedBy": None,
    "implementsInterfaces": None,
    "listviewable": None,
    "lookupLayoutable": None,
    "namedLayoutInfos": [],
    "networkScopeFieldName": None,
    "recordTypeInfos": [],
    "searchLayoutable": True,
    "sobjectDescribeOption": "FULL",
}
_MERGEABLE = ("Account", "Contact", "Lead")


def described_field(org: Org, field: Field[Any], *, editable: bool) -> Body:
    """What describe says of a field."""
    length = field.length or _LENGTHS.get(field.kind, 0)
    precision, scale = _PRECISIONS.get(field.kind, (0, 0))
    plain, filled_in = filterable(field), field.name in _FILLED_IN
    return _UNSAID | {
        "aggregatable": plain,
        "byteLength": length if field.kind in (Kind.ID, Kind.REFERENCE) else 3 * length,
        "calculated": field.calculated,
        "compoundFieldName": field.compound,
        "createable": editable and field.write is not None,
        "custom": field.custom,
        "defaultedOnCreate": filled_in or field.kind is Kind.BOOLEAN,
        "digits": 9 if field.kind is Kind.INT else 0,
        "externalId": field.external_id,
        "filterable": plain,
        "groupable": plain and field.kind not in (Kind.CURRENCY, Kind.DOUBLE, Kind.PERCENT, Kind.DATETIME),
        "idLookup": field.kind is Kind.ID or field.external_id,
        "label": label(field.name),
        "length": length,
        "name": field.name,
        "nameField": field.name == "Name",
        "namePointing": len(field.references) > 1,
        "nillable": not (field.required or filled_in or field.kind is Kind.BOOLEAN),
        "permissionable": not (field.required or filled_in),
        "picklistValues": [
            _picklist_value(value) for value in (field.allowed(org) if field.allowed else field.picklist)
        ],
        "polymorphicForeignKey": len(field.references) > 1,
        "precision": precision,
        "referenceTo": list(field.references),
        "relationshipName": field.relationship,
        "restrictedPicklist": field.allowed is not None,
        "scale": scale,
        "soapType": _SOAP.get(field.kind, "xsd:string"),
        "sortable": plain,
        "type": str(field.kind),
        "unique": field.name in org.unique,
        "updateable": editable and field.write is not None,
    }


def _picklist_value(value: str) -> Body:
    return {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}


def label(name: str) -> str:
    """A field's name as people read it: words apart, without the ending of references and custom fields."""
    stem = name.removesuffix("__c").replace("_", " ")
    words = "".join(
        f" {letter}" if letter.isupper() and number and not stem[number - 1].isupper() else letter
        for number, letter in enumerate(stem)
    )
    return " ".join(words.removesuffix(" Id").split()) + (" ID" if name.endswith("Id") else "")


def described(sobject: SObject[Any], version: str) -> Body:
    """An object in the list of all."""
    url = f"/services/data/v{version}/sobjects/{sobject.name}"
    editable = sobject.blank is not None
    removable = any(field.name == REMOVABLE for field in sobject.fields)
    return _UNUSED_FLAGS | {
        "createable": editable,
        "custom": False,
        "deletable": editable or sobject.removable,
        "feedEnabled": editable,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "mergeable": sobject.name in _MERGEABLE,
        "mruEnabled": editable,
        "name": sobject.name,
        "replicateable": sobject.replicateable,
        "undeletable": removable and editable,
        "updateable": editable and sobject.updateable,
        "urls": {
            "sobject": url,
            "describe": f"{url}/describe",
            "rowTemplate": f"{url}/{{ID}}",
        },
    }


def described_whole(org: Org, sobject: SObject[Any], version: str) -> Body:
    """An object with its fields, and the objects that point to it."""
    editable = sobject.blank is not None
    return (
        described(sobject, version)
        | _WHOLE
        | {
            "childRelationships": [
                {
                    "cascadeDelete": field.cascade,
                    "childSObject": child.name,
                    "deprecatedAndHidden": False,
                    "field": field.name,
                    "junctionIdListNames": [],
                    "junctionReferenceTo": [],
                    "relationshipName": field.children,
                    "restrictedDelete": False,
                }
                for child, field in org.children(sobject)
            ],
            "fields": [described_field(org, field, editable=editable) for field in org.fields(sobject)],
            "supportedScopes": [{"label": f"All {sobject.plural.lower()}", "name": "everything"}],
        }
    )
