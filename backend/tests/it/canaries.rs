//! Secrets of people: each is seen in the one answer that makes it, and in no log line, row, later answer or own event.

use aws_lc_rs::hmac;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    api_key_secrets::{Talk, client, dump},
    sessions::Browser,
    support::{
        Answer,
        process::{Installation, Service, run_with_input, superuser},
    },
};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
/// Passwords that somebody has, had, was refused, and mistyped.
const PASSWORDS: [&str; 4] = [
    "first kettle orbit Maple 71",
    "second kettle orbit Maple 72",
    "passwordpassword",
    "third kettle mistyped 73",
];

/// Everything secret that was seen, by what it is.
#[derive(Default)]
struct Canaries(Vec<(&'static str, String)>);

impl Canaries {
    fn keep(&mut self, what: &'static str, secret: &str) -> String {
        self.0.push((what, secret.to_owned()));
        secret.to_owned()
    }

    /// Both tokens of a session that was opened.
    fn session(&mut self, answer: &Answer) -> Browser {
        let browser = Browser::of(answer);
        let signature = browser.access_token.rsplit('.').next().unwrap();
        self.keep("the signature of an access token", signature);
        self.keep("a refresh token", browser.cookie.split_once('=').unwrap().1);
        browser
    }

    /// The secret of a link.
    fn link(&mut self, what: &'static str, answer: &Answer) -> String {
        self.keep(what, answer.json()["link"].as_str().unwrap().split_once('#').unwrap().1)
    }
}

/// Sends without keeping the answer: this is where a secret may be seen.
async fn secretly(talk: &mut Talk, path: &str, bearer: &str, body: Value) -> Answer {
    let before = talk.seen.len();
    let answer = talk.ask(Method::POST, path, bearer, body).await;
    talk.seen.truncate(before);
    answer
}

/// What an authenticator app with this secret shows now.
fn code(secret: &str) -> String {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let step = annals::clock::Clock::system().now().unix_seconds() / 30;
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret), &step.to_be_bytes());
    let at = usize::from(mac.as_ref()[19] & 0x0f);
    let number = u32::from_be_bytes(mac.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// Signs in, joins, sets a second factor up, loses a password: every secret of a person that there is.
async fn live(talk: &mut Talk, canaries: &mut Canaries) -> String {
    for password in PASSWORDS {
        canaries.keep("a password", password);
    }
    let wrong = json!({"email": ADA, "password": PASSWORDS[3]});
    talk.ask(Method::POST, "/v1/auth/login", "", wrong).await.status(401);
    let login = json!({"email": ADA, "password": PASSWORDS[0]});
    let ada = canaries.session(&secretly(talk, "/v1/auth/login", "", login).await.status(200));

    let weak = json!({"current_password": PASSWORDS[0], "new_password": PASSWORDS[2]});
    talk.ask(Method::POST, "/v1/auth/password", &ada.access_token, weak).await.status(422);

    let invite = json!({"email": BOB, "role": "member"});
    let invited = secretly(talk, "/v1/orgs/acme/invites", &ada.access_token, invite).await.status(201);
    let token = canaries.link("an invitation", &invited);
    talk.ask(Method::POST, "/v1/invites/preview", "", json!({"token": token})).await.status(200);
    let accept = json!({"token": token, "name": "Bob", "password": PASSWORDS[1]});
    let bob = canaries.session(&secretly(talk, "/v1/invites/accept", "", accept).await.status(201));

    let begun = secretly(talk, "/v1/auth/mfa/totp", &bob.access_token, json!({})).await.status(201).json();
    let secret = canaries.keep("the secret of an app", begun["secret"].as_str().unwrap());
    let confirm = json!({"code": code(&secret)});
    let codes =
        secretly(talk, "/v1/auth/mfa/totp/confirm", &bob.access_token, confirm).await.status(200).json();
    let codes: Vec<String> = serde_json::from_value(codes["recovery_codes"].clone()).unwrap();
    for code in &codes {
        canaries.keep("a recovery code", code);
    }
    let login = json!({"email": BOB, "password": PASSWORDS[1]});
    let asked = secretly(talk, "/v1/auth/login", "", login).await.status(200).json();
    let token = canaries.keep("a sign-in that waits", asked["mfa_token"].as_str().unwrap());
    let factor = json!({"mfa_token": token, "recovery_code": codes[0]});
    canaries.session(&secretly(talk, "/v1/auth/mfa", "", factor).await.status(200));

    let members = talk.ask(Method::GET, "/v1/orgs/acme/members", &ada.access_token, Value::Null).await.json();
    let people = members["data"].as_array().unwrap();
    let bob =
        people.iter().find(|member| member["user"]["email"] == BOB).unwrap()["user"]["id"].as_str().unwrap();
    let path = format!("/v1/orgs/acme/members/{bob}/reset-link");
    let token = canaries.link("a reset link", &secretly(talk, &path, &ada.access_token, Value::Null).await);
    let weak = json!({"token": token, "new_password": PASSWORDS[2]});
    talk.ask(Method::POST, "/v1/auth/reset", "", weak).await.status(422);
    let good = json!({"token": token, "new_password": PASSWORDS[0]});
    talk.ask(Method::POST, "/v1/auth/reset", "", good).await.status(204);
    ada.access_token
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_people_are_nowhere_but_in_the_answers_that_made_them() {
    let mut home = Installation::new();
    home.config.log_filter = "trace".into();
    let person = ["--org", "acme", "--role", "admin", "--email", ADA, "--name", "Ada"];
    let create = [&["admin", "create-user"], &person[..]].concat();
    assert_eq!(run_with_input(&home.config, &create, PASSWORDS[0]).code, Some(0));
    let mut service = Service::start(&home.config);
    let mut talk = Talk { client: client(), url: service.url.clone(), seen: String::new() };
    let mut canaries = Canaries::default();

    let ada = live(&mut talk, &mut canaries).await;
    for path in ["members", "invites", "events?limit=1000", "api-keys", "break-glass"] {
        talk.ask(Method::GET, &format!("/v1/orgs/acme/{path}"), &ada, Value::Null).await.status(200);
    }
    for path in ["/v1/me", "/v1/auth/sessions", "/v1/auth/mfa"] {
        talk.ask(Method::GET, path, &ada, Value::Null).await.status(200);
    }
    service.terminate();
    let (lines, stored) = (service.log().join("\n"), dump(&mut superuser(&home.config)));

    assert!(lines.contains("TRACE") && stored.contains(BOB) && talk.seen.contains(BOB));
    let everywhere = [("log lines", lines), ("the database", stored), ("answers", talk.seen)];
    for (place, text) in everywhere.map(|(place, text)| (place, text.to_lowercase())) {
        for (what, secret) in &canaries.0 {
            let secret = secret.to_lowercase();
            let hex = HEXLOWER.encode(secret.as_bytes());
            assert!(!text.contains(&secret) && !text.contains(&hex), "{what} is in {place}");
        }
    }
    assert!(canaries.0.len() > 20, "{}", canaries.0.len());
}
