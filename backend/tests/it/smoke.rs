//! The thinnest path: an event goes in and comes out.

use serde_json::json;

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_in_and_comes_out() {
    let app = TestApp::start().await;

    let receipt = app.writer().post("/v1/orgs/acme/events", &support_event()).await.status(201).json();

    let page = app.reader().get("/v1/orgs/acme/events?limit=1").await.status(200).json();
    assert_eq!(page["data"][0]["id"], receipt["id"]);
    assert_eq!(page["data"][0]["leaf_hash"], receipt["leaf_hash"]);
}

fn support_event() -> serde_json::Value {
    json!({"action": "user.invited", "actor": {"type": "user", "id": "u_1"}})
}
