"""The files that frontend tools write."""

import json
from hashlib import sha256

import pytest

from hub.errors import InputError
from hub.schema.manifests import documents

TEXT = "query Accounts($n: Int = 7) { accounts(first: $n) { nodes { name } } }"
DIGEST = sha256(TEXT.encode()).hexdigest()
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": DIGEST, "name": "Accounts", "type": "query", "body": TEXT}],
}


@pytest.mark.parametrize("manifest", [APOLLO, {DIGEST: TEXT}, {f"sha256:{DIGEST}": TEXT}])
def test_apollos_relays_and_codegens_files_are_read(manifest):
    (found,) = documents(json.dumps(manifest).encode())

    assert found.id == f"sha256:{DIGEST}"
    assert found.text == TEXT
    assert found.operation_names == ("Accounts",)
    assert found.cost == 1 + 7


def digested(*texts: str) -> bytes:
    return json.dumps({sha256(text.encode()).hexdigest(): text for text in texts}).encode()


def test_a_document_may_have_no_name_or_several_operations():
    several = "query A { accounts(first: 3) { nodes { id } } } query B { __typename }"

    found = documents(digested("{ __typename }", several))
    assert [(each.operation_names, each.cost) for each in found] == [((), 0), (("A", "B"), 4)]


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (b"{", "not JSON"),
        (b"[]", "one JSON object"),
        (b'{"a": 1}', "neither"),
        (b'{"format": "apollo-persisted-query-manifest", "version": 2, "operations": []}', "version 1"),
        (b'{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [1]}', "neither"),
        (json.dumps({"5d41402abc4b2a76b9719d911017c592": TEXT}).encode(), "not the SHA-256"),
        (digested("{ nothing }"), "Cannot query field 'nothing'"),
        (digested("{"), "Syntax Error"),
        (digested("fragment F on Query { __typename }"), "no operation"),
        (digested("# " + "x" * 100_000), "characters"),
    ],
)
def test_a_manifest_that_cannot_be_used_says_why(manifest, told):
    with pytest.raises(InputError, match=told):
        documents(manifest)


def test_all_that_is_wrong_is_told_ten_at_a_time():
    with pytest.raises(InputError) as caught:
        documents(digested(*(f"{{ x{n} }}" for n in range(12))))

    assert str(caught.value).count("Cannot query") == 10
    assert str(caught.value).endswith("… and 2 more")
