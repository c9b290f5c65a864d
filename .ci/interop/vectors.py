"""The published vectors: `vectors.py FILE` rewrites all but the first, which is older than this file."""

import hashlib
import json
import sys
from pathlib import Path

from leaf import vector

BASE = {
    "v": 1,
    "id": "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01",
    "action": "custom.thing_done",
    "source": "billing-api",
    "occurred_at": "2026-11-02T10:15:30.123456Z",
    "received_at": "2026-11-02T10:15:30.201882Z",
    "outcome": "unknown",
    "severity": "informational",
    "actor": {"type": "user", "id": "u_9"},
}

FLOATS = [
    0.1, -0.5, 1.5, 4.35, 1e-6, 1e-7, 1.25e-7, 5e-324, 2.2250738585072014e-308, 0.30000000000000004,
    123456789.125, 333333333.3333333, 4503599627370495.5, 9007199254740991, -9007199254740991, 0,
]  # fmt: skip

# U+FF61 is below U+1F600 as a code point and above it as UTF-16, which is what RFC 8785 sorts by.
KEYS = {
    "\uff61": "U+FF61", "\U0001f600": "U+1F600", "\ue000": "private use", "\u20ac": "euro", "\u00f6": "o umlaut",
    "o\u0308": "o and a combining umlaut", "\ufb33": "dalet with dagesh", "\u0080": "control", "\r": "return",
    "1": "one", "": "empty", "a b": "space", "Z": "upper", "z": "lower", "\U00010000": "first of plane 1",
    "\uffff": "last of plane 0", "nested": {"\uff61": {"\U0001f600": None}, "\U0001f600": [{"\uff61": 1, "\U0001f600": 2}]},
}  # fmt: skip


def bodies():
    yield "minimal event", BASE, ()
    yield "floats", BASE | {"parameters": {"floats": FLOATS}, "changes": [{"field": "x", "old": -1.5, "new": 1e-7}]}, ()
    yield "keys beyond ASCII, in UTF-16 order", BASE | {"parameters": KEYS}, ()
    texts = {
        "escapes": '"\\/\b\f\n\r\t\u0001\u001f\u007f\u2028\u2029</script>',
        "pointer/like~keys": {"a/b": 1, "m~n": 2, "~1": 3},
        "\U0001f469\u200d\U0001f680": "\U0001f3f4\u200d\u2620\ufe0f \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \u4f60\u597d",
        "nothing": [None, {}, [], "", False],
    }
    yield "escapes and scripts", BASE | {"reason": "\u00c5ngstr\u00f6m \U0001f600", "parameters": texts}, ()
    bare = {"workspace": {"id": "ws_1"}, "source_sequence": 0}
    yield "an object with no disclosure", BASE | bare, ()
    targets = [{"type": "user", "id": f"u_{number}"} for number in range(11)]
    targets[1] = {"type": "group", "name": "\u041e\u043f\u0435\u0440\u0430\u0442\u043e\u0440\u044b", "email": "ops@example.com"}
    targets[10]["href"] = "https://app.example.com/users/u_10?a=1&b=~"
    behalf = {"type": "service", "id": "scheduler", "name": "Night job"}
    yield "several targets", BASE | {"targets": targets, "on_behalf_of": behalf}, ()
    yield "an erased event", BASE | {
        "actor": {"type": "user", "id": "u_9", "name": "Zo\u00eb Byron", "email": "zoe@example.com"},
        "targets": [
            {"type": "user", "id": "u_7", "name": "Bob"},
            {"type": "user", "id": "u_8", "name": "Eve", "email": "eve@example.com"},
        ],
        "workspace": {"id": "ws_1", "name": "Production"},
        "context": {"ip": "203.0.113.7", "user_agent": "curl/8", "request_id": "r-1"},
        "details": "Zo\u00eb Byron removed Bob and Eve",
        "parameters": {"note": "Zo\u00eb asked"},
        "changes": [{"field": "members", "old": 2, "new": None}],
    }, (
        "/actor/name", "/actor/email", "/targets/0/name", "/targets/1/name", "/targets/1/email", "/workspace/name",
        "/context/ip", "/details", "/parameters",
    )  # fmt: skip


def main():
    file = Path(sys.argv[1])
    vectors = json.loads(file.read_text())[:1]
    for name, body, erased_paths in bodies():
        seed = hashlib.sha256(name.encode()).digest()[:16]
        vectors.append(vector(name, body, seed, erased_paths))
    file.write_text(json.dumps(vectors, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
