//! API keys over HTTP: made, listed, changed and revoked by the organization's admins.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const KEYS: &str = "/v1/orgs/acme/api-keys";
const EVENTS: &str = "/v1/orgs/acme/events";

fn event() -> Value {
    json!({"action": "a.b", "actor": {"type": "user", "id": "u"}})
}

async fn admin(app: &TestApp) -> Client<'_> {
    app.person("admin@acme.example").await
}

/// The newest own event of this action in acme's log.
async fn told(app: &TestApp, action: &str) -> Value {
    let page = app.reader().get(&format!("{EVENTS}?action={action}&limit=1")).await.status(200).json();
    page["data"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_shown_once_and_works() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;

    let made = admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201);

    let view = made.json();
    let key = view["key"].as_str().unwrap().to_owned();
    let place = format!("{KEYS}/{}", view["id"].as_str().unwrap());
    assert_eq!(made.header("location"), Some(place.as_str()));
    assert!(
        key.starts_with(view["prefix"].as_str().unwrap())
            && key.ends_with(view["last_four"].as_str().unwrap())
    );
    assert_eq!(view["scopes"], json!(["events:write"]));
    assert_eq!(
        (&view["source"], &view["state"], &view["version"]),
        (&json!("checkout"), &json!("active"), &json!(1))
    );
    assert_eq!(view["expires_at"], "2027-11-25T12:00:00.000000Z");
    assert_eq!(view["created_by"]["name"], "Ada Byron");
    assert_eq!((&view["networks"], view.get("last_used")), (&json!([]), None));
    app.with(Some(&key)).post(EVENTS, &event()).await.status(201);

    let later = admin.get(&place).await.status(200);
    let mut expected = view.clone();
    expected.as_object_mut().unwrap().remove("key");
    let mut seen = later.json();
    assert_eq!(seen["last_used"], json!({"at": "2026-11-25T12:00:00.000000Z", "ip": "127.0.0.1"}));
    seen.as_object_mut().unwrap().remove("last_used");
    seen["secrets"][0].as_object_mut().unwrap().remove("last_used_at");
    assert_eq!(seen, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_newest_first_page_by_page() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    for name in ["one", "two", "three"] {
        app.advance(Duration::from_secs(1));
        admin.post(KEYS, &json!({"name": name, "preset": "read"})).await.status(201);
    }

    let (mut names, mut path) = (Vec::new(), format!("{KEYS}?limit=2"));
    for _ in 0..10 {
        let page = admin.get(&path).await.status(200);
        let view = page.json();
        names.extend(
            view["data"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = view["page"]["next_cursor"].as_str() else { break };
        assert!(page.header("link").is_some_and(|link| link.contains(cursor)));
        path = format!("{KEYS}?limit=2&cursor={cursor}");
    }

    assert_eq!(names[..3], ["three", "two", "one"]);
    let mut made_at_once = names[3..].to_vec();
    made_at_once.sort();
    assert_eq!(made_at_once, ["billing-api", "directory", "inspection", "provisioning", "reporting"]);
    let harbor = app.person("admin@harbor.example").await;
    let cursor = path.rsplit('=').next().unwrap();
    harbor.get(&format!("/v1/orgs/harbor/api-keys?cursor={cursor}")).await.problem(400, "cursor_mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_stops_at_once_stays_in_the_list_and_frees_its_name() {
    let app = TestApp::start().await;
    let admin = admin(&app).await;
    let made = admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201).json();
    let (place, key) = (format!("{KEYS}/{}", made["id"].as_str().unwrap()), made["key"].as_str().unwrap());
    app.with(Some(key)).post(EVENTS, &event()).await.status(201);

    admin.delete(&place).await.status(204);

    app.with(Some(key)).post(EVENTS, &event()).await.problem(401, "unauthenticated");
    let view = admin.get(&place).await.status(200).json();
    assert_eq!(
        (&view["state"], &view["revoked_at"]),
        (&json!("revoked"), &json!("2026-11-25T12:00:00.000000Z"))
    );
    let told = told(&app, "api_key.deleted").await;
    assert_eq!((&told["targets"][0]["id"], &told["actor"]["name"]), (&made["id"], &json!("Ada Byron")));
    assert_eq!(told["context"]["ip"], "127.0.0.1");
    admin.delete(&place).await.status(204);
    admin.patch(&place, &json!({"version": 2, "description": "x"})).await.problem(409, "conflict");
    admin.post(&format!("{place}/rotate"), &json!({})).await.problem(409, "conflict");
    admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.status(201);
    admin.post(KEYS, &json!({"name": "checkout", "preset": "ingest"})).await.problem(409, "conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_organization_is_absent() {
    let app = TestApp::start().await;
    let harbor = app.person("admin@harbor.example").await;
    let list = harbor.get("/v1/orgs/harbor/api-keys").await.status(200).json();
    let id = list["data"][0]["id"].as_str().unwrap();
    let admin = admin(&app).await;

    for id in [id, "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01", "nonsense"] {
        let place = format!("{KEYS}/{id}");
        admin.get(&place).await.problem(404, "not_found");
        admin.delete(&place).await.problem(404, "not_found");
        admin.patch(&place, &json!({"version": 1})).await.problem(404, "not_found");
        admin.post(&format!("{place}/rotate"), &json!({})).await.problem(404, "not_found");
    }

    assert_eq!(
        harbor.get(&format!("/v1/orgs/harbor/api-keys/{id}")).await.status(200).json()["state"],
        "active"
    );
}
