//! Checkpoints: signed, of exactly what is in the log, and enough for somebody else to check it.

use std::time::Duration;

use annals::{db::schema::log_tiles, id::Id};
use base64::{Engine, prelude::BASE64_STANDARD};
use diesel::prelude::*;
use serde_json::{Value, json};
use signed_note::{Note, StandardVerifier, Verifier, VerifierList};
use tlog_tiles::{
    Checkpoint,
    tlog::{Hash, HashReader, stored_hashes_for_record_hash, tree_hash},
};

use crate::support::{TestApp, process::superuser};

const LOG: &str = "/v1/orgs/acme/log";

/// Posts so many events to acme.
pub(crate) async fn post(app: &TestApp, count: usize) {
    let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    for size in (0..count).step_by(1_000).map(|from| (count - from).min(1_000)) {
        let batch = json!({"events": vec![event.clone(); size]});
        let answer = app.writer().post("/v1/orgs/acme/events/batch", &batch).await.status(200).json();
        assert_eq!(answer["accepted"], size);
    }
}

pub(crate) async fn checkpoint(app: &TestApp) -> String {
    let answer = app.verifier().get(&format!("{LOG}/checkpoint")).await.status(200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    answer.text
}

pub(crate) async fn verifier_keys(app: &TestApp) -> Vec<String> {
    let keys = app.verifier().get(&format!("{LOG}/keys")).await.status(200).json();
    let keys = keys["data"].as_array().expect("keys").iter();
    keys.map(|key| key["verifier_key"].as_str().expect("a key").to_owned()).collect()
}

/// What the note says, for somebody who has the key.
pub(crate) fn open(note: &str, verifier_key: &str) -> Option<Checkpoint> {
    let verifier: Box<dyn Verifier> = Box::new(StandardVerifier::new(verifier_key).expect("a verifier key"));
    let note = Note::from_bytes(note.as_bytes()).expect("a signed note");
    note.verify(&VerifierList::new(vec![verifier])).ok()?;
    Some(Checkpoint::from_bytes(note.text()).expect("a checkpoint"))
}

/// The leaf hashes of acme's log, as its readers see them.
async fn leaf_hashes(app: &TestApp) -> Vec<Hash> {
    let (mut hashes, mut from) = (Vec::new(), 0);
    loop {
        let query = format!("/v1/orgs/acme/events/tail?limit=1000&from={from}");
        let tail = app.reader().get(&query).await.status(200).json();
        let events = tail["data"].as_array().expect("events");
        hashes.extend(events.iter().map(|event| {
            let hash = BASE64_STANDARD.decode(event["leaf_hash"].as_str().expect("a hash")).expect("base64");
            Hash(hash.try_into().expect("32 bytes"))
        }));
        from = tail["next_from"].as_u64().expect("a sequence");
        if tail["has_more"] == json!(false) {
            return hashes;
        }
    }
}

struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|index| self.0[usize::try_from(*index).expect("an index")]).collect())
    }
}

/// The root by an implementation that is not ours.
fn root(leaves: &[Hash]) -> Hash {
    let mut stored = Stored(Vec::new());
    for (n, leaf) in (0..).zip(leaves) {
        let hashes = stored_hashes_for_record_hash(n, *leaf, &stored).expect("hashes");
        stored.0.extend(hashes);
    }
    tree_hash(u64::try_from(leaves.len()).expect("a size"), &stored).expect("a root")
}

#[tokio::test(flavor = "multi_thread")]
async fn says_the_size_and_the_root_of_the_log_and_is_signed() {
    let app = TestApp::start().await;
    post(&app, 300).await;

    app.sign();

    let checkpoint = open(&checkpoint(&app).await, &verifier_keys(&app).await[0]).expect("our signature");
    let leaves = leaf_hashes(&app).await;
    assert_eq!(checkpoint.size(), u64::try_from(leaves.len()).unwrap());
    assert_eq!(*checkpoint.hash(), root(&leaves));
    assert_eq!(checkpoint.extension(), "");
    let state = app.verifier().get(LOG).await.status(200).json();
    assert_eq!(state["origin"], checkpoint.origin());
    assert_eq!(
        (&state["signed_size"], &state["next_sequence"]),
        (&json!(leaves.len()), &json!(leaves.len()))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn names_the_installation_and_the_log_but_not_the_organization() {
    let app = TestApp::start().await;
    app.sign();

    let note = checkpoint(&app).await;

    let origin = note.lines().next().expect("an origin");
    let (installation, log) =
        origin.strip_prefix("annals.").and_then(|rest| rest.split_once('/')).expect(origin);
    assert!(Id::<annals::id::Installation>::parse(installation).is_some(), "{origin}");
    assert!(Id::<annals::id::Log>::parse(log).is_some(), "{origin}");
    assert!(!note.contains("acme"));
}

#[tokio::test(flavor = "multi_thread")]
async fn is_not_there_before_the_log_was_signed_for_the_first_time() {
    let app = TestApp::start().await;

    app.verifier().get(&format!("{LOG}/checkpoint")).await.problem(404, "not_found");

    let state = app.verifier().get(LOG).await.status(200).json();
    assert_eq!(state["signed_size"], 0);
    assert_eq!(state.get("signed_at"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_made_for_every_log_that_grew_and_for_no_other() {
    let app = TestApp::start().await;

    let first = app.sign();
    let second = app.sign();
    post(&app, 1).await;
    let third = app.sign();

    // acme, harbor, and the service's own
    assert_eq!([first.signed, second.signed, third.signed], [3, 0, 1]);
    assert_eq!(first.refused + second.refused + third.refused, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn can_all_be_listed_newest_first_page_by_page() {
    let app = TestApp::start().await;
    for _ in 0..5 {
        post(&app, 1).await;
        app.sign();
    }

    let mut sizes = Vec::new();
    let mut query = "limit=2".to_owned();
    loop {
        let page = app.verifier().get(&format!("{LOG}/checkpoints?{query}")).await.status(200).json();
        sizes.extend(page["data"].as_array().unwrap().iter().map(|row| row["size"].as_u64().unwrap()));
        match page["page"]["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }

    let newest = open(&checkpoint(&app).await, &verifier_keys(&app).await[0]).expect("our signature").size();
    assert_eq!(sizes, (0..5).map(|back| newest - back).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_good_for_its_own_list_only() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        post(&app, 1).await;
        app.sign();
    }
    let page = app.verifier().get(&format!("{LOG}/checkpoints?limit=1")).await.status(200).json();
    let cursor = page["page"]["next_cursor"].as_str().expect("a second page");
    let admin = app.person("admin@harbor.example").await;

    admin
        .get(&format!("/v1/orgs/harbor/log/checkpoints?cursor={cursor}"))
        .await
        .problem(400, "cursor_mismatch");
    app.verifier().get(&format!("{LOG}/checkpoints?cursor=x{cursor}")).await.problem(400, "cursor_invalid");
    app.verifier().get(&format!("{LOG}/checkpoints?limit=0")).await.problem(400, "invalid_query");
}

#[tokio::test(flavor = "multi_thread")]
async fn full_tiles_are_written_of_exactly_the_leaf_hashes() {
    let app = TestApp::start().await;
    post(&app, 700).await;
    app.sign();
    post(&app, 300).await;
    app.sign();

    let org = app.with(Some(&app.keys.acme_org)).get("/v1/orgs/acme").await.status(200).json();
    let org = Id::<annals::id::Org>::parse(org["id"].as_str().unwrap()).unwrap();
    let tiles: Vec<(i32, i64, Vec<u8>)> = log_tiles::table
        .filter(log_tiles::org_id.eq(org))
        .order(log_tiles::tile)
        .select((log_tiles::level, log_tiles::tile, log_tiles::hashes))
        .load(&mut superuser(&app.app.config))
        .unwrap();

    let leaves: Vec<Vec<u8>> = leaf_hashes(&app).await.iter().map(|hash| hash.0.to_vec()).collect();
    let full: Vec<_> = leaves.chunks_exact(256).map(<[Vec<u8>]>::concat).collect();
    assert_eq!(
        tiles,
        full.into_iter()
            .enumerate()
            .map(|(n, hashes)| (0, i64::try_from(n).unwrap(), hashes))
            .collect::<Vec<_>>()
    );
    assert_eq!(tiles.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_seven_days_the_last_of_every_hour_stays() {
    let app = TestApp::start().await;
    // 12:00, 12:20, 12:40, 13:00, 13:20, 13:40
    let mut sizes = Vec::new();
    for _ in 0..6 {
        post(&app, 1).await;
        app.sign();
        sizes.push(app.verifier().get(LOG).await.json()["signed_size"].clone());
        app.advance(Duration::from_mins(20));
    }
    let kept = async || -> Vec<Value> {
        let page = app.verifier().get(&format!("{LOG}/checkpoints")).await.status(200).json();
        page["data"].as_array().unwrap().iter().map(|row| row["size"].clone()).collect()
    };

    app.advance(Duration::from_hours(6 * 24));
    tokio::task::block_in_place(|| app.app.checkpoints.thin_out()).unwrap();
    assert_eq!(kept().await.len(), 6, "seven days are not over");

    app.advance(Duration::from_hours(36));
    tokio::task::block_in_place(|| app.app.checkpoints.thin_out()).unwrap();
    assert_eq!(kept().await, [sizes[5].clone(), sizes[2].clone()]);
}

/// Also of those that grew old while nothing was thinned out, and log by log.
#[tokio::test(flavor = "multi_thread")]
async fn those_of_any_age_are_thinned_out_in_every_log() {
    let app = TestApp::start().await;
    let event = json!({"action": "report.opened", "actor": {"type": "user", "id": "u_9"}});
    for _ in 0..3 {
        post(&app, 1).await;
        app.with(Some(&app.keys.harbor_write)).post("/v1/orgs/harbor/events", &event).await.status(201);
        app.sign();
        app.advance(Duration::from_mins(1));
    }
    app.advance(Duration::from_hours(60 * 24));

    let removed = tokio::task::block_in_place(|| app.app.checkpoints.thin_out()).unwrap();

    assert_eq!(removed, 4, "two of acme's and two of harbor's");
    assert_eq!(tokio::task::block_in_place(|| app.app.checkpoints.thin_out()).unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn are_made_also_where_nobody_has_made_the_data_folder() {
    let app = TestApp::start_with(|config| config.data_dir = config.data_dir.join("not/yet")).await;

    assert_eq!(app.sign().signed, 3);

    assert!(app.app.config.data_dir.join("high-water.json").is_file());
}
