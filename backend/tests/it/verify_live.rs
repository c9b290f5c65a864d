//! `annals verify` beside a service that writes and signs all the while.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    checkpoints::post,
    support::TestApp,
    verify::{ACME, HARBOR, verify},
    verify_checkpoints::sql,
};

/// Runs `check` a few times while acme's log grows and is signed.
async fn while_it_grows(app: &TestApp, times: usize, mut check: impl FnMut() + Send) {
    let is_over = Arc::new(AtomicBool::new(false));
    let grow = async {
        while !is_over.load(Ordering::Relaxed) {
            post(app, 20).await;
            app.sign();
        }
    };
    let checks = async {
        for _ in 0..times {
            tokio::task::block_in_place(&mut check);
            tokio::task::yield_now().await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    tokio::join!(grow, checks);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_grows_is_good() {
    let app = TestApp::start().await;

    while_it_grows(&app, 8, || {
        let said = verify(&app);
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

    while_it_grows(&app, 4, || {
        let said = verify(&app);
        assert_eq!(said.code, Some(1), "{}{}", said.stdout, said.stderr);
        assert!(said.stdout.contains("event 1000000 was added without the service"), "{}", said.stdout);
    })
    .await;
}
