import json
import socket

import httpx
import pytest

from hub.errors import ConfigurationError
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.server import serving


async def test_both_vendors_answer_while_the_sandbox_serves():
    async with serving(made_up_ecosystem(50)) as sandbox, httpx.AsyncClient() as http:
        versions = await http.get(f"{sandbox.salesforce_url}/services/data")
        headers = {"authorization": f"Bearer {sandbox.hubspot.service_key}"}
        companies = await http.get(f"{sandbox.hubspot_url}/crm/objects/2026-03/companies", headers=headers)
        assert versions.status_code == companies.status_code == 200
        dates = versions.headers.get_list("date")
        assert len(dates) == 1
        assert dates[0].startswith("Sun, 01 Nov 2026 12:")
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{sandbox.salesforce_url}/services/data")


async def test_addresses_and_credentials_can_be_written_as_json():
    async with serving(made_up_ecosystem(50)) as sandbox:
        said = json.loads(json.dumps(sandbox.as_dict()))
    assert said["salesforce"]["base_url"] == sandbox.salesforce_url
    assert said["salesforce"]["client_id"] == sandbox.salesforce.client_id
    assert said["hubspot"]["base_url"] == sandbox.hubspot_url
    assert said["hubspot"]["service_key"] == sandbox.hubspot.service_key


async def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            async with serving(made_up_ecosystem(50), salesforce_port=port):
                pass


async def test_a_seed_makes_vendors_fail_now_and_then():
    statuses = set()
    async with serving(made_up_ecosystem(20), chaos=1) as sandbox, httpx.AsyncClient() as http:
        while len(statuses) < 3:
            statuses.add(
                (await http.post(f"{sandbox.salesforce_url}/services/oauth2/token?{len(statuses)}")).status_code
            )
    assert statuses > {400}
