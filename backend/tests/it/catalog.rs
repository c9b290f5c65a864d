//! The built-in packs, against the plain tables of the two products they come from.

use std::collections::{BTreeSet, HashSet};

use annals::catalog::{Catalog, EventType};
use serde_json::{Value, json};

use crate::support::TestApp;

const BLINK: &str = include_str!("fixtures/blink-events.txt");
const POCKETSOC: &str = include_str!("fixtures/pocketsoc-events.txt");

fn pack(name: &str) -> Vec<EventType> {
    Catalog::embedded().unwrap().all().filter(|event_type| event_type.pack == name).cloned().collect()
}

/// The lines of a table, column by column.
fn table(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect()).collect()
}

#[test]
fn blink_has_its_92_events_word_for_word_and_in_order() {
    let pack = pack("blink");
    let ours: Vec<Vec<&str>> = pack
        .iter()
        .map(|event_type| vec![&*event_type.category, &*event_type.label, &*event_type.description])
        .collect();

    assert_eq!(ours, table(BLINK));
    assert_eq!(ours.len(), 92);
}

#[test]
fn pocketsoc_has_its_19_events_word_for_word_and_in_order() {
    let pack = pack("pocketsoc");
    let ours: Vec<Vec<&str>> =
        pack.iter().map(|event_type| vec![&*event_type.label, &*event_type.description]).collect();

    assert_eq!(ours, table(POCKETSOC));
    assert_eq!(ours.len(), 19);
}

#[test]
fn blink_has_its_14_categories() {
    let pack = pack("blink");
    let categories: BTreeSet<&str> = pack.iter().map(|event_type| event_type.category.as_str()).collect();

    assert_eq!(
        categories.into_iter().collect::<Vec<_>>(),
        [
            "Approval Management",
            "Case Related Tables",
            "Cases",
            "Connections",
            "Dashboards",
            "Global Variables",
            "Runners",
            "Self-Service Apps",
            "Tables",
            "Tenant Admin Settings",
            "Tenant User Management",
            "Users",
            "Workflows",
            "Workspace Management",
        ]
    );
}

#[test]
fn both_packs_together_have_107_actions() {
    let (blink, pocketsoc) = (pack("blink"), pack("pocketsoc"));
    let actions: HashSet<&str> =
        blink.iter().chain(&pocketsoc).map(|event_type| event_type.action.as_str()).collect();

    assert_eq!(actions.len(), 107);
}

#[test]
fn every_event_type_is_complete_and_consistent() {
    for event_type in Catalog::embedded().unwrap().all() {
        let EventType { action, category, label, description, sentence, ocsf, ecs, .. } = event_type;
        assert!([category, label, description].iter().all(|text| !text.trim().is_empty()), "{action}");
        assert!(category.len() <= 128 && label.len() <= 128, "{action}");
        assert!(sentence.contains("{actor}"), "{action}: {sentence}");
        let (ocsf, ecs) = (ocsf.as_ref().unwrap(), ecs.as_ref().unwrap());
        assert_eq!(ocsf.type_uid, ocsf.class_uid * 100 + ocsf.activity_id, "{action}");
        assert!(!ecs.category.is_empty() && !ecs.kind.is_empty(), "{action}");
    }
}

/// The actor, the one member that is never absent, is all that every event has.
#[test]
fn every_sentence_reads_without_anything_but_an_actor() {
    let catalog = Catalog::embedded().unwrap();
    let body = json!({"actor": {"type": "user", "id": "u_9", "name": "Ada"}});
    for event_type in catalog.all() {
        let entry = catalog.get(&event_type.pack, &event_type.action).unwrap();
        let text = entry.sentence.as_ref().unwrap().render(body.as_object().unwrap());

        assert!(text.contains("Ada") && !text.contains(['{', '}', '|']), "{}: {text}", event_type.action);
        assert!(!text.contains("  ") && !text.ends_with([' ', '.']), "{}: {text}", event_type.action);
    }
}

#[test]
fn the_first_pack_of_an_organization_wins_and_the_services_own_comes_last() {
    let catalog = Catalog::embedded().unwrap();
    let packs = |packs: &[&str]| packs.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = |names: &[&str], action| {
        catalog.find(&packs(names), action).map(|entry| entry.event_type.pack.clone())
    };

    assert_eq!(found(&["blink", "pocketsoc"], "user.invited").as_deref(), Some("blink"));
    assert_eq!(found(&["pocketsoc", "blink"], "user.invited").as_deref(), Some("pocketsoc"));
    assert_eq!(found(&["pocketsoc"], "user.logged_in").as_deref(), Some("annals"));
    assert_eq!(found(&[], "user.invited").as_deref(), Some("annals"));
    assert_eq!(found(&[], "case.assigned"), None);
}

mod over_http {
    use super::*;

    async fn listed(app: &TestApp, query: &str) -> Vec<Value> {
        let answer = app.reader().get(&format!("/v1/event-types{query}")).await.status(200).json();
        answer["data"].as_array().unwrap().clone()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn every_pack_is_listed_by_pack_and_action() {
        let app = TestApp::start().await;

        let all = listed(&app, "").await;

        assert_eq!(all.len(), Catalog::embedded().unwrap().all().count());
        let packs: BTreeSet<&str> = all.iter().map(|item| item["pack"].as_str().unwrap()).collect();
        assert_eq!(packs.into_iter().collect::<Vec<_>>(), ["annals", "blink", "pocketsoc"]);
        let key =
            |item: &Value| [&item["pack"], &item["action"]].map(|text| text.as_str().unwrap().to_owned());
        assert!(all.is_sorted_by_key(key));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_pack_can_be_asked_for() {
        let app = TestApp::start().await;

        let pocketsoc = listed(&app, "?pack=pocketsoc").await;

        assert_eq!(pocketsoc.len(), 19);
        let invited = pocketsoc.iter().find(|item| item["action"] == "user.invited").unwrap();
        assert_eq!(invited["label"], "User invited");
        assert_eq!(invited["category"], "Team");
        let marks = ["built_in", "version", "deprecated"].map(|name| &invited[name]);
        assert_eq!(marks, [&json!(true), &json!(1), &json!(false)]);
        assert_eq!(invited.get("parameters_schema"), None);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_pack_that_does_not_exist_is_an_error() {
        let app = TestApp::start().await;
        for pack in ["nope", "", "Blink"] {
            let answer = app.reader().get(&format!("/v1/event-types?pack={pack}")).await;

            let problem = answer.problem(400, "invalid_query");
            assert_eq!(problem["errors"][0]["pointer"], "pack");
            assert_eq!(problem["errors"][0]["code"], "unknown_value");
        }
    }
}
