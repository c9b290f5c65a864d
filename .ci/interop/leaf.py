"""The leaf of an event, version 1, written from its description alone and on libraries that are not ours:
RFC 8785 by `rfc8785`, RFC 9901 (SD-JWT) payloads and RFC 6962 trees on the standard library."""

import base64
import hashlib
import hmac

import rfc8785

CLEAR = set(
    "v id action pack category activity_type label source occurred_at received_at outcome severity "
    "source_sequence".split()
)
# Objects (targets: an array of them): what of each stays in clear; every other member is a disclosure.
NESTED = {"actor": {"type"}, "on_behalf_of": {"type"}, "context": set(), "workspace": {"id"}, "targets": {"type"}}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Sealing:
    """One event being sealed; collects the disclosures on the way."""

    def __init__(self, seed: bytes):
        self.seed = seed
        self.disclosures = []

    def leaf(self, body: dict) -> dict:
        leaf, digests = {"_sd_alg": "sha-256"}, []
        for name, value in body.items():
            if name in CLEAR:
                leaf[name] = value
            elif name not in NESTED:
                digests.append(self.digest(f"/{name}", value))
            elif isinstance(value, list):
                leaf[name] = [self.nested(item, NESTED[name], f"/{name}/{at}") for at, item in enumerate(value)]
            else:
                leaf[name] = self.nested(value, NESTED[name], f"/{name}")
        if digests:
            leaf["_sd"] = sorted(digests)
        self.disclosures.sort(key=lambda one: one["path"])
        return leaf

    def nested(self, value: dict, clear: set, path: str) -> dict:
        sealed = {name: member for name, member in value.items() if name in clear}
        digests = [self.digest(f"{path}/{name}", member) for name, member in value.items() if name not in clear]
        if digests:
            sealed["_sd"] = sorted(digests)
        return sealed

    def digest(self, path: str, value) -> str:
        salt = base64url(hmac.digest(self.seed, path.encode(), "sha256")[:16])
        disclosure = base64url(rfc8785.dumps([salt, path.rsplit("/", 1)[1], value]))
        digest = base64url(hashlib.sha256(disclosure.encode("ascii")).digest())
        self.disclosures.append({"path": path, "disclosure": disclosure, "digest": digest})
        return digest


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def root(hashes: list) -> bytes:
    """MTH of RFC 6962, 2.1, over leaves that are hashed already."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(hashes[:split]) + root(hashes[split:])).digest()


def vector(name: str, body: dict, seed: bytes, erased_paths=()) -> dict:
    """A published example: everything that another implementation must come to."""
    sealing = Sealing(seed)
    leaf = rfc8785.dumps(sealing.leaf(body))
    made = {
        "name": name,
        "body": rfc8785.dumps(body).decode(),
        "seed_hex": seed.hex(),
        "leaf": leaf.decode(),
        "leaf_hash_base64": base64.b64encode(leaf_hash(leaf)).decode(),
        "disclosures": sealing.disclosures,
    }
    if erased_paths:
        made["erased_paths"] = list(erased_paths)
        made["erased_body"] = rfc8785.dumps(erase(body, erased_paths)).decode()
    return made


def erase(body: dict, paths) -> dict:
    """The body without the members at `paths`."""

    def without(members: dict, path: str) -> dict:
        return {name: member for name, member in members.items() if f"{path}/{name}" not in paths}

    rest = without(body, "")
    for name in rest.keys() & NESTED.keys():
        if isinstance(rest[name], list):
            rest[name] = [without(item, f"/{name}/{at}") for at, item in enumerate(rest[name])]
        else:
            rest[name] = without(rest[name], f"/{name}")
    return rest
