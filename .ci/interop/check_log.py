"""Checks vectors and a live log without any of the service's own code.

check_log.py vectors FILE
check_log.py post --url URL --org ORG --key KEY
check_log.py log --url URL --org ORG --key KEY --database FILE --root BASE64 --out FILE
"""

import argparse
import base64
import hashlib
import json
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from leaf import Sealing, leaf_hash, root, vector
from odd_events import EVENTS


def fail(what: str):
    sys.exit(f"DIFFERENT: {what}")


def check(expected, actual, what: str):
    if expected != actual:
        fail(f"{what}\n  expected {expected!r}\n  found    {actual!r}")


def check_vectors(args):
    vectors = json.loads(Path(args.file).read_text())
    for given in vectors:
        body, seed = json.loads(given["body"]), bytes.fromhex(given["seed_hex"])
        made = vector(given["name"], body, seed, given.get("erased_paths", ()))
        for member in made | given:
            check(made.get(member), given.get(member), f"vector {given['name']}: {member}")
    print(f"{len(vectors)} vectors: body, leaf, leaf hash and disclosures by rfc8785 and hashlib")


def ask(url: str, key: str, data: bytes | None = None):
    request = urllib.request.Request(url, data, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        fail(f"{url} answered {error.code}: {error.read().decode()}\n  to {data!r}")


def post(args):
    for event in EVENTS:
        ask(f"{args.url}/v1/orgs/{args.org}/events", args.key, event.encode())
    print(f"{len(EVENTS)} odd events posted")


def tail(args):
    """Every event as parsed JSON; each page must be exactly the bytes that its events make."""
    start = 0
    while True:
        text = ask(f"{args.url}/v1/orgs/{args.org}/events/tail?from={start}&limit=500", args.key)
        page = json.loads(text)
        if not page["data"]:
            return
        texts = []
        for event in page["data"]:
            body = {name: value for name, value in event.items() if name not in ("organization", "sequence", "leaf_hash")}
            canonical = rfc8785.dumps(body)
            head = f'{{"organization":"{args.org}","sequence":{event["sequence"]},"leaf_hash":"{event["leaf_hash"]}",'
            texts.append(head.encode() + canonical[1:])
            yield event, body, canonical
        data = b'{"data":[' + b",".join(texts) + b"]"
        check(data, text[: len(data)], f"the bytes of the page from {start}")
        start = page["next_from"]


def stored(args) -> list:
    database = sqlite3.connect(f"file:{args.database}?mode=ro", uri=True)
    return database.execute(
        "SELECT e.sequence, e.seed, e.leaf_hash, e.body FROM events e JOIN organizations o ON o.id = e.org_id "
        "WHERE o.slug = ? ORDER BY e.sequence",
        (args.org,),
    ).fetchall()


def check_log(args):
    rows, hashes, disclosures = stored(args), [], 0
    with open(args.out, "w", encoding="utf-8") as out:
        for event, body, canonical in tail(args):
            at = len(hashes)
            check(at, event["sequence"], "sequence")
            sequence, seed, stored_hash, stored_body = rows[at]
            check(canonical, stored_body.encode(), f"stored body of event {sequence}")
            sealing = Sealing(seed)
            leaf = rfc8785.dumps(sealing.leaf(body))
            hashes.append(leaf_hash(leaf))
            check(hashes[-1], base64.b64decode(event["leaf_hash"]), f"answered leaf hash of event {sequence}")
            check(hashes[-1], stored_hash, f"stored leaf hash of event {sequence}")
            disclosures += len(sealing.disclosures)
            given = {"name": f"event {sequence}", "body": canonical.decode(), "leaf": leaf.decode()}
            given["disclosures"] = sealing.disclosures
            out.write(json.dumps(given) + "\n")
    check(len(rows), len(hashes), "how many events are answered")
    check(args.root, base64.b64encode(root(hashes)).decode(), "the root that `annals verify` prints")
    print(f"{len(hashes)} events: bytes, leaves ({disclosures} disclosures) and root by rfc8785 and hashlib")
    check_checkpoint(args, hashes)


def check_checkpoint(args, hashes):
    """The newest checkpoint: C2SP tlog-checkpoint text in a C2SP signed-note."""
    base = f"{args.url}/v1/orgs/{args.org}/log"
    for _ in range(100):
        note = ask(f"{base}/checkpoint", args.key).decode()
        text, signatures = note.split("\n\n")
        origin, size, root_hash = text.split("\n")
        if int(size) == len(hashes):
            break
        time.sleep(0.1)
    check(len(hashes), int(size), "the checkpoint's size")
    check(base64.b64encode(root(hashes)).decode(), root_hash, "the checkpoint's root")
    keys = {}
    for key in json.loads(ask(f"{base}/keys", args.key))["data"]:
        name, key_id, public = key["verifier_key"].split("+", 2)
        public = base64.b64decode(public)
        check(name, origin, "the name of the key")
        check(hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex(), key_id, "the id of the key")
        check(1, public[0], "the algorithm of the key")
        keys[key_id] = Ed25519PublicKey.from_public_bytes(public[1:])
    lines = signatures.removesuffix("\n").split("\n")
    for line in lines:
        dash, name, signature = line.split(" ")
        check(("\u2014", origin), (dash, name), "the signature line")
        signature = base64.b64decode(signature)
        keys[signature[:4].hex()].verify(signature[4:], (text + "\n").encode())
    print(f"checkpoint of {size} events: text, root and {len(lines)} signature by cryptography and hashlib")


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("vectors")
    command.add_argument("file")
    command.set_defaults(run=check_vectors)
    for name, run, options in [("post", post, []), ("log", check_log, ["database", "root", "out"])]:
        command = commands.add_parser(name)
        for option in ["url", "org", "key", *options]:
            command.add_argument(f"--{option}", required=True)
        command.set_defaults(run=run)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
