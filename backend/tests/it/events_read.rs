//! Reading the list: its order, its filters, its errors, and one event by its id.

use std::time::Duration;

use annals::{events::schema, log::leaf};
use serde_json::{Value, json};

use crate::support::TestApp;

const EVENTS: &str = "/v1/orgs/acme/events";

/// Records events of acme: an action and a time each, with the action's place in the list as its number.
pub(crate) async fn record(app: &TestApp, events: &[(&str, &str)]) {
    let events = events.iter().enumerate().map(|(number, (action, time))| {
        json!({"action": action, "occurred_at": time, "source_sequence": number,
            "actor": {"type": "user", "id": "U_9", "name": "Ada Byron", "email": "Ada@Example.com"}})
    });
    let batch = json!({"events": events.collect::<Vec<_>>()});
    let report = app.writer().post("/v1/orgs/acme/events/batch", &batch).await.status(200).json();
    assert_eq!(report["rejected"], 0, "{report}");
}

/// The numbers of recorded events in an answer, in its order; the service's own events are left out.
pub(crate) fn numbers(page: &Value) -> Vec<u64> {
    page["data"].as_array().unwrap().iter().filter_map(|event| event["source_sequence"].as_u64()).collect()
}

async fn listed(app: &TestApp, query: &str) -> Vec<u64> {
    numbers(&app.reader().get(&format!("{EVENTS}?{query}")).await.status(200).json())
}

mod order {
    use super::*;

    const TIMES: [(&str, &str); 5] = [
        ("a.b", "2026-11-20T10:00:00Z"),
        ("a.b", "2026-11-22T10:00:00Z"),
        ("a.b", "2026-11-20T10:00:00Z"),
        ("a.b", "2026-11-21T10:00:00Z"),
        ("a.b", "2026-11-20T10:00:00.000001Z"),
    ];

    #[tokio::test(flavor = "multi_thread")]
    async fn is_newest_first_and_for_equal_times_latest_recorded_first() {
        let app = TestApp::start().await;
        record(&app, &TIMES).await;

        assert_eq!(listed(&app, "action=a.b").await, [1, 3, 4, 2, 0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn can_be_turned_around() {
        let app = TestApp::start().await;
        record(&app, &TIMES).await;

        assert_eq!(listed(&app, "action=a.b&order=asc").await, [0, 2, 4, 3, 1]);
        assert_eq!(listed(&app, "action=a.b&order=desc").await, [1, 3, 4, 2, 0]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn has_fifty_events_unless_told_otherwise() {
        let app = TestApp::start().await;
        record(&app, &[("a.b", "2026-11-20T10:00:00Z"); 60]).await;

        assert_eq!(listed(&app, "action=a.b").await.len(), 50);
        assert_eq!(listed(&app, "action=a.b&limit=1").await.len(), 1);
        assert_eq!(listed(&app, "action=a.b&limit=1000").await.len(), 60);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_nothing_is_an_empty_last_page() {
        let app = TestApp::start().await;

        let page = app.reader().get(&format!("{EVENTS}?action=no.such")).await.status(200);

        let body = page.json();
        assert_eq!(body["data"], json!([]));
        assert_eq!(body["page"]["has_more"], false);
        assert_eq!(body["page"].get("next_cursor"), None);
        assert_eq!(page.header("link"), None);
    }
}

mod filter {
    use super::*;

    async fn world() -> TestApp {
        let app = TestApp::start().await;
        let events = [
            ("user.invited", "2026-11-20T00:00:00Z"),            // 0
            ("user.role_changed", "2026-11-21T00:00:00Z"),       // 1
            ("userx.invited", "2026-11-22T00:00:00Z"),           // 2
            ("case.exported", "2026-11-24T12:00:00Z"),           // 3
            ("user.mfa.enabled", "2026-11-25T11:45:00Z"),        // 4
            ("user_mfa.enabled", "2026-11-25T11:45:00.000001Z"), // 5
        ];
        record(&app, &events).await;
        app
    }

    async fn finds(queries: &[(&str, &[u64])]) {
        let app = world().await;
        for (query, found) in queries {
            assert_eq!(listed(&app, &format!("order=asc&{query}")).await, *found, "{query}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_action_is_exact_a_prefix_or_any_of_several() {
        finds(&[
            ("action=user.invited", &[0]),
            ("action=USER.Invited", &[0]),
            ("action=user.*", &[0, 1, 4]),
            ("action=user.mfa.*", &[4]),
            ("action=user.invited,case.exported", &[0, 3]),
            ("action=user.invited%2C+case.*", &[0, 3]),
            ("action=user.mfa", &[]),
        ])
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_category_ignores_case() {
        finds(&[
            ("category=Cases", &[3]),
            ("category=cASES", &[3]),
            ("category=tenant%20user%20management,cases", &[0, 1, 3]),
            ("category=Case", &[]),
        ])
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_actor_fits_the_id_the_name_and_the_e_mail_in_any_case() {
        let all: &[u64] = &[0, 1, 2, 3, 4, 5];
        finds(&[
            ("actor=u_9", all),
            ("actor=U_9", all),
            ("actor=ada%20byron", all),
            ("actor=ADA@example.COM", all),
            ("actor=somebody,u_9", all),
            ("actor=ada", &[]),
            ("actor=u__", &[]),
            ("actor=%25", &[]),
        ])
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn since_includes_its_instant_and_until_does_not() {
        finds(&[
            ("actor=u_9&since=2026-11-25T11:45:00Z", &[4, 5]),
            ("actor=u_9&since=2026-11-25T11:45:00.000001Z", &[5]),
            ("actor=u_9&until=2026-11-21T00:00:00Z", &[0]),
            ("actor=u_9&until=2026-11-21T00:00:00.000001Z", &[0, 1]),
            ("actor=u_9&since=2026-11-21T00:00:00Z&until=2026-11-22T00:00:00Z", &[1]),
            ("actor=u_9&since=2026-11-22T00:00:00Z&until=2026-11-21T00:00:00Z", &[]),
        ])
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn times_may_be_dates_offsets_and_spans_back_from_now() {
        finds(&[
            ("actor=u_9&since=2026-11-22", &[2, 3, 4, 5]),
            ("actor=u_9&until=2026-11-22", &[0, 1]),
            ("actor=u_9&since=2026-11-22T02:00:00%2B02:00", &[2, 3, 4, 5]),
            ("actor=u_9&since=-15m", &[4, 5]),
            ("actor=u_9&since=-900s", &[4, 5]),
            ("actor=u_9&since=-24h", &[3, 4, 5]),
            ("actor=u_9&since=-7d&until=-1d", &[0, 1, 2]),
        ])
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn spans_move_with_the_clock() {
        let app = world().await;

        app.advance(Duration::from_micros(1));

        assert_eq!(listed(&app, "actor=u_9&since=-15m").await, [5]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn conditions_must_all_hold() {
        finds(&[
            ("action=user.*&category=tenant%20user%20management", &[0, 1]),
            ("action=user.*&since=2026-11-21", &[1, 4]),
            ("actor=u_9&category=cases&action=user.*", &[]),
        ])
        .await;
    }
}

mod query {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_malformed_names_the_parameter() {
        let app = TestApp::start().await;
        let many = format!("actor={}", vec!["x"; 101].join(","));
        for (query, parameter, code) in [
            ("limit=0", "limit", "out_of_range"),
            ("limit=1001", "limit", "out_of_range"),
            ("limit=-1", "limit", "invalid_format"),
            ("limit=ten", "limit", "invalid_format"),
            ("limit=", "limit", "invalid_format"),
            ("action=user", "action", "invalid_format"),
            ("action=user*", "action", "invalid_format"),
            ("action=", "action", "invalid_format"),
            ("action=user.invited,,", "action", "invalid_format"),
            ("category=a%00b", "category", "invalid_string"),
            ("actor=", "actor", "invalid_format"),
            ("outcome=failed", "outcome", "unknown_value"),
            ("ip=203.0.113.0/24", "ip", "invalid_format"),
            (many.as_str(), "actor", "too_many"),
            ("since=yesterday", "since", "invalid_format"),
            ("since=2026-11-25T12:00:00", "since", "invalid_format"),
            ("until=-7w", "until", "invalid_format"),
            ("until=", "until", "invalid_format"),
            ("order=up", "order", "unknown_value"),
            ("sort=asc", "sort", "unknown_parameter"),
            ("q=user", "q", "unknown_parameter"),
            ("limit=5&limit=5", "limit", "repeated_key"),
            ("action=a.b&since=-1d&action=a.c", "action", "repeated_key"),
        ] {
            let problem = app.reader().get(&format!("{EVENTS}?{query}")).await.problem(400, "invalid_query");
            let error = (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]);
            assert_eq!(error, (&json!(parameter), &json!(code)), "{query}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_malformed_says_the_way_out() {
        let app = TestApp::start().await;
        for (query, message) in [
            ("outcome=failed", "must be one of success, failure, denied, unknown"),
            ("severity=low,urgent", "value 2: must be one of informational, low, medium, high, critical"),
            ("activity_type=x", "must be one of setting_update, system_configuration, user_action"),
            ("order=up", "must be one of desc, asc"),
            ("ip=203.0.113", "a whole IPv4 or IPv6 address, like 203.0.113.7 or 2001:db8::7; no ranges"),
            (
                "action=user*",
                "an action like user.invited, or all that begin with some of its words like user.*",
            ),
            ("actor=", "must not be empty; leave the parameter out to see everything"),
            ("limit=ten", "must be a whole number"),
            ("limit=99999999999", "must be a smaller whole number"),
            ("limt=5", "there is no such parameter; did you mean limit?"),
        ] {
            let problem = app.reader().get(&format!("{EVENTS}?{query}")).await.problem(400, "invalid_query");

            assert_eq!(problem["errors"][0]["message"], message, "{query}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_several_malformed_parameters_names_them_all() {
        let app = TestApp::start().await;

        let problem =
            app.reader().get(&format!("{EVENTS}?action=x&since=y")).await.problem(400, "invalid_query");

        let names: Vec<_> =
            problem["errors"].as_array().unwrap().iter().map(|e| e["pointer"].clone()).collect();
        assert_eq!(names, ["action", "since"]);
    }
}

mod by_id {
    use super::*;

    const ID: &str = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";

    fn event() -> Value {
        json!({"id": ID, "action": "a.b", "actor": {"type": "user", "id": "u_9"}})
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_the_event_of_the_list_in_either_case_of_the_id() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &event()).await.status(201);
        let page = app.reader().get(&format!("{EVENTS}?action=a.b")).await.json();

        for id in [ID.to_owned(), ID.to_uppercase()] {
            let found = app.reader().get(&format!("{EVENTS}/{id}")).await.status(200).json();
            assert_eq!(found, page["data"][0]);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_unknown_malformed_or_of_another_organization_is_not_found() {
        let app = TestApp::start().await;
        app.writer().post(EVENTS, &event()).await.status(201);
        let unhyphenated = ID.replace('-', "");
        for id in ["0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c02", "nope", "%00", "812", unhyphenated.as_str()] {
            app.reader().get(&format!("{EVENTS}/{id}")).await.problem(404, "not_found");
        }
        let harbor = app.with(Some(&app.keys.harbor_read));
        harbor.get(&format!("/v1/orgs/harbor/events/{ID}")).await.problem(404, "not_found");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn takes_no_query_parameters() {
        let app = TestApp::start().await;

        let problem =
            app.reader().get(&format!("{EVENTS}/{ID}?pretty=1")).await.problem(400, "invalid_query");

        assert_eq!(problem["errors"][0]["pointer"], "pretty");
    }
}

mod answered_events {
    use super::*;

    /// One event with everything, one with next to nothing, and the service's own.
    async fn log() -> (TestApp, Vec<Value>) {
        let app = TestApp::start().await;
        let full = json!({
            "action": "user.role_changed", "reason": "größer", "severity": "low", "outcome": "success",
            "actor": {"type": "user", "id": "u_9", "name": "Ada", "email": "a@example.com"},
            "on_behalf_of": {"type": "user", "id": "u_1"},
            "targets": [{"type": "user", "email": "b@example.com"}, {"type": "page", "id": "p", "href": "/p"}],
            "workspace": {"name": "Prod"}, "parameters": {"é": [1.5, 1e-7, null], "a": {}},
            "changes": [{"field": "role", "old": null, "new": "admin"}], "source_sequence": 3,
            "context": {"ip": "::1", "user_agent": "x", "location": "y", "request_id": "r", "session_id": "s",
                "correlation_id": "c", "traceparent": "t"},
        });
        let bare = json!({"action": "a.b", "actor": {"type": "system", "id": "cron"}});
        let batch = json!({"events": [full, bare]});
        app.writer().post("/v1/orgs/acme/events/batch", &batch).await.status(200);
        let page = app.reader().get(&format!("{EVENTS}?limit=1000")).await.status(200).json();
        let events = page["data"].as_array().unwrap().clone();
        (app, events)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn have_the_documented_form() {
        let (_app, events) = log().await;

        assert!(events.len() > 2);
        for event in events {
            let read: Result<schema::Event, _> = serde_json::from_value(event.clone());
            assert!(read.is_ok(), "{read:?}: {event}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn hold_the_sealed_body_byte_for_byte() {
        let (app, events) = log().await;
        for event in events {
            let path = format!("{EVENTS}/{}", event["id"].as_str().unwrap());
            let text = app.reader().get(&path).await.status(200).text;

            let mut body = event.clone();
            for member in ["organization", "sequence", "leaf_hash"] {
                assert!(body.as_object_mut().unwrap().remove(member).is_some());
            }
            let canonical = leaf::canonical(&body).unwrap();
            let sealed = canonical.strip_prefix('{').unwrap();
            assert!(text.ends_with(&format!(",{sealed}")), "{text} does not end in {sealed}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn never_hold_what_is_null_or_empty_as_a_fixed_member() {
        let (_app, events) = log().await;
        for event in events {
            for (name, value) in event.as_object().unwrap() {
                let is_empty = [json!(null), json!(""), json!([]), json!({})].contains(value);
                assert!(!is_empty, "{name} of {event}");
            }
        }
    }
}
