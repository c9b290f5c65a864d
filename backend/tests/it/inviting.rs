//! Inviting: what is refused, what stands in the log, and that races have one winner.

use std::time::Duration;

use annals::{access::Role, host::Host, users::NewUser};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    invites::{ACCEPT, ADMIN, BOB, INVITES, accept, events, invite, listed, preview, token},
    support::{Answer, PASSWORD, TestApp, statuses},
};

mod somebody {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_wrong_is_named() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let long = format!("{}@example.com", "x".repeat(245));
        for (body, pointer, code) in [
            (json!({"email": "no at", "role": "member"}), "/email", "invalid_format"),
            (json!({"email": "b b@example.com", "role": "member"}), "/email", "invalid_format"),
            (json!({"email": long, "role": "member"}), "/email", "invalid_format"),
            (json!({"email": BOB, "role": "member", "name": ""}), "/name", "invalid_format"),
            (json!({"email": BOB, "role": "member", "name": "B\nb"}), "/name", "invalid_format"),
            (json!({"email": "b\u{0}@example.com", "role": "member"}), "/email", "invalid_string"),
            (json!({"email": BOB, "role": "member", "org_id": "x"}), "/org_id", "unknown_field"),
        ] {
            let problem = admin.post(INVITES, &body).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
            assert_eq!(problem["errors"][0]["code"], code, "{body}");
        }
        for body in [
            json!({"email": BOB}),
            json!({"role": "member"}),
            json!({"email": BOB, "role": "operator"}),
            json!({"email": BOB, "role": "owner"}),
            json!({"email": BOB, "role": "member", "name": null}),
        ] {
            admin.post(INVITES, &body).await.problem(422, "invalid");
        }

        assert_eq!(listed(&admin).await, Vec::<Value>::new());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_member_is_a_conflict() {
        let app = TestApp::start().await;
        let body = json!({"email": "MEMBER@acme.example", "role": "admin"});

        app.person(ADMIN).await.post(INVITES, &body).await.problem(409, "conflict");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn somebody_who_became_a_member_meanwhile_changes_nothing() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BOB, "admin").await;
        let bob = NewUser::new(BOB, "Bob", false).unwrap();
        let password = SecretString::from(PASSWORD);
        Host::of(&app.app, "test").create_user(&bob, &password, &[("acme", Role::Member)]).unwrap();

        let answer = app.person(BOB).await.post(ACCEPT, &json!({"token": token})).await;

        answer.problem(409, "conflict");
        assert_eq!(app.person(BOB).await.get("/v1/orgs/acme").await.json()["role"], "member");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn again_replaces_the_invitation() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let (first, _) = invite(&admin, BOB, "member").await;
        let (second, _) = invite(&admin, "BOB@example.com", "auditor").await;

        let list = listed(&admin).await;

        assert_eq!(list.len(), 1);
        assert_eq!((&list[0]["id"], &list[0]["role"]), (&second["id"], &json!("auditor")));
        let invited = events(&app, "user.invited").await;
        assert_eq!(invited[1]["parameters"]["replaces_invite_id"], first["id"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn lists_page_by_page() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        for number in 0..5 {
            invite(&admin, &format!("{number}@example.com"), "member").await;
            app.advance(Duration::from_secs(u64::from(number % 2 == 1))); // some at the same instant
        }
        let (mut emails, mut path) = (Vec::new(), format!("{INVITES}?limit=2"));
        loop {
            let page = admin.get(&path).await.status(200).json();
            emails.extend(page["data"].as_array().unwrap().iter().map(|item| item["email"].clone()));
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            path = format!("{INVITES}?limit=2&cursor={cursor}");
        }
        let mut whole: Vec<Value> = listed(&admin).await.iter().map(|item| item["email"].clone()).collect();

        assert_eq!(emails, whole);
        assert_eq!(whole[0], "4@example.com");
        whole.sort_by_key(ToString::to_string);
        whole.dedup();
        assert_eq!(whole.len(), 5);
        for bad in ["limit=0", "limit=1001", "cursor=x", "state=open"] {
            admin.get(&format!("{INVITES}?{bad}")).await.status(400);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_another_organization_is_out_of_reach() {
        let app = TestApp::start().await;
        let (invited, _) = invite(&app.person(ADMIN).await, BOB, "member").await;
        let barbara = app.person("admin@harbor.example").await;
        for id in [invited["id"].as_str().unwrap(), "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01", "x", "%00"] {
            let path = format!("/v1/orgs/harbor/invites/{id}");
            barbara.delete(&path).await.problem(404, "not_found");
            barbara.post(&format!("{path}/renew"), &Value::Null).await.problem(404, "not_found");
        }

        assert_eq!(listed(&app.person(ADMIN).await).await.len(), 1);
    }
}

mod trace {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn of_an_invitation_from_beginning_to_end() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let body = json!({"email": BOB, "role": "auditor", "name": "Bob Kahn"});
        let invited = admin.post(INVITES, &body).await.status(201).json();
        let path = format!("{INVITES}/{}", invited["id"].as_str().unwrap());
        let renewed = admin.post(&format!("{path}/renew"), &Value::Null).await.status(200).json();
        accept(&app, &token(&renewed)).await.status(201);
        let (other, _) = invite(&admin, "carol@example.com", "member").await;
        admin.delete(&format!("{INVITES}/{}", other["id"].as_str().unwrap())).await.status(204);

        let action = "user.invited,user.joined,annals.invite.*";
        let log = events(&app, action).await;

        let told: Vec<_> = log.iter().map(|event| event["details"].as_str().unwrap()).collect();
        assert_eq!(
            told,
            [
                "Ada Byron invited Bob Kahn as auditor",
                "Ada Byron renewed the invitation of Bob Kahn",
                "Bob Kahn joined the organization as auditor",
                "Ada Byron invited carol@example.com as member",
                "Ada Byron withdrew the invitation of carol@example.com",
            ]
        );
        for event in &log {
            assert_eq!((&event["source"], &event["outcome"]), (&json!("annals"), &json!("success")));
            assert_eq!(event["context"]["ip"], "127.0.0.1");
            assert!(event["parameters"]["role"].is_string() && event["parameters"]["invite_id"].is_string());
        }
        assert_eq!(log[2]["parameters"]["invite_id"], invited["id"]);
        assert_eq!(log[2]["parameters"]["invited_by"], log[0]["actor"]["id"]);
        assert_eq!(log[0]["targets"][0]["id"], Value::Null, "whether there is an account is not told");
        let operator = app.person("operator@annals.example").await;
        let path = format!("/v1/orgs/platform/events?action=annals.user.created&actor={BOB}");
        assert_eq!(operator.get(&path).await.json()["data"].as_array().unwrap().len(), 1);
        let sign_ins = events(&app, "user.logged_in").await;
        assert_eq!(sign_ins.iter().filter(|event| event["actor"]["email"] == BOB).count(), 1);
    }
}

mod race {
    use super::*;

    /// Statuses of twenty answers, sorted, and how many of each.
    fn outcome(answers: &[Answer]) -> Vec<(u16, usize)> {
        let mut statuses = statuses(answers);
        statuses.sort_unstable();
        statuses.chunk_by(|one, other| one == other).map(|chunk| (chunk[0], chunk.len())).collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_twenty_who_accept_as_somebody_new_one_joins() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, BOB, "member").await;

        let answers = join_all((0..20).map(|_| accept(&app, &token))).await;

        assert_eq!(outcome(&answers), [(201, 1), (410, 19)]);
        assert_eq!(events(&app, "user.joined").await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_twenty_who_accept_with_a_password_or_a_session_one_joins() {
        let app = TestApp::start().await;
        let (_, token) = invite(&app.person(ADMIN).await, "admin@harbor.example", "member").await;
        let barbara = app.person("admin@harbor.example").await;

        let (app, token, barbara) = (&app, &token, &barbara);
        let answers = join_all((0..20).map(|number| async move {
            match number % 2 {
                0 => barbara.post(ACCEPT, &json!({"token": token})).await,
                _ => app.nobody().post(ACCEPT, &json!({"token": token, "password": PASSWORD})).await,
            }
        }))
        .await;

        let joined: Vec<_> = answers.iter().filter(|answer| answer.status.is_success()).collect();
        let gone = answers.iter().filter(|answer| answer.status == 410).count();
        assert_eq!((joined.len(), gone), (1, 19), "{:?}", statuses(&answers));
        assert_eq!(events(app, "user.joined").await.len(), 1);
    }

    /// Whoever is told that it is withdrawn can rely on nobody having joined, and the other way round.
    #[tokio::test(flavor = "multi_thread")]
    async fn accepting_and_withdrawing_have_one_winner() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        for number in 0..10 {
            let (invited, token) = invite(&admin, &format!("{number}@example.com"), "member").await;
            let path = format!("{INVITES}/{}", invited["id"].as_str().unwrap());

            let (accepted, withdrawn) = tokio::join!(accept(&app, &token), admin.delete(&path));

            let outcome = (accepted.status.as_u16(), withdrawn.status.as_u16());
            assert!([(201, 404), (410, 204)].contains(&outcome), "{outcome:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_twenty_invitations_of_one_person_one_is_left() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        let admin = &admin;
        let invited = join_all((0..20).map(|_| invite(admin, BOB, "member"))).await;

        assert_eq!(listed(admin).await.len(), 1);
        let app = &app;
        let answers = join_all(invited.iter().map(|(_, token)| preview(app, token))).await;
        assert_eq!(outcome(&answers), [(200, 1), (410, 19)]);
    }
}
