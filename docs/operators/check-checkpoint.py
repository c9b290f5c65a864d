"""Checks a checkpoint of an Annals log without any of its code: the signature and, with --url, the log behind it.

Formats: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, RFC 6962 (Merkle tree). Needs the package `cryptography`.
"""

import argparse
import base64
import hashlib
import json
import sys
import urllib.request

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def opened(note, verifier_key):
    """Origin, size and root of a note that the key signed."""
    text, _, signatures = note.partition("\n\n")
    origin, size, root = text.split("\n")[:3]
    name, key_id, public = verifier_key.split("+", 2)
    public = base64.b64decode(public)
    if key_id != hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex() or public[0] != 1:
        sys.exit("the verifier key is damaged, or not of Ed25519")
    if origin != name:
        sys.exit(f"the checkpoint is of {origin}, the key of {name}")
    for line in signatures.splitlines():
        _, signer, signature = line.split(" ")
        signature = base64.b64decode(signature)
        if signer == name and signature[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(public[1:]).verify(signature[4:], (text + "\n").encode())
                return origin, int(size), root
            except InvalidSignature:
                sys.exit("WRONG: the signature does not fit the text")
    sys.exit("WRONG: this key did not sign it")


def leaf_hashes(url, key, first, count):
    """Leaf hashes of `count` events in the order of the log, as the service gives them to any reader."""
    at = first
    while at < first + count:
        address = f"{url}/events/tail?from={at}&limit={min(1000, first + count - at)}"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request) as answer:
            events = json.load(answer)["data"]
        for event in events:
            if event["sequence"] != at:
                sys.exit(f"WRONG: event {at} is missing")
            yield base64.b64decode(event["leaf_hash"])
            at += 1
        if not events:
            sys.exit(f"WRONG: the log ends at event {at}")


def root_of(hashes):
    """Root of the Merkle tree: `peaks` are the roots of its perfect subtrees, largest first."""
    peaks = []
    for size, node in enumerate(hashes):
        while size & 1:
            node = hashlib.sha256(b"\x01" + peaks.pop() + node).digest()
            size >>= 1
        peaks.append(node)
    node = peaks.pop()
    while peaks:
        node = hashlib.sha256(b"\x01" + peaks.pop() + node).digest()
    return base64.b64encode(node).decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", help="file with the signed note")
    parser.add_argument("--verifier-key", required=True, help="name+id+key, as GET …/log/keys gives it")
    parser.add_argument("--url", help="the organization: https://audit.example.com/v1/orgs/acme")
    parser.add_argument("--key", help="API key with events:read")
    parser.add_argument("--first", type=int, default=0, help="sequence of the epoch's first event")
    args = parser.parse_args()
    with open(args.checkpoint, encoding="utf-8") as file:
        origin, size, root = opened(file.read(), args.verifier_key)
    print(f"signed: {size} events of {origin}, root {root}")
    if args.url:
        if root_of(leaf_hashes(args.url, args.key, args.first, size)) != root:
            sys.exit("WRONG: the log does not begin with what was signed")
        print("the log begins with exactly these events")


if __name__ == "__main__":
    main()
