"""Salesforce and HubSpot, as a seed makes them."""

from datetime import timedelta
from functools import partial
from random import Random

from hub.connectors.hubspot.portal import portal as open_portal
from hub.connectors.salesforce.org import Sizes
from hub.connectors.salesforce.org import opened as open_org
from hub.sandbox import hubspot, salesforce
from hub.sandbox.chaos import HUBSPOT, SALESFORCE, hubspot_life, salesforce_life
from hub.sandbox.chaos.hubspot_life import TEXTS
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.hubspot import Limits, Portal
from hub.sandbox.hubspot.quirks import Quirks
from tests.chaos.hubspot import portal_truth
from tests.chaos.post import Post
from tests.chaos.salesforce import org_truth
from tests.chaos.subject import Consent, Hand, Subject

BASE_URL = "http://127.0.0.1"
TOLD = (*sorted(set(TEXTS.values())), "hs_pipeline_stage")
"""The properties of which the portal tells."""
UNLIMITED = 10**9


def an_org(seed: int, accounts: int = 40) -> Subject:
    """A Salesforce org: read by jobs or by queries, in pages small or large, by a secret, a signature or a consent."""
    rng = Random(f"org {seed}")  # noqa: S311 - repeatable on purpose
    world, clock = made_up_ecosystem(accounts, seed), Hand()
    app = salesforce.salesforce_app(world, clock, partner_licences=True)
    known = salesforce.credentials()
    sizes = Sizes(bulk_from=rng.choice((1, 15, 20_000)), results=rng.choice((5, 25_000)))
    grants = app.state.salesforce.grants
    secrets = rng.choice((
        {"client_secret": known.client_secret},
        {"username": known.username, "private_key": known.private_key_pem},
        {"refresh_token": known.refresh_token},
    ))  # fmt: skip
    consent = Consent(
        takes=lambda held: grants.takes(held["refresh_token"]),
        anew=lambda: {"refresh_token": grants.refresh_token()},
    )
    return Subject(
        vendor=SALESFORCE,
        app=app,
        clock=clock,
        life=salesforce_life(app.state.salesforce.org, seed),
        source=partial(open_org, sizes=sizes),
        config={"base_url": BASE_URL, "client_id": known.client_id},
        secrets=secrets,
        consent=consent if "refresh_token" in secrets else None,
        truth=lambda: org_truth(app.state.salesforce.org),
    )


def a_portal(seed: int, accounts: int = 40) -> Subject:
    """A HubSpot portal, with quirks that the seed chooses."""
    rng = Random(f"portal {seed}")  # noqa: S311 - repeatable on purpose
    world, clock = made_up_ecosystem(accounts, seed), Hand()
    quirks = Quirks(
        ids_compare_as_text=rng.random() < 1 / 3,
        search_gaps=rng.choice((None, seed)),
        merges_keep_id=rng.random() < 1 / 3,
        token_lifetime=timedelta(seconds=rng.choice((400, 900, 1_800))),
    )
    lag = timedelta(seconds=rng.choice((0, 30, 120)))
    limits = Limits(burst=UNLIMITED, searches=UNLIMITED, daily=UNLIMITED)
    known = hubspot.credentials()
    consent = {
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "refresh_token": known.refresh_token,
    }
    key = {"access_token": known.service_key, "client_secret": known.client_secret}
    scopes = (*hubspot.SCOPES, hubspot.LEADS_SCOPE)
    app = hubspot.hubspot_app(world, clock, limits=limits, scopes=scopes, quirks=quirks, index_lag=lag)
    return Subject(
        vendor=HUBSPOT,
        app=app,
        clock=clock,
        life=hubspot_life(app.state.portal, app.state.staff, seed),
        source=open_portal,
        config={
            "base_url": BASE_URL,
            "version": rng.choice(("2026-03", "2026-09")),
            "portal_id": known.portal_id,
        },
        secrets=rng.choice((key, consent)),
        post=_post(app.state.portal, seed) if rng.random() < 1 / 2 else None,
        truth=lambda: portal_truth(app.state.portal),
    )


def _post(portal: Portal, seed: int) -> Post:
    portal.webhooks.subscribe_to_all(properties=TOLD)
    return Post(portal.webhooks, hubspot.credentials().client_secret, seed)


SUBJECTS = {"salesforce": an_org, "hubspot": a_portal}
