//! The last admin who can sign in stays, however many go at once.

use annals::access::Role;
use diesel::connection::SimpleConnection;
use futures_util::future::join_all;
use serde_json::Value;

use crate::{
    invites::events,
    members::{ADMIN, AUDITOR, MEMBER, MEMBERSHIP, create, find, listed, path, role},
    support::{Client, TestApp, process::superuser, statuses},
};

#[tokio::test(flavor = "multi_thread")]
async fn stays() {
    let app = TestApp::start().await;
    let admin = app.person(ADMIN).await;
    let path = path(&admin, ADMIN).await;

    admin.patch(&path, &role("auditor")).await.problem(409, "last_admin");
    admin.delete(&path).await.problem(409, "last_admin");
    admin.delete(MEMBERSHIP).await.problem(409, "last_admin");

    assert_eq!(find(&listed(&admin).await, "Ada Byron")["role"], "admin");
    assert_eq!(events(&app, "user.role_changed,user.removed").await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn may_go_once_there_is_another() {
    let app = TestApp::start().await;
    let admin = app.person(ADMIN).await;
    admin.patch(&path(&admin, MEMBER).await, &role("admin")).await.status(200);

    admin.delete(MEMBERSHIP).await.status(204);

    app.person(MEMBER).await.delete(MEMBERSHIP).await.problem(409, "last_admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn is_one_who_can_sign_in() {
    let app = TestApp::start().await;
    create(&app, "gone@example.com", &[("acme", Role::Admin)]);
    let disable = "UPDATE users SET disabled_at = created_at WHERE email = 'gone@example.com'";
    superuser(&app.app.config).batch_execute(disable).unwrap();

    let admin = app.person(ADMIN).await;
    admin.delete(MEMBERSHIP).await.problem(409, "last_admin");

    admin.delete(&path(&admin, "gone@example.com").await).await.status(204);
}

/// Makes acme's admins these; their clients, and their paths.
async fn admins(app: &TestApp, count: usize) -> (Vec<Client<'_>>, Vec<String>) {
    let first = app.person(ADMIN).await;
    let mut clients = Vec::new();
    let mut paths = Vec::new();
    for number in 0..count {
        let email = format!("admin{number}@example.com");
        create(app, &email, &[("acme", Role::Admin)]);
        clients.push(app.person(&email).await);
        paths.push(path(&first, &email).await);
    }
    first.delete(MEMBERSHIP).await.status(204);
    (clients, paths)
}

/// How many admins there are, as the database says.
async fn admins_left(app: &TestApp) -> usize {
    let members = listed(&app.person(AUDITOR).await).await;
    members.iter().filter(|member| member["role"] == "admin").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn is_one_of_twenty_who_step_down_at_once() {
    let app = TestApp::start().await;
    let (clients, paths) = admins(&app, 20).await;

    let answers =
        join_all(clients.iter().zip(&paths).enumerate().map(|(number, (client, path))| async move {
            match number % 3 {
                0 => client.patch(path, &role("auditor")).await,
                1 => client.delete(path).await,
                _ => client.delete(MEMBERSHIP).await,
            }
        }))
        .await;

    let gone = answers.iter().filter(|answer| answer.status.is_success()).count();
    let stays = answers.iter().filter(|answer| answer.status == 409).count();
    assert_eq!((gone, stays, admins_left(&app).await), (19, 1, 1), "{:?}", statuses(&answers));
}

/// Each sees the other as the one that stays.
#[tokio::test(flavor = "multi_thread")]
async fn is_one_of_two_who_demote_each_other_ten_times_at_once() {
    for _ in 0..3 {
        let app = TestApp::start().await;
        let (clients, paths) = admins(&app, 2).await;

        let (clients, paths) = (&clients, &paths);
        let answers = join_all((0..20).map(|number| async move {
            let (one, other) = (number % 2, (number + 1) % 2);
            clients[one].patch(&paths[other], &role("member")).await
        }))
        .await;

        let failed = answers.iter().find(|answer| answer.status.is_server_error());
        assert!(failed.is_none(), "{failed:?}");
        assert_eq!(admins_left(&app).await, 1);
        assert_eq!(events(&app, "user.role_changed").await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn is_one_of_a_ring_of_twenty_who_each_remove_the_next() {
    let app = TestApp::start().await;
    let (clients, paths) = admins(&app, 20).await;

    let (clients, paths) = (&clients, &paths);
    let answers = join_all(
        (0..20).map(|number| async move { clients[number].delete(&paths[(number + 1) % 20]).await }),
    )
    .await;

    let gone = answers.iter().filter(|answer| answer.status.is_success()).count();
    let failed = answers.iter().find(|answer| answer.status.is_server_error());
    assert!(failed.is_none(), "{failed:?}");
    let left = admins_left(&app).await;
    assert!(left >= 1 && left == 20 - gone, "{left} left, {gone} gone");
}
