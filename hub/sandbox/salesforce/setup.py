"""What an administrator sets up: users, record types, currencies, stages, products, the organization itself."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.currencies import CORPORATE_CURRENCY, RATES, WITHOUT_CENTS
from hub.sandbox.salesforce.fields import (
    computed,
    constant,
    created,
    full_name,
    instant,
    is_deleted,
    part,
    row_id,
    stamps,
    stored,
    unused,
)
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.salesforce.org import ORG_CREATED, ORG_ID, Org
from hub.sandbox.salesforce.sobject import Field, Kind, Part, SObject
from hub.sandbox.world import Entry, ProductEntry, StageEntry, UserEntry

_ORG = Entry(id=ORG_ID, created_at=ORG_CREATED, modified_at=ORG_CREATED)

RECORD_TYPES: tuple[tuple[str, str], ...] = (
    ("Account", "Business_Account"),
    ("Account", "Partner_Account"),
    ("Lead", "Sales_Lead"),
    ("Lead", "Deal_Registration"),
    ("Opportunity", "Direct"),
    ("Opportunity", "Partner_Sourced"),
)
"""Object and developer name."""
_RECORD_TYPE_ROWS = [
    Part(record_id("012", 100 + number), _ORG, {"object": of, "name": name})
    for number, (of, name) in enumerate(RECORD_TYPES)
]
_RECORD_TYPE_IDS: Mapping[tuple[str, str], str] = {
    (row.part["object"], row.part["name"]): row.id for row in _RECORD_TYPE_ROWS
}

_CURRENCY_ROWS = [Part(record_id("01L", 100 + number), _ORG, {"code": code}) for number, code in enumerate(RATES)]
_FULL_PROBABILITY = 100
_COMMITTED = 90
_HALFWAY = 50


def record_type(sobject: str, name: Callable[[Any], str]) -> Field[Any]:
    """The record type of a row of `sobject`."""
    return computed(
        "RecordTypeId",
        Kind.REFERENCE,
        lambda _, row: _RECORD_TYPE_IDS[sobject, name(row)],
        references=("RecordType",),
        relationship="RecordType",
    )


def record_types() -> SObject[Any]:
    """RecordType."""
    return SObject(
        name="RecordType",
        label="Record Type",
        plural="Record Types",
        prefix="012",
        rows=lambda _: _RECORD_TYPE_ROWS,
        fields=(
            row_id(),
            computed("Name", Kind.STRING, lambda _, row: row.part["name"].replace("_", " "), length=80),
            computed("DeveloperName", Kind.STRING, lambda _, row: row.part["name"], length=80),
            computed("SobjectType", Kind.PICKLIST, lambda _, row: row.part["object"]),
            constant("IsActive", Kind.BOOLEAN, value=True),
            *stamps(),
        ),
    )


def currency_types() -> SObject[Any]:
    """CurrencyType: only orgs with several currencies have it; this is one."""
    return SObject(
        name="CurrencyType",
        label="Currency Type",
        plural="Currency Types",
        prefix="01L",
        rows=lambda _: _CURRENCY_ROWS,
        fields=(
            row_id(),
            computed("IsoCode", Kind.PICKLIST, lambda _, row: row.part["code"], length=3),
            computed("ConversionRate", Kind.DOUBLE, lambda org, row: org.rates[row.part["code"]]),
            computed("DecimalPlaces", Kind.INT, lambda _, row: 0 if row.part["code"] in WITHOUT_CENTS else 2),
            constant("IsActive", Kind.BOOLEAN, value=True),
            computed("IsCorporate", Kind.BOOLEAN, lambda _, row: row.part["code"] == CORPORATE_CURRENCY),
            *stamps(),
        ),
    )


def forecast_category(stage: StageEntry) -> str:
    """How sales counts on a deal in a stage."""
    if stage.is_closed:
        return "Closed" if stage.is_won else "Omitted"
    if stage.probability >= _COMMITTED:
        return "Forecast"
    return "BestCase" if stage.probability >= _HALFWAY else "Pipeline"


FORECAST_LABELS = {
    "Closed": "Closed",
    "Omitted": "Omitted",
    "Forecast": "Commit",
    "BestCase": "Best Case",
    "Pipeline": "Pipeline",
}


def _stage_rows(org: Org) -> Iterable[Part[Entry, StageEntry]]:
    return [Part(record_id("01J", 100 + stage.position), _ORG, stage) for stage in org.world.stages]


def stages() -> SObject[Any]:
    """OpportunityStage: the one pipeline. It keeps no log of changes."""
    return SObject(
        name="OpportunityStage",
        label="Opportunity Stage",
        plural="Opportunity Stages",
        prefix="01J",
        rows=_stage_rows,
        replicateable=False,
        fields=(
            row_id(),
            part("MasterLabel", Kind.STRING, "name", length=255),
            part("ApiName", Kind.STRING, "name", length=255),
            constant("IsActive", Kind.BOOLEAN, value=True),
            part("SortOrder", Kind.INT, "position"),
            part("IsClosed", Kind.BOOLEAN, "is_closed"),
            part("IsWon", Kind.BOOLEAN, "is_won"),
            computed("ForecastCategory", Kind.PICKLIST, lambda _, row: forecast_category(row.part)),
            computed(
                "ForecastCategoryName", Kind.PICKLIST, lambda _, row: FORECAST_LABELS[forecast_category(row.part)]
            ),
            computed("DefaultProbability", Kind.PERCENT, lambda _, row: Decimal(row.part.probability)),
            *stamps(),
        ),
    )


def users() -> SObject[UserEntry]:
    """User: never deleted, only made inactive."""
    return SObject(
        name="User",
        label="User",
        plural="Users",
        prefix="005",
        rows=lambda org: org.copy.users,
        fields=(
            row_id(),
            computed("Username", Kind.STRING, lambda _, row: row.email, length=80),
            stored("LastName", Kind.STRING, "last_name", length=80),
            stored("FirstName", Kind.STRING, "first_name", length=40),
            computed("Name", Kind.STRING, lambda _, row: full_name(row), length=121),
            stored("Email", Kind.EMAIL, "email", length=128),
            computed("Alias", Kind.STRING, lambda _, row: row.last_name[:8].lower(), length=8),
            stored("IsActive", Kind.BOOLEAN, "is_active"),
            constant("UserType", Kind.PICKLIST, "Standard"),
            unused("ContactId", Kind.REFERENCE, references=("Contact",), relationship="Contact"),
            unused("AccountId", Kind.REFERENCE, references=("Account",), relationship="Account"),
            unused("ManagerId", Kind.REFERENCE, references=("User",), relationship="Manager"),
            unused("Title", Kind.STRING, length=80),
            unused("Department", Kind.STRING, length=80),
            constant("TimeZoneSidKey", Kind.PICKLIST, "Europe/London"),
            constant("LanguageLocaleKey", Kind.PICKLIST, "en_US"),
            constant("DefaultCurrencyIsoCode", Kind.PICKLIST, CORPORATE_CURRENCY),
            *stamps(),
        ),
    )


def products() -> SObject[ProductEntry]:
    """Product2."""
    return SObject(
        name="Product2",
        label="Product",
        plural="Products",
        prefix="01t",
        rows=lambda org: org.copy.products,
        fields=(
            row_id(),
            is_deleted(),
            stored("Name", Kind.STRING, "name", length=255),
            stored("ProductCode", Kind.STRING, "code", length=255),
            stored("Family", Kind.PICKLIST, "family"),
            unused("Description", Kind.TEXTAREA, length=4000),
            unused("StockKeepingUnit", Kind.STRING, length=180),
            constant("IsActive", Kind.BOOLEAN, value=True),
            constant("IsArchived", Kind.BOOLEAN, value=False),
            *stamps(),
        ),
    )


def organization() -> SObject[Any]:
    """Organization: the one row that says which org it is."""
    return SObject(
        name="Organization",
        label="Organization",
        plural="Organizations",
        prefix="00D",
        replicateable=False,
        rows=lambda _: [_ORG],
        fields=(
            row_id(),
            computed("Name", Kind.STRING, lambda org, _: org.world.home_name, length=80),
            constant("IsSandbox", Kind.BOOLEAN, value=True),
            constant("InstanceName", Kind.STRING, "SBX1"),
            constant("OrganizationType", Kind.PICKLIST, "Enterprise Edition"),
            constant("TimeZoneSidKey", Kind.PICKLIST, "Europe/London"),
            constant("DefaultLocaleSidKey", Kind.PICKLIST, "en_GB"),
            constant("LanguageLocaleKey", Kind.PICKLIST, "en_US"),
            constant("FiscalYearStartMonth", Kind.INT, 1),
            constant("NamespacePrefix", Kind.STRING, None),
            *created(),
            instant("SystemModstamp", "modified_at"),
        ),
    )
