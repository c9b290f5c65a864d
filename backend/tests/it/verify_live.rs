//! `annals verify` beside a service that writes and signs all the while.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use crate::{
    checkpoints::post,
    support::{TestApp, eventually},
    verify::{ACME, HARBOR, verify},
    verify_checkpoints::sql,
};

/// Runs `check` a few times while acme's log grows and is signed: during each of them both happen.
async fn while_it_grows(app: TestApp, times: usize, check: impl Fn(&TestApp)) {
    let app = Arc::new(app);
    let (is_over, rounds) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let grow = tokio::spawn({
        let (app, is_over, rounds) = (Arc::clone(&app), Arc::clone(&is_over), Arc::clone(&rounds));
        async move {
            while !is_over.load(Ordering::SeqCst) {
                post(&app, 20).await;
                assert!(app.sign().signed > 0, "what was written is signed");
                rounds.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    for _ in 0..times {
        // A check of few events may be over before anything was written: then it is made again.
        eventually("a round of writing and signing within a check", async || {
            let before = rounds.load(Ordering::SeqCst);
            tokio::task::block_in_place(|| check(&app));
            // Of two rounds that ended within the check one began in it as well.
            (rounds.load(Ordering::SeqCst) >= before + 2 || grow.is_finished()).then_some(())
        })
        .await;
        assert!(!grow.is_finished(), "the log grew no more");
    }
    is_over.store(true, Ordering::SeqCst);
    grow.await.expect("writing and signing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_is_good() {
    let app = TestApp::start().await;

    while_it_grows(app, 8, |app| {
        let said = verify(app);
        assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_far_beyond_the_end_of_a_log_that_grows() {
    let app = TestApp::start().await;
    sql(
        &app,
        &format!(
            "UPDATE events SET org_id = {ACME}, sequence = 1000000 WHERE org_id = {HARBOR} AND sequence = 2"
        ),
    );

    while_it_grows(app, 4, |app| {
        let said = verify(app);
        assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
        assert!(said.stdout.contains("event 1000000 was added without the service"), "{}", said.stdout);
    })
    .await;
}
