//! Claims: how an organization that has nobody gets its first admin, exactly once.

use std::time::Duration;

use annals::{
    access::{Role, Scope},
    host::{Host, Owner},
    keys::NewKey,
    users::NewUser,
};
use futures_util::future::join_all;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    sessions::Browser,
    support::{Answer, Client, PASSWORD, TestApp, statuses},
};

const BROOK: &str = "/v1/orgs/brook";
const LINK: &str = "/v1/orgs/brook/claim-link";
const PREVIEW: &str = "/v1/claims/preview";
const ACCEPT: &str = "/v1/claims/accept";
const OPERATOR: &str = "operator@annals.example";

/// The token of the link in an answer.
pub(crate) fn token(answer: &Value) -> String {
    answer["claim_link"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

/// An operator makes the organization `brook`; the token of its link.
async fn brook(app: &TestApp) -> String {
    let new = json!({"slug": "brook", "name": "Brook AG", "packs": ["blink"]});
    token(&app.person(OPERATOR).await.post("/v1/orgs", &new).await.status(201).json())
}

fn claim(token: &str) -> Value {
    json!({"token": token, "name": "Vera Brook", "email": "Vera@brook.example", "password": PASSWORD})
}

async fn preview(app: &TestApp, token: &str) -> Answer {
    app.nobody().post(PREVIEW, &json!({"token": token})).await
}

/// The events of this action in a log, by somebody who may read it.
async fn told(client: &Client<'_>, org: &str, action: &str) -> Vec<Value> {
    let path = format!("/v1/orgs/{org}/events?action={action}&order=asc");
    client.get(&path).await.status(200).json()["data"].as_array().unwrap().clone()
}

fn platform_key(app: &TestApp, scopes: &[Scope]) -> String {
    let new = NewKey::new("provisioner", scopes, None).unwrap();
    let host = Host::of(&app.app, "test");
    tokio::task::block_in_place(|| host.create_key_of(Owner::Platform, &new)).unwrap().expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_new_opens_the_link_and_is_the_first_admin() {
    let app = TestApp::start().await;
    let token = brook(&app).await;

    let offer = preview(&app, &token).await.status(200).json();
    let session = app.nobody().post(ACCEPT, &claim(&token)).await.status(201);

    assert!(token.starts_with("ann_cl_"), "{token}");
    let organization = json!({"name": "Brook AG", "slug": "brook"});
    let expected = json!({"organization": organization, "expires_at": "2026-12-25T12:00:00.000000Z"});
    assert_eq!(offer, expected);
    let vera = app.with(Some(&Browser::of(&session).access_token));
    let session = session.json();
    assert_eq!(session["user"]["email"], "vera@brook.example");
    assert_eq!(session["organizations"][0]["role"], "admin");
    assert_eq!(vera.get(BROOK).await.status(200).json()["admins"][0]["name"], "Vera Brook");
    vera.post("/v1/orgs/brook/invites", &json!({"email": "b@brook.example", "role": "member"}))
        .await
        .status(201);
    app.person("vera@brook.example").await.get("/v1/orgs/brook/events").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_logs_tell_of_the_link_and_of_who_claimed() {
    let app = TestApp::start().await;
    let token = brook(&app).await;

    let session = app.nobody().post(ACCEPT, &claim(&token)).await.status(201);

    let vera = app.with(Some(&Browser::of(&session).access_token));
    let operator = app.person(OPERATOR).await;
    for (client, org) in [(&vera, "brook"), (&operator, "platform")] {
        let link = told(client, org, "annals.claim_link.created").await;
        assert_eq!((link.len(), &link[0]["actor"]["name"]), (1, &json!("Radia Perlman")), "{org}");
        assert_eq!(link[0]["parameters"]["replaces_another"], false);
        let claimed = told(client, org, "organization.claimed").await;
        assert_eq!(claimed.len(), 1, "{org}");
        assert_eq!(claimed[0]["details"], "Vera Brook claimed Brook AG");
        assert_eq!(claimed[0]["actor"]["email"], "vera@brook.example");
        assert_eq!(claimed[0]["context"]["ip"], "127.0.0.1");
        let log = client.get(&format!("/v1/orgs/{org}/events?limit=1000")).await.status(200).text;
        assert!(!log.contains("ann_cl_"), "the token stands in the log of {org}");
    }
    let joined = told(&vera, "brook", "user.joined").await;
    assert_eq!((joined.len(), &joined[0]["parameters"]), (1, &json!({"role": "admin"})));
    assert_eq!(told(&operator, "platform", "annals.user.created").await.len(), 6, "five, and this one");
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_with_an_account_claims_with_their_password_or_their_session() {
    let app = TestApp::start().await;
    let by_password = brook(&app).await;
    let new = json!({"slug": "meadow", "name": "Meadow"});
    let by_session = token(&app.person(OPERATOR).await.post("/v1/orgs", &new).await.status(201).json());
    let wrong =
        json!({"token": by_password, "email": "admin@harbor.example", "password": "wrong horse battery"});
    app.nobody().post(ACCEPT, &wrong).await.problem(401, "invalid_credentials");
    app.writer().post(ACCEPT, &json!({"token": by_session})).await.problem(403, "forbidden");

    let body = json!({"token": by_password, "email": "Admin@Harbor.example", "password": PASSWORD});
    let session = app.nobody().post(ACCEPT, &body).await.status(201).json();
    let barbara = app.person("admin@harbor.example").await;
    barbara.get("/v1/orgs/meadow").await.problem(404, "not_found");
    let answer = barbara.post(ACCEPT, &json!({"token": by_session})).await.status(200);

    let role = |answer: &Value, slug: &str| {
        let places = answer["organizations"].as_array().unwrap();
        places.iter().find(|place| place["slug"] == slug).map(|place| place["role"].clone())
    };
    assert_eq!(role(&session, "brook"), Some(json!("admin")));
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(role(&answer.json(), "meadow"), Some(json!("admin")));
    barbara.get("/v1/orgs/meadow/events").await.status(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_named_and_the_link_stays_good() {
    let app = TestApp::start().await;
    let token = brook(&app).await;
    for (without, instead, pointer) in [
        ("name", Value::Null, "/name"),
        ("email", Value::Null, "/email"),
        ("password", Value::Null, "/password"),
        ("email", json!("vera"), "/email"),
        ("password", json!("too short"), "/password"),
    ] {
        let mut body = claim(&token);
        body.as_object_mut().unwrap().remove(without);
        if !instead.is_null() {
            body[without] = instead;
        }

        let problem = app.nobody().post(ACCEPT, &body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{body}");
    }

    app.nobody().post(ACCEPT, &claim(&token)).await.status(201);
}

/// What was used or replaced, has expired or never was: one answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_no_longer_works_says_only_that() {
    let app = TestApp::start().await;
    let operator = app.person(OPERATOR).await;
    let replaced = brook(&app).await;
    let used = token(&operator.post(LINK, &Value::Null).await.status(201).json());
    preview(&app, &replaced).await.problem(410, "link_gone");
    app.nobody().post(ACCEPT, &claim(&used)).await.status(201);
    let new = json!({"slug": "meadow", "name": "Meadow"});
    let expired = token(&operator.post("/v1/orgs", &new).await.status(201).json());
    app.advance(Duration::from_hours(30 * 24) - Duration::from_secs(1));
    preview(&app, &expired).await.status(200);
    app.advance(Duration::from_secs(1));

    let mut answers = Vec::new();
    for token in
        [&replaced, &used, &expired, "", "ann_cl_", &app.keys.acme_read, &used.replace("_cl_", "_in_")]
    {
        for answer in [preview(&app, token).await, app.nobody().post(ACCEPT, &claim(token)).await] {
            let id = answer.header("x-request-id").unwrap().to_owned();
            answers.push(answer.text.replace(&id, "ID"));
            answer.problem(410, "link_gone");
        }
    }

    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_claim_at_once_exactly_one_wins() {
    let app = TestApp::start_with(|config| config.database_connections = 16).await;
    let token = brook(&app).await;
    let barbara = app.person("admin@harbor.example").await;
    let claims = (0..24).map(|number| {
        let (app, barbara, token) = (&app, &barbara, &token);
        async move {
            if number % 2 == 0 {
                return barbara.post(ACCEPT, &json!({"token": token})).await;
            }
            let mut body = claim(token);
            body["email"] = format!("person{number}@brook.example").into();
            app.nobody().post(ACCEPT, &body).await
        }
    });

    let answers = join_all(claims).await;

    let won = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(won, 1, "{:?}", statuses(&answers));
    for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
        answer.problem(410, "link_gone");
    }
    let operator = app.person(OPERATOR).await;
    assert_eq!(operator.get(BROOK).await.json()["admins"].as_array().unwrap().len(), 1);
    assert_eq!(told(&operator, "platform", "organization.claimed").await.len(), 1);
    let accounts = told(&operator, "platform", "annals.user.created").await.len();
    assert!(accounts <= 6, "nobody who lost has an account");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organization_with_an_admin_gets_no_link_and_its_old_one_is_dead() {
    let app = TestApp::start().await;
    let operator = app.person(OPERATOR).await;
    let token = brook(&app).await;
    operator.post("/v1/orgs/acme/claim-link", &Value::Null).await.problem(409, "conflict");
    operator.post("/v1/orgs/platform/claim-link", &Value::Null).await.problem(403, "forbidden");
    let host = Host::of(&app.app, "test");
    let (admin, password) =
        (NewUser::new("adi@brook.example", "Adi", false).unwrap(), SecretString::from(PASSWORD));
    tokio::task::block_in_place(|| host.create_user(&admin, &password, &[("brook", Role::Admin)])).unwrap();

    operator.post(LINK, &Value::Null).await.problem(409, "conflict");
    preview(&app, &token).await.problem(410, "link_gone");
    app.nobody().post(ACCEPT, &claim(&token)).await.problem(410, "link_gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_the_platform_make_organizations_and_list_them() {
    let app = TestApp::start().await;
    let founder = app.with(Some(&platform_key(&app, &[Scope::OrgsCreate])));
    let host = Host::of(&app.app, "test");
    let new = NewKey::new("lister", &[Scope::OrgsRead], None).unwrap();
    let key = tokio::task::block_in_place(|| host.create_key_of(Owner::Platform, &new)).unwrap();
    let lister = app.with(Some(key.expose()));

    let made =
        founder.post("/v1/orgs", &json!({"slug": "brook", "name": "Brook AG"})).await.status(201).json();
    // Who makes organizations is told one link of each, and no other: it would open what others have made.
    founder.post(LINK, &Value::Null).await.problem(403, "forbidden");

    app.nobody().post(ACCEPT, &claim(&token(&made))).await.status(201);
    let list = lister.get("/v1/orgs?q=brook").await.status(200).json();
    assert_eq!((&list["data"][0]["slug"], &list["data"][0]["members"]), (&json!("brook"), &json!(1)));
    lister.post("/v1/orgs", &json!({"slug": "meadow", "name": "M"})).await.problem(403, "forbidden");
    lister.post("/v1/orgs/acme/claim-link", &Value::Null).await.problem(403, "forbidden");
    founder.get("/v1/orgs").await.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_begins_with_the_public_url() {
    let url = "https://audit.example.com";
    let app = TestApp::start_with(|config| config.public_url = Some(url.into())).await;
    let operator = app.person(OPERATOR).await;

    let made = operator.post("/v1/orgs", &json!({"slug": "brook", "name": "Brook"})).await.status(201).json();

    assert!(made["claim_link"].as_str().unwrap().starts_with(&format!("{url}/claim#ann_cl_")), "{made}");
    assert!(!operator.get(BROOK).await.status(200).text.contains("ann_cl_"), "shown once");
}
