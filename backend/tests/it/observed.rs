//! The actions of a log: what each is called, how often it occurs, and that everything is counted by itself.

use std::{collections::BTreeMap, sync::LazyLock, time::Duration};

use annals::{
    app::App,
    db::schema::{events, log_heads, observations},
    observed::worker,
};
use diesel::{connection::SimpleConnection, prelude::*};
use serde_json::{Value, json};

use crate::{
    event_types::{TYPE, definition, operator, set_packs},
    support::{
        Database, TestApp, eventually,
        process::{Service, succeed, superuser},
    },
    verify::ACME,
};

const EVENTS: &str = "/v1/orgs/acme/events";
const BATCH: &str = "/v1/orgs/acme/events/batch";
const TYPES: &str = "/v1/orgs/acme/event-types";

fn event(action: &str) -> Value {
    json!({"action": action, "actor": {"type": "user", "id": "u_9"}})
}

async fn send(app: &TestApp, actions: &[&str]) {
    for action in actions {
        app.writer().post(EVENTS, &event(action)).await.status(201);
    }
}

async fn listed(app: &TestApp, query: &str) -> Vec<Value> {
    let list = app.reader().get(&format!("{TYPES}{query}")).await.status(200).json();
    list["data"].as_array().unwrap().clone()
}

fn actions(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["action"].as_str().unwrap()).collect()
}

/// How many events of each action there are, counted from the log itself.
async fn counted(app: &TestApp) -> BTreeMap<String, u64> {
    let tail = app.reader().get(&format!("{EVENTS}/tail?from=0&limit=1000")).await.status(200).json();
    let mut counts = BTreeMap::new();
    for event in tail["data"].as_array().unwrap() {
        *counts.entry(event["action"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Two invitations of the day before, the later one first, an hour apart.
async fn send_late(app: &TestApp) {
    for occurred_at in ["2026-11-24T09:30:00Z", "2026-11-24T08:00:00Z"] {
        let mut event = event("user.invited");
        event["occurred_at"] = json!(occurred_at);
        app.writer().post(EVENTS, &event).await.status(201);
        app.advance(Duration::from_hours(1));
    }
}

/// What is said of them.
static LATE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "events": 2,
        "first_seen": "2026-11-24T08:00:00.000000Z",
        "last_seen": "2026-11-24T09:30:00.000000Z",
    })
});

mod event_types_of_an_organization {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn say_how_often_and_since_when_each_occurs() {
        let app = TestApp::start().await;
        send(&app, &["user.invited", "report.opened"]).await;
        app.advance(Duration::from_hours(1));
        send(&app, &["user.invited"]).await;

        let items = listed(&app, "?observed=true").await;

        let invited = items.iter().find(|item| item["action"] == "user.invited").unwrap();
        assert_eq!(
            invited["observed"],
            json!({
                "events": 2,
                "first_seen": "2026-11-25T12:00:00.000000Z",
                "last_seen": "2026-11-25T13:00:00.000000Z",
            })
        );
        assert_eq!((&invited["known"], &invited["pack"]), (&json!(true), &json!("blink")));
        let opened = items.last().unwrap();
        assert_eq!((&opened["action"], &opened["known"]), (&json!("report.opened"), &json!(false)));
        assert_eq!(opened["observed"]["events"], 1);
        assert_eq!(opened.get("pack"), None);
    }

    /// A source that was cut off sends later what happened meanwhile.
    #[tokio::test(flavor = "multi_thread")]
    async fn say_when_something_happened_and_sources_when_it_came() {
        let app = TestApp::start().await;
        send_late(&app).await;

        let items = listed(&app, "?observed=true&pack=blink").await;
        let sources = app.reader().get("/v1/orgs/acme/sources").await.status(200).json();

        let invited = items.iter().find(|item| item["action"] == "user.invited").unwrap();
        assert_eq!(invited["observed"], LATE.clone());
        let source = sources["data"].as_array().unwrap().iter().find(|item| item["source"] == "billing-api");
        let source = source.unwrap();
        assert_eq!(
            (&source["first_seen"], &source["last_seen"]),
            (&json!("2026-11-25T12:00:00.000000Z"), &json!("2026-11-25T13:00:00.000000Z"))
        );
    }

    /// Earlier versions counted by when an event came.
    #[tokio::test(flavor = "multi_thread")]
    async fn say_when_something_happened_that_an_earlier_version_has_counted() {
        let app = TestApp::start().await;
        send_late(&app).await;
        worker::sweep(&app.app).await.unwrap();
        let earlier = "UPDATE observed_actions SET first_seen = (SELECT max(received_at) FROM events), \
                       last_seen = (SELECT max(received_at) FROM events); \
                       DELETE FROM __diesel_schema_migrations WHERE version = '0005'";
        superuser(&app.app.config).batch_execute(earlier).unwrap();

        succeed(&app.app.config, &["migrate"]);

        let items = listed(&app, "?observed=true&pack=blink").await;
        let invited = items.iter().find(|item| item["action"] == "user.invited").unwrap();
        assert_eq!(invited["observed"], LATE.clone());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn agree_with_the_log_and_say_how_far() {
        let app = TestApp::start().await;
        send(&app, &["user.invited", "a.b", "user.removed", "a.b", "user.invited"]).await;

        let list = app.reader().get(TYPES).await.status(200).json();

        let observed: BTreeMap<String, u64> = list["data"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|item| {
                Some((item["action"].as_str()?.to_owned(), item.get("observed")?["events"].as_u64()?))
            })
            .collect();
        let counted = counted(&app).await;
        assert_eq!(observed, counted);
        assert_eq!(list["as_of"].as_u64(), Some(counted.values().sum()));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn are_one_per_action_in_the_order_of_the_packs() {
        let app = TestApp::start().await;
        let label = json!({"label": "Guest invited"});
        operator(&app)
            .await
            .put("/v1/event-types/acme-app/user.invited", &definition(label))
            .await
            .status(201);
        set_packs(&app, &["acme-app", "pocketsoc"]).await;

        let items = listed(&app, "").await;

        let mut packs: Vec<&str> = items.iter().map(|item| item["pack"].as_str().unwrap()).collect();
        packs.dedup();
        assert_eq!(packs, ["acme-app", "pocketsoc", "annals"]);
        let invited: Vec<_> = items.iter().filter(|item| item["action"] == "user.invited").collect();
        assert_eq!(invited.len(), 1);
        assert_eq!(invited[0]["label"], "Guest invited");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn can_be_narrowed() {
        let app = TestApp::start().await;
        send(&app, &["user.invited", "report.opened"]).await;

        let of_pack = listed(&app, "?pack=blink&observed=true").await;
        let of_category = listed(&app, "?category=tenant%20USER%20management").await;
        let never = listed(&app, "?observed=false").await;
        let of_another = listed(&app, "?pack=pocketsoc").await;

        // The keys of the test were made before: that is an event of the service, described by the pack.
        assert_eq!(actions(&of_pack), ["api_key.created", "user.invited"]);
        assert!(of_category.len() > 1);
        assert!(of_category.iter().all(|item| item["category"] == "Tenant User Management"));
        assert!(never.iter().all(|item| item.get("observed").is_none() && item["known"] == true));
        assert!(
            !actions(&never).contains(&"user.invited")
                && actions(&never).contains(&"approval_request.approved")
        );
        assert_eq!(of_another, Vec::<Value>::new());
        app.reader().get(&format!("{TYPES}?pack=nope")).await.problem(400, "invalid_query");
        app.reader().get(&format!("{TYPES}?observed=maybe")).await.problem(400, "invalid_query");
    }

    /// An action that was unknown when it came and is defined since.
    #[tokio::test(flavor = "multi_thread")]
    async fn take_an_action_over_that_was_unknown_before() {
        let app = TestApp::start().await;
        send(&app, &["ticket.closed"]).await;
        let before = listed(&app, "?observed=true").await;

        operator(&app).await.put(TYPE, &definition(json!({}))).await.status(201);
        set_packs(&app, &["blink", "acme-app"]).await;
        let after = listed(&app, "?pack=acme-app").await;

        assert_eq!(before.last().unwrap()["known"], false);
        assert_eq!((&after[0]["known"], &after[0]["observed"]["events"]), (&json!(true), &json!(1)));
    }

    /// Whoever holds a key can make up actions: the answer stays bounded, and keeps those that matter.
    #[tokio::test(flavor = "multi_thread")]
    async fn name_a_thousand_unknown_actions_the_most_frequent_ones() {
        let app = TestApp::start().await;
        let odd: Vec<Value> = (0..1_000).map(|number| event(&format!("odd.a{number:04}"))).collect();
        app.writer().post(BATCH, &json!({"events": odd})).await.status(200);
        let full = app.reader().get(TYPES).await.status(200).json();
        send(&app, &["often.sent", "often.sent"]).await;

        let cut = app.reader().get(TYPES).await.status(200).json();

        let unknown = |list: &Value| -> Vec<String> {
            let items = list["data"].as_array().unwrap().iter().filter(|item| item["known"] == false);
            items.map(|item| item["action"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((unknown(&full).len(), full.get("more_unknown")), (1_000, None));
        assert_eq!((unknown(&cut).len(), &cut["more_unknown"]), (1_000, &json!(true)));
        assert!(unknown(&cut).contains(&"often.sent".to_owned()));
        assert!(unknown(&cut).is_sorted());
    }
}

/// How far each log is counted, by organization, and how far it goes.
fn progress(app: &TestApp) -> Vec<(Option<i64>, i64)> {
    let conn = &mut superuser(&app.app.config);
    log_heads::table
        .left_join(observations::table.on(observations::org_id.eq(log_heads::org_id)))
        .select((observations::next_sequence.nullable(), log_heads::next_sequence))
        .order(log_heads::org_id)
        .load(conn)
        .unwrap()
}

mod counting {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn goes_on_without_anybody_asking() {
        let app = TestApp::start().await;
        send(&app, &["user.invited"]).await;
        assert!(progress(&app).iter().all(|(counted, _)| counted.is_none()));

        worker::sweep(&app.app).await.unwrap();

        let progress = progress(&app);
        assert_eq!(progress.len(), 3, "acme, harbor and the platform");
        assert!(progress.iter().all(|(counted, head)| *counted == Some(*head)), "{progress:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_one_log_that_fails_keeps_no_other_from_it() {
        let app = TestApp::start().await;
        for number in [0, 2] {
            let mut event = event("a.b");
            event["source_sequence"] = json!(number);
            app.writer().post(EVENTS, &event).await.status(201);
        }
        let in_the_way = format!("INSERT INTO source_gaps SELECT {ACME}, 'billing-api', 1, 1");
        superuser(&app.app.config).batch_execute(&in_the_way).unwrap();

        worker::sweep(&app.app).await.unwrap();

        let counted = progress(&app).into_iter().filter(|(counted, head)| *counted == Some(*head)).count();
        assert_eq!(counted, 2);
        app.reader().get(TYPES).await.problem(500, "internal");
    }

    /// What is pruned was counted before, or is not counted any more: there is nothing left to read.
    #[tokio::test(flavor = "multi_thread")]
    async fn begins_where_the_log_begins() {
        let app = TestApp::start().await;
        send(&app, &["user.invited", "user.removed"]).await;
        let conn = &mut superuser(&app.app.config);
        let (org, next): (annals::id::Id<annals::id::Org>, i64) = log_heads::table
            .filter(
                log_heads::org_id
                    .eq_any(events::table.filter(events::action.eq("user.invited")).select(events::org_id)),
            )
            .select((log_heads::org_id, log_heads::next_sequence))
            .first(conn)
            .unwrap();
        diesel::update(log_heads::table.find(org))
            .set(log_heads::first_sequence.eq(next - 1))
            .execute(conn)
            .unwrap();
        diesel::delete(events::table.filter(events::org_id.eq(org)).filter(events::sequence.lt(next - 1)))
            .execute(conn)
            .unwrap();

        let list = app.reader().get(&format!("{TYPES}?observed=true")).await.status(200).json();

        assert_eq!(actions(list["data"].as_array().unwrap()), ["user.removed"]);
        assert_eq!(list["as_of"], next);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_what_a_service_does_while_it_runs_and_does_not_keep_it_from_stopping() {
        let database = Database::empty();
        let config = database.config();
        succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp"]);

        let mut service = Service::start(&config);
        let conn = &mut superuser(&config);
        let counted = observations::table.select(observations::next_sequence);
        eventually("both logs to be counted", async || {
            (counted.load::<i64>(conn).unwrap().len() == 2).then_some(())
        })
        .await;
        service.terminate();

        assert_eq!(service.wait().code(), Some(0));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn starts_again_from_where_it_was_on_another_node() {
        let app = TestApp::start().await;
        send(&app, &["user.invited"]).await;
        worker::sweep(&app.app).await.unwrap();
        send(&app, &["user.invited"]).await;
        let other = App::start(app.app.config.clone(), app.clock.clone()).unwrap();

        worker::sweep(&other).await.unwrap();

        let items = listed(&app, "?observed=true&pack=blink").await;
        let invited = items.iter().find(|item| item["action"] == "user.invited").unwrap();
        assert_eq!(invited["observed"]["events"], 2);
        other.writer.stop();
    }
}
