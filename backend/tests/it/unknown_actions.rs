//! What becomes of an event whose action no event type describes: the organization decides.

use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";

/// A service where acme does this with unknown actions.
async fn app(policy: &str) -> TestApp {
    let app = TestApp::start().await;
    let admin = app.person("admin@acme.example").await;
    admin.patch("/v1/orgs/acme", &json!({"unknown_actions": policy, "version": 1})).await.status(200);
    app
}

fn event(action: &str) -> Value {
    json!({"action": action, "actor": {"type": "user", "id": "u_9"}})
}

/// One event that is known and one that is not.
fn batch() -> Value {
    json!({"events": [event("user.invited"), event("report.opened")]})
}

mod allowed {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_recorded_and_nothing_is_said_of_it() {
        let app = app("allow").await;

        let receipt = app.writer().post(EVENTS, &event("report.opened")).await.status(201).json();
        let report = app.writer().post(BATCH, &batch()).await.status(200).json();

        assert_eq!(receipt.get("flags"), None);
        assert_eq!(report["accepted"], 2);
        assert_eq!(report["results"][1].get("flags"), None);
    }
}

mod flagged {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_recorded_and_its_receipt_says_so() {
        let app = app("flag").await;

        let unknown = app.writer().post(EVENTS, &event("report.opened")).await.status(201).json();
        let known = app.writer().post(EVENTS, &event("user.invited")).await.status(201).json();

        assert_eq!(unknown["flags"], json!(["unknown_action"]));
        assert_eq!(known.get("flags"), None);
        let path = format!("{EVENTS}/{}", unknown["id"].as_str().unwrap());
        let stored = app.reader().get(&path).await.status(200).json();
        assert_eq!((stored.get("pack"), stored.get("category"), stored.get("label")), (None, None, None));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_batch_each_item_has_its_own_flags() {
        let app = app("flag").await;

        let report = app.writer().post(BATCH, &batch()).await.status(200).json();

        assert_eq!(report["results"][0].get("flags"), None);
        assert_eq!(report["results"][1]["flags"], json!(["unknown_action"]));
        assert_eq!(report["results"][1]["status"], "accepted");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_duplicate_is_flagged_like_the_first() {
        let app = app("flag").await;
        let mut event = event("report.opened");
        event["id"] = json!("0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01");
        app.writer().post(EVENTS, &event).await.status(201);

        let again = app.writer().post(EVENTS, &event).await.status(200).json();

        assert_eq!(again["duplicate"], true);
        assert_eq!(again["flags"], json!(["unknown_action"]));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_dry_run_says_it_too() {
        let app = app("flag").await;

        let one =
            app.writer().post(&format!("{EVENTS}?dry_run=true"), &event("report.opened")).await.status(200);
        let many = app.writer().post(&format!("{BATCH}?dry_run=true"), &batch()).await.status(200);

        assert_eq!(one.json()["flags"], json!(["unknown_action"]));
        assert_eq!(many.json()["results"][0].get("flags"), None);
        assert_eq!(many.json()["results"][1]["flags"], json!(["unknown_action"]));
    }
}

mod rejected {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_refused_and_a_near_action_is_named() {
        let app = app("reject").await;

        let near = app.writer().post(EVENTS, &event("user.invite")).await.problem(422, "invalid");
        let far = app.writer().post(EVENTS, &event("zz.qq")).await.problem(422, "invalid");

        for problem in [&near, &far] {
            assert_eq!(problem["errors"][0]["pointer"], "/action");
            assert_eq!(problem["errors"][0]["code"], "unknown_action");
        }
        let message = near["errors"][0]["message"].as_str().unwrap();
        assert!(message.ends_with("did you mean user.invited?"), "{message}");
        assert!(!far["errors"][0]["message"].as_str().unwrap().contains("did you mean"));
        app.writer().post(EVENTS, &event("user.invited")).await.status(201);
    }

    /// What is suggested must be something that would be taken.
    #[tokio::test(flavor = "multi_thread")]
    async fn an_action_of_another_pack_is_neither_known_nor_suggested() {
        let app = app("reject").await;

        // In pocketsoc, which acme does not have.
        let problem =
            app.writer().post(EVENTS, &event("vendor_config.created")).await.problem(422, "invalid");

        let message = problem["errors"][0]["message"].as_str().unwrap();
        assert!(!message.contains("vendor_config"), "{message}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn in_a_batch_it_keeps_no_other_out() {
        let app = app("reject").await;

        let report = app.writer().post(BATCH, &batch()).await.status(200).json();

        assert_eq!((&report["accepted"], &report["rejected"]), (&json!(1), &json!(1)));
        let error = &report["results"][1]["problem"]["errors"][0];
        assert_eq!(
            (&error["pointer"], &error["code"]),
            (&json!("/events/1/action"), &json!("unknown_action"))
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn in_an_atomic_batch_it_keeps_all_out() {
        let app = app("reject").await;

        let refused = app.writer().post(&format!("{BATCH}?atomic=true"), &batch()).await;

        let problem = refused.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], "/events/1/action");
        let page = app.reader().get(&format!("{EVENTS}?action=user.invited")).await.json();
        assert_eq!(page["data"], json!([]));
    }

    /// The service's own events are described by the pack that comes last, and are always recorded.
    #[tokio::test(flavor = "multi_thread")]
    async fn the_services_own_events_are_known_in_any_organization() {
        let app = app("reject").await;
        let admin = app.person("admin@acme.example").await;

        admin.patch("/v1/orgs/acme", &json!({"packs": [], "version": 2})).await.status(200);

        let page = app.reader().get(&format!("{EVENTS}?action=annals.organization.changed")).await.json();
        assert_eq!(page["data"][0]["category"], "Audit log");
        app.writer().post(EVENTS, &event("case.exported")).await.problem(422, "invalid");
    }
}
