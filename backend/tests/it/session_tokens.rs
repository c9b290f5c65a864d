//! Hostile access tokens: each differs from a good one in one thing, most of them rightly signed.

use annals::{
    db::schema::service_keys,
    id::{Id, ServiceKey},
};
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use diesel::prelude::*;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::support::TestApp;

/// A good token taken apart, and the service's own key to put others together.
struct Forge {
    header: Value,
    claims: Value,
    key: Ed25519KeyPair,
}

impl Forge {
    async fn open(app: &TestApp) -> (Self, String) {
        let credentials = crate::support::credentials("admin@acme.example");
        let session = app.nobody().post("/v1/auth/login", &credentials).await.status(200).json();
        let token = session["access_token"].as_str().unwrap().to_owned();
        let part = |index| {
            let part: &str = token.split('.').nth(index).unwrap();
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        (Self { header: part(0), claims: part(1), key: signing_key(app) }, token)
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = payload(header, claims);
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()));
        format!("{text}.{signature}")
    }
}

fn payload(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

/// The object with a member replaced, or removed where the value is null.
fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    if value.is_null() {
        object.as_object_mut().unwrap().remove(name);
    } else {
        object[name] = value;
    }
    object
}

/// The key that signs access tokens, unwrapped as the service does it. Without it every forgery would fail
/// at its signature, and nothing else would be tested.
fn signing_key(app: &TestApp) -> Ed25519KeyPair {
    let config = &app.app.config;
    let file = config.master_key_file.clone().unwrap_or_else(|| config.data_dir.join("master.key"));
    let master = BASE64_STANDARD.decode(std::fs::read_to_string(file).unwrap().trim()).unwrap();
    let key = service_keys::table.filter(service_keys::purpose.eq("jwt"));
    let (id, wrapped): (Id<ServiceKey>, Vec<u8>) = app
        .app
        .db
        .read_blocking("test.key", |conn| {
            Ok(key.select((service_keys::id, service_keys::wrapped)).first(conn)?)
        })
        .unwrap();
    let (nonce, sealed) = wrapped.split_first_chunk::<24>().unwrap();
    let context = format!("service_keys|wrapped|jwt|{id}");
    let seed = XChaCha20Poly1305::new_from_slice(&master)
        .unwrap()
        .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context.as_bytes() })
        .unwrap();
    Ed25519KeyPair::from_seed_unchecked(&seed).unwrap()
}

async fn refuses(app: &TestApp, what: &str, token: &str) {
    let answer = app.with(Some(token)).get("/v1/me").await;
    assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    answer.problem(401, "unauthenticated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_put_together_by_the_forge_is_as_good_as_the_services_own() {
    let app = TestApp::start().await;
    let (forge, token) = Forge::open(&app).await;

    let forged = forge.sign(&forge.header, &forge.claims);

    app.with(Some(&token)).get("/v1/me").await.status(200);
    app.with(Some(&forged)).get("/v1/me").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_claims_must_be_there_well_typed_and_right() {
    let app = TestApp::start().await;
    let (forge, _) = Forge::open(&app).await;
    let now = app.clock.now().unix_seconds();
    let text = |name: &str| forge.claims[name].as_str().unwrap().to_owned();
    for (name, value) in [
        ("iss", json!(null)),
        ("iss", json!("https://evil.example")),
        ("iss", json!([text("iss")])),
        ("iss", json!("")),
        ("aud", json!(null)),
        ("aud", json!("other-api")),
        ("aud", json!([text("aud")])),
        ("aud", json!([text("aud"), "other"])),
        ("sub", json!(null)),
        ("sub", json!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
        ("sub", json!("admin@acme.example")),
        ("sid", json!(null)),
        ("sid", json!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
        ("sid", json!(text("sub"))),
        ("sv", json!(null)),
        ("sv", json!(forge.claims["sv"].as_i64().unwrap() + 1)),
        ("sv", json!("0")),
        ("exp", json!(null)),
        ("exp", json!(now - 6)),
        ("exp", json!((now + 600).to_string())),
        ("exp", json!(1e300)),
        ("nbf", json!(null)),
        ("nbf", json!(now + 60)),
        ("nbf", json!(now.to_string())),
    ] {
        let token = forge.sign(&forge.header, &with(&forge.claims, name, value.clone()));
        refuses(&app, &format!("{name}: {value}"), &token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_header_must_name_our_algorithm_type_and_key_and_nothing_to_fetch() {
    let app = TestApp::start().await;
    let (forge, _) = Forge::open(&app).await;
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (name, value) in [
        ("alg", json!(null)),
        ("alg", json!("none")),
        ("alg", json!("HS256")),
        ("alg", json!("ES256")),
        ("alg", json!("eddsa")),
        ("typ", json!(null)),
        ("typ", json!("JWT")),
        ("typ", json!("id+jwt")),
        ("kid", json!(null)),
        ("kid", json!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01")),
        ("kid", json!("../../../dev/null")),
        ("crit", json!(["exp"])),
        ("crit", json!(["https://example.com/unknown"])),
        ("jku", json!("https://evil.example/jwks.json")),
        ("jwk", jwk),
        ("x5u", json!("https://evil.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let token = forge.sign(&with(&forge.header, name, value.clone()), &forge.claims);
        refuses(&app, &format!("{name}: {value}"), &token).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsigned_token_is_none() {
    let app = TestApp::start().await;
    let (forge, token) = Forge::open(&app).await;
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let text = payload(&with(&forge.header, "alg", json!(alg)), &forge.claims);
        refuses(&app, alg, &format!("{text}.")).await;
        refuses(&app, alg, &text).await;
    }
    let (unsigned, _) = token.rsplit_once('.').unwrap();
    refuses(&app, "no signature", &format!("{unsigned}.")).await;
    refuses(&app, "two parts", unsigned).await;
}

/// The classic confusion: a public key taken as the secret of an HMAC.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_signed_with_what_is_public_is_none() {
    use aws_lc_rs::signature::KeyPair;

    let app = TestApp::start().await;
    let (forge, _) = Forge::open(&app).await;
    let kid = forge.header["kid"].as_str().unwrap().to_owned();
    for alg in ["HS256", "EdDSA"] {
        for secret in [forge.key.public_key().as_ref(), kid.as_bytes(), b"", b"secret"] {
            let text = payload(&with(&forge.header, "alg", json!(alg)), &forge.claims);
            let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
            mac.update(text.as_bytes());
            let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
            refuses(&app, alg, &format!("{text}.{signature}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_whose_signature_does_not_fit_is_none() {
    let app = TestApp::start().await;
    let (forge, token) = Forge::open(&app).await;
    let (text, signature) = token.rsplit_once('.').unwrap();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let mut flipped = bytes.clone();
    flipped[10] ^= 1;
    let stranger = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let raised = payload(&forge.header, &with(&forge.claims, "exp", json!(9_999_999_999_i64)));

    for (what, token) in [
        ("one bit", format!("{text}.{}", encode(&flipped))),
        ("half of it", format!("{text}.{}", encode(&bytes[..32]))),
        ("more of it", format!("{text}.{}", encode(&[bytes.as_slice(), &[0]].concat()))),
        ("zeros", format!("{text}.{}", encode(&[0; 64]))),
        ("another key", format!("{text}.{}", encode(stranger.sign(text.as_bytes()).as_ref()))),
        ("another text", format!("{raised}.{signature}")),
        ("padded", format!("{text}.{}", BASE64_URL_SAFE.encode(&bytes))),
        ("four parts", format!("{token}.{signature}")),
        ("a leading dot", format!(".{token}")),
        ("a line break", format!("{text}.%0A{signature}")),
    ] {
        refuses(&app, what, &token).await;
    }
}
