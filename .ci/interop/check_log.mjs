// Rebuilds events from leaves and disclosures with an SD-JWT library that is not ours.
//
// check_log.mjs FILE [MINIMUM]: a JSON array of vectors, or one event a line as check_log.py writes them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { unpackSync } from "@sd-jwt/decode";
import { Disclosure } from "@sd-jwt/utils";

const sha256 = (data) => createHash("sha256").update(data).digest();
const hasher = (data, alg) => {
  assert.equal(alg, "sha-256");
  return new Uint8Array(sha256(data));
};

/** What a holder of `leaf` and these disclosures knows. */
function rebuild(leaf, disclosures) {
  const decoded = disclosures.map(({ disclosure, digest, path }) => {
    const one = Disclosure.fromEncodeSync(disclosure, { hasher, alg: "sha-256" });
    assert.equal(one.digestSync({ hasher, alg: "sha-256" }), digest, `digest of ${path}`);
    assert.equal(one.key, path.split("/").at(-1), `name of ${path}`);
    return one;
  });
  return unpackSync(leaf, decoded, hasher).unpackedObj;
}

function check(given) {
  const leaf = JSON.parse(given.leaf);
  assert.deepStrictEqual(rebuild(leaf, given.disclosures), JSON.parse(given.body), given.name);
  if (given.leaf_hash_base64) {
    const hash = sha256(Buffer.concat([Buffer.from([0]), Buffer.from(given.leaf)]));
    assert.equal(hash.toString("base64"), given.leaf_hash_base64, given.name);
  }
  if (given.erased_paths) {
    const kept = given.disclosures.filter(({ path }) => !given.erased_paths.includes(path));
    assert.equal(kept.length, given.disclosures.length - given.erased_paths.length, given.name);
    assert.deepStrictEqual(rebuild(leaf, kept), JSON.parse(given.erased_body), `${given.name}, erased`);
  }
}

const [file, minimum = "1"] = process.argv.slice(2);
const text = readFileSync(file, "utf8");
const all = text.startsWith("[") ? JSON.parse(text) : text.trim().split("\n").map((line) => JSON.parse(line));
assert.ok(all.length >= Number(minimum), `${all.length} of at least ${minimum}`);
all.forEach(check);
const erased = all.filter((given) => given.erased_paths).length;
console.log(`${all.length} events rebuilt from leaf and disclosures by @sd-jwt/decode (${erased} also with some erased)`);
