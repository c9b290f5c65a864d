//! Two nodes on one database: what is ended on one is over on the other within five seconds.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::support::{
    Database, PASSWORD,
    process::{Service, run_with_input, succeed},
};

const EMAIL: &str = "ada@example.com";
const NEW: &str = "seven lanterns over quiet water";

/// A browser that has signed in.
struct Session {
    access_token: String,
    cookie: String,
}

/// Sends a request; answers the status and the body.
async fn ask(
    client: &reqwest::Client,
    method: &str,
    url: String,
    session: Option<&Session>,
    body: Value,
) -> (u16, Value, Option<String>) {
    let mut request = client.request(method.parse().unwrap(), url).header("x-annals-csrf", "1").json(&body);
    if let Some(session) = session {
        request = request.bearer_auth(&session.access_token).header("cookie", &session.cookie);
    }
    let answer = request.send().await.unwrap();
    let cookie = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(), cookie)
}

async fn sign_in(client: &reqwest::Client, node: &Service, password: &str) -> Session {
    let body = json!({"email": EMAIL, "password": password});
    let (status, answer, cookie) =
        ask(client, "POST", format!("{}/v1/auth/login", node.url), None, body).await;
    assert_eq!(status, 200, "{answer}");
    Session {
        access_token: answer["access_token"].as_str().unwrap().to_owned(),
        cookie: cookie.unwrap().split(';').next().unwrap().to_owned(),
    }
}

/// Waits until the request answers 401; fails when that takes five seconds.
async fn ends<F: Future<Output = u16>>(what: &str, ask: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while ask().await != 401 {
        assert!(Instant::now() < deadline, "{what} still works");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ends_on_one_node_ends_on_the_other() {
    let database = Database::empty();
    let config = database.config();
    succeed(&config, &["admin", "create-org", "--slug", "acme", "--name", "Acme Corp"]);
    let create =
        ["admin", "create-user", "--email", EMAIL, "--name", "Ada", "--org", "acme", "--role", "admin"];
    assert_eq!(run_with_input(&config, &create, PASSWORD).code, Some(0));
    let (here, there) = (Service::start(&config), Service::start(&config));
    #[expect(clippy::disallowed_methods, reason = "tests talk to themselves: there is nothing to guard")]
    let client = reqwest::Client::new();
    let me = |session: &Session| {
        let (client, url, token) =
            (client.clone(), format!("{}/v1/me", there.url), session.access_token.clone());
        async move { client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16() }
    };

    for (what, method, path, body) in [
        ("signed out", "POST", "/v1/auth/logout", json!({})),
        ("signed out everywhere", "POST", "/v1/auth/logout-all", json!({})),
        (
            "the password changed",
            "POST",
            "/v1/auth/password",
            json!({"current_password": PASSWORD, "new_password": NEW}),
        ),
    ] {
        let victim = sign_in(&client, &there, PASSWORD).await;
        assert_eq!(me(&victim).await, 200, "{what}: the other node knows the session");
        let actor = if what == "the password changed" {
            sign_in(&client, &here, PASSWORD).await
        } else {
            victim.copy()
        };

        let (status, answer, _) =
            ask(&client, method, format!("{}{path}", here.url), Some(&actor), body).await;
        assert!((200..300).contains(&status), "{what}: {answer}");

        ends(what, || me(&victim)).await;
        let refresh = format!("{}/v1/auth/refresh", there.url);
        assert_eq!(ask(&client, "POST", refresh, Some(&victim), json!({})).await.0, 401, "{what}");
    }
}

impl Session {
    fn copy(&self) -> Self {
        Self { access_token: self.access_token.clone(), cookie: self.cookie.clone() }
    }
}
