"""What the portal answers where."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot import (
    account,
    association_writing,
    associations,
    batches,
    objects,
    owners,
    pipelines,
    properties,
    property_writing,
    subscriptions,
)
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.permissions import READING
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.search import search

VERSIONS = ("2026-03", "2026-09")

Answer = Callable[[Portal, Call], Any]
"""Works out a body; a status and a body where the status varies; None where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One answer: `{v}` in its path stands for the version."""

    method: str
    path: str
    answer: Answer
    status: int = 200

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.method != "GET" and not self.path.endswith(READING)

    @property
    def is_search(self) -> bool:
        """Whether it counts as a search, which has a limit of its own."""
        return self.answer is search


_OBJECT = "/crm/objects/{v}/{object_type}"
_OF_ONE = _OBJECT + "/{object_id}/associations"
_TIES = "/crm/associations/{v}/{from_type}/{to_type}"
_PROPERTY = "/crm/properties/{v}/{object_type}"
_PIPELINE = "/crm/pipelines/{v}/{object_type}"
# HubSpot's specification has the one, its SDK the other.
_APP, _SDK_APP = "/app-webhooks/{v}/{app_id}", "/webhooks/{v}/{app_id}"

_OFFERS = (
    Offer("POST", _OBJECT + "/search", search),
    Offer("POST", _OBJECT + "/batch/read", batches.read),
    Offer("POST", _OBJECT + "/batch/create", batches.create),
    Offer("POST", _OBJECT + "/batch/update", batches.change),
    Offer("POST", _OBJECT + "/batch/upsert", batches.upsert),
    Offer("POST", _OBJECT + "/batch/archive", batches.remove, 204),
    Offer("POST", _OBJECT + "/merge", objects.merge),
    Offer("POST", "/crm/objects/{v}/contacts/gdpr-delete", objects.forget, 204),
    Offer("GET", _OBJECT, objects.listed),
    Offer("POST", _OBJECT, objects.create, 201),
    Offer("GET", _OBJECT + "/{object_id}", objects.one),
    Offer("PATCH", _OBJECT + "/{object_id}", objects.change),
    Offer("DELETE", _OBJECT + "/{object_id}", objects.remove, 204),
    Offer("PUT", _OF_ONE + "/default/{to_type}/{to_id}", association_writing.put_default),
    Offer("PUT", _OF_ONE + "/{to_type}/{to_id}", association_writing.put_one, 201),
    Offer("DELETE", _OF_ONE + "/{to_type}/{to_id}", association_writing.delete_one, 204),
    Offer("POST", _TIES + "/batch/read", associations.batch_read),
    Offer("POST", _TIES + "/batch/create", association_writing.create, 201),
    Offer("POST", _TIES + "/batch/archive", association_writing.archive, 204),
    Offer("POST", _TIES + "/batch/labels/archive", association_writing.archive_labels, 204),
    Offer("POST", _TIES + "/batch/associate/default", association_writing.create_default),
    Offer("GET", _TIES + "/labels", associations.labels),
    Offer("GET", _PROPERTY, properties.properties),
    Offer("POST", _PROPERTY, property_writing.create, 201),
    Offer("GET", _PROPERTY + "/{property_name}", properties.one_property),
    Offer("PATCH", _PROPERTY + "/{property_name}", property_writing.change),
    Offer("DELETE", _PROPERTY + "/{property_name}", property_writing.remove, 204),
    Offer("GET", _PIPELINE, pipelines.pipelines),
    Offer("GET", _PIPELINE + "/{pipeline_id}", pipelines.pipeline),
    Offer("GET", _PIPELINE + "/{pipeline_id}/stages", pipelines.stages),
    Offer("GET", "/crm/owners/{v}", owners.owners),
    Offer("GET", "/crm/owners/{v}/{owner_id}", owners.owner),
    Offer("GET", "/account-info/{v}/details", account.details),
    *(
        offer
        for app in (_APP, _SDK_APP)
        for offer in (
            Offer("GET", app + "/subscriptions", subscriptions.listed),
            Offer("POST", app + "/subscriptions", subscriptions.create, 201),
            Offer("DELETE", app + "/subscriptions/{subscription_id}", subscriptions.remove, 204),
        )
    ),
)


def offers(version: str) -> list[Offer]:
    """All answers of a version. Batch reading takes the place of reading one record's links from 2026-09 on."""
    if version >= VERSIONS[1]:
        return [*_OFFERS]
    return [*_OFFERS, Offer("GET", _OF_ONE + "/{to_type}", associations.of_one)]
