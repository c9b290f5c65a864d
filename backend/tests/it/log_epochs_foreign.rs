//! New epochs of a log whose head, or whose refusal, somebody else wrote: he has no say in how the log goes on.

use crate::{
    checkpoints::{checkpoint, post},
    checkpoints_refused::{sql, state},
    support::{
        TestApp,
        process::{Ended, run},
    },
    verify::{ACME, HARBOR},
};

/// Sequences that are left out.
const STEP: i64 = 1_000_000;
/// The last one that JSON can hold for everybody.
const LAST: i64 = 9_007_199_254_740_991;
/// What is said of a head that nobody sealed.
const FOREIGN: &str = "the log head: the head was changed by somebody without the seal key";

/// `annals log new-epoch` for acme, with more arguments.
fn ask(app: &TestApp, args: &[&str]) -> Ended {
    let base = ["log", "new-epoch", "--org", "acme", "--reason", "the disk"];
    run(&app.app.config, &[&base[..], args].concat())
}

/// A service whose logs are signed, and where acme's ends.
async fn signed() -> (TestApp, i64) {
    let app = TestApp::start().await;
    post(&app, 3).await;
    app.sign();
    let end = state(&app).await["next_sequence"].as_i64().unwrap();
    (app, end)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_foreign_head_is_sealed() {
    let others = format!("SELECT log_id FROM log_heads WHERE org_id = {HARBOR}");
    for lie in [
        "first_sequence = 999999999",
        &format!("log_id = ({others})"),
        "next_sequence = 9007199254740991",
        "epoch = 2147483647",
        "epoch = 0, tree_start = 4, next_sequence = 2",
    ] {
        let (app, end) = signed().await;
        let before = checkpoint(&app).await;
        sql(&app, &format!("UPDATE log_heads SET {lie} WHERE org_id = {ACME}"));
        app.sign();

        let said = ask(&app, &["--despite", FOREIGN]);

        assert_eq!(
            said.stdout.trim(),
            format!("acme: goes on with sequence {}", end + STEP),
            "{lie}: {}",
            said.stderr
        );
        post(&app, 1).await;
        assert_eq!(app.sign().refused, 0, "{lie}");
        let after = checkpoint(&app).await;
        assert_eq!(
            after.lines().next(),
            before.lines().next().map(|origin| format!("{origin}/2")).as_deref(),
            "{lie}"
        );
        assert_eq!(state(&app).await["first_sequence"], 0, "{lie}");
        let told =
            app.reader().get("/v1/orgs/acme/events?action=annals.log.epoch_started").await.status(200).json();
        let parameters = &told["data"][0]["parameters"];
        assert_eq!(
            (&parameters["epoch"], &parameters["first_lost_sequence"]),
            (&2.into(), &end.into()),
            "{lie}"
        );
        let said = run(&app.app.config, &["verify", "--org", "acme"]);
        // What was lied about is put right: what is kept of the old epoch is what was sealed.
        let good = format!("acme: {} events, all accounted for", end + 2);
        assert!(said.code == Some(0) && said.stdout.starts_with(&good), "{lie}: {}", said.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sealed_where_nothing_says_which_log_it_is() {
    let (app, _) = signed().await;
    let node = app.another_node();
    sql(
        &app,
        "UPDATE log_heads SET log_id = org_id WHERE org_id = (SELECT id FROM organizations WHERE slug = 'platform'); \
         DELETE FROM checkpoints",
    );

    let base = ["log", "new-epoch", "--org", "platform", "--reason", "the disk", "--despite", FOREIGN];
    let said = run(&node.app.config, &base);

    assert_eq!(said.code, Some(78), "{}", said.stdout);
    assert!(
        said.stderr.contains("nothing that was sealed or signed says which log platform has"),
        "{}",
        said.stderr
    );
}

/// What the platform's log records of the making of acme names its log, as long as nobody has been at it.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_altered_does_not_say_which_log_it_is() {
    let platform = "(SELECT id FROM organizations WHERE slug = 'platform')";
    let the_record = format!(
        "org_id = {platform} AND action = 'annals.organization.created' AND body LIKE '%\"slug\":\"acme\"%'"
    );
    let body = "replace(body, '\"slug\":\"acme\"', '\"slug\":\"acmo\"')";
    let acmes = format!("(SELECT log_id FROM log_heads WHERE org_id = {ACME})");
    for (lie, says) in [
        (String::new(), true),
        (format!("UPDATE events SET body = {body} WHERE {the_record}"), false),
        (format!("UPDATE events SET sequence = sequence + 1000 WHERE {the_record}"), false),
        (format!("UPDATE log_heads SET log_id = {acmes} WHERE org_id = {HARBOR}"), false),
    ] {
        let (app, _) = signed().await;
        let node = app.another_node();
        sql(
            &app,
            &format!(
                "{lie}; DELETE FROM checkpoints; UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"
            ),
        );

        let said = ask(&node, &["--despite", FOREIGN]);

        let is_unknown = said.stderr.contains("nothing that was sealed or signed says which log acme has");
        assert_eq!((said.code == Some(0), is_unknown), (says, !says), "{lie}: {}", said.stderr);
    }
}

/// One planted row must not be enough to end a log.
#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_was_planted_is_overridden() {
    let reason = "the log is lost";
    for (args, goes_on) in [(["--from", "5000000"], 5_000_000), (["--despite", reason], 0)] {
        let (app, end) = signed().await;
        let goes_on = if goes_on == 0 { end + STEP } else { goes_on };
        sql(
            &app,
            &format!(
                "INSERT INTO log_refusals (org_id, node_id, reason, known_epoch, known_end, refused_at, holds_until, event_id) \
                 SELECT id, id, '{reason}', 2147483647, {LAST}, created_at, created_at, id FROM organizations WHERE slug = 'acme'"
            ),
        );
        assert_eq!(app.sign().refused, 1);
        let said = ask(&app, &[]);
        assert_eq!(said.code, Some(78), "{}", said.stdout);
        assert!(said.stderr.contains("say where it goes on: --org acme --from SEQUENCE"), "{}", said.stderr);

        let said = ask(&app, &args);

        let despite = format!("although rows that nobody signed say that it reached {LAST}");
        assert_eq!(
            said.stdout.trim(),
            format!("acme: goes on with sequence {goes_on}, {despite}"),
            "{}",
            said.stderr
        );
        app.sign();
        post(&app, 1).await;
        assert_eq!(app.sign().refused, 0);
        assert_eq!(run(&app.app.config, &["verify", "--org", "acme"]).code, Some(0));
    }
}

/// Nor a checkpoint that we did not sign, of an epoch that has not begun.
#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_was_planted_in_a_later_epoch_is_not_heeded() {
    for planted in ["2, 3", "2147483646, 3", "2147483647, 9007199254740991"] {
        let (app, end) = signed().await;
        let before = checkpoint(&app).await;
        sql(
            &app,
            &format!(
                "INSERT INTO checkpoints (org_id, epoch, size, note, created_at) \
                 SELECT id, {planted}, 'no note', created_at FROM organizations WHERE slug = 'acme'"
            ),
        );
        post(&app, 1).await;
        assert_eq!(app.sign().refused, 0, "{planted}");
        let signed = checkpoint(&app).await;
        assert_eq!(signed.lines().next(), before.lines().next(), "{planted}");

        for epoch in [2, 3] {
            sql(&app, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));
            app.sign();
            let said = ask(&app, &["--despite", FOREIGN]);
            assert_eq!(said.code, Some(0), "{planted}: {}", said.stderr);
            post(&app, 1).await;
            assert_eq!(app.sign().refused, 0, "{planted}, {epoch}");
            assert_eq!(app.another_node().sign().refused, 0, "{planted}, {epoch}");
        }

        let state = state(&app).await;
        let epoch = state["epoch"].as_i64().unwrap();
        assert!((3..=4).contains(&epoch), "{planted}: {state}");
        assert!(state["next_sequence"].as_i64().unwrap() > end + STEP, "{planted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epoch_does_not_begin_shortly_before_an_event_that_was_planted() {
    let (app, end) = signed().await;
    let planted = 9_000_000;
    sql(
        &app,
        &format!(
            "UPDATE events SET org_id = {ACME}, sequence = {planted} WHERE org_id = {HARBOR} AND sequence = 0"
        ),
    );
    sql(&app, &format!("UPDATE log_heads SET frontier = seal WHERE org_id = {ACME}"));
    app.sign();

    let said = ask(&app, &["--despite", FOREIGN, "--from", &(planted - 1).to_string()]);
    assert_eq!(said.code, Some(78), "{}", said.stdout);
    assert!(said.stderr.contains(&format!("has an event {planted}")), "{}", said.stderr);
    let said = ask(&app, &["--despite", FOREIGN, "--from", &(end + 10).to_string()]);

    let despite = format!("although rows that nobody signed say that it reached {}", planted + 1);
    assert_eq!(
        said.stdout.trim(),
        format!("acme: goes on with sequence {}, {despite}", end + 10),
        "{}",
        said.stderr
    );
    post(&app, 1).await;
}
