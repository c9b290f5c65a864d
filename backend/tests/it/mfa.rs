//! Second factors: an authenticator app, recovery codes, and each good once.

use std::time::Duration;

use annals::keyring::Purpose;
use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    keys_rotated::rotate_at_once,
    session_ending::id_of,
    sessions::{Browser, post, trace},
    support::{Answer, PASSWORD, TestApp, credentials, process::superuser},
};
use diesel::connection::SimpleConnection;

const ADMIN: &str = "admin@acme.example";
const OPERATOR: &str = "operator@annals.example";
const MFA: &str = "/v1/auth/mfa";
const TOTP: &str = "/v1/auth/mfa/totp";

/// The app in somebody's pocket, as RFC 6238 has it.
pub(crate) struct Authenticator {
    secret: Vec<u8>,
    pub(crate) recovery_codes: Vec<String>,
}

impl Authenticator {
    /// Sets the app up for the person, in this session of theirs.
    pub(crate) async fn set_up(app: &TestApp, browser: &Browser) -> Self {
        let client = app.with(Some(&browser.access_token));
        let begun = client.post(TOTP, &json!({})).await.status(201).json();
        let secret = BASE32_NOPAD.decode(begun["secret"].as_str().unwrap().as_bytes()).unwrap();
        let mut authenticator = Self { secret, recovery_codes: Vec::new() };
        let code = json!({"code": authenticator.code(app)});
        let codes = client.post(&format!("{TOTP}/confirm"), &code).await.status(200).json();
        authenticator.recovery_codes = serde_json::from_value(codes["recovery_codes"].clone()).unwrap();
        authenticator
    }

    /// What it shows now.
    pub(crate) fn code(&self, app: &TestApp) -> String {
        let step = app.clock.now().unix_seconds() / 30;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let mac = hmac::sign(&key, &step.to_be_bytes());
        let at = usize::from(mac.as_ref()[19] & 0x0f);
        let number = u32::from_be_bytes(mac.as_ref()[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// What it shows next, half a minute later.
    pub(crate) fn next_code(&self, app: &TestApp) -> String {
        app.advance(Duration::from_secs(30));
        self.code(app)
    }
}

/// The token that a right password is answered with.
async fn challenge(app: &TestApp, email: &str) -> String {
    let answer = app.nobody().post("/v1/auth/login", &credentials(email)).await.status(200);
    assert_eq!(answer.header("set-cookie"), None);
    let answer = answer.json();
    assert_eq!((&answer["mfa_required"], &answer["expires_in"]), (&json!(true), &json!(300)));
    assert_eq!(answer.get("access_token"), None);
    answer["mfa_token"].as_str().unwrap().to_owned()
}

async fn answer_with(app: &TestApp, token: &str, name: &str, code: &str) -> Answer {
    app.nobody().post(MFA, &json!({"mfa_token": token, name: code})).await
}

mod set_up {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_in_force_once_a_code_was_confirmed_and_ends_the_other_sessions() {
        let app = TestApp::start().await;
        let phone = Browser::sign_in(&app, ADMIN).await;
        let laptop = Browser::sign_in(&app, ADMIN).await;
        let client = app.with(Some(&laptop.access_token));
        let begun = client.post(TOTP, &json!({})).await.status(201).json();
        let url = begun["otpauth_url"].as_str().unwrap();
        assert!(url.starts_with("otpauth://totp/Annals:admin%40acme.example?secret="), "{url}");
        app.nobody().post("/v1/auth/login", &credentials(ADMIN)).await.status(200).json()["access_token"]
            .as_str()
            .expect("not in force yet");
        let wrong = json!({"code": "000000"});
        client.post(&format!("{TOTP}/confirm"), &wrong).await.problem(401, "invalid_credentials");

        let authenticator = Authenticator::set_up(&app, &laptop).await;

        assert_eq!(authenticator.recovery_codes.len(), 10);
        app.with(Some(&phone.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
        let seen = client.get(MFA).await.status(200).json();
        assert_eq!(seen, json!({"totp": true, "recovery_codes_left": 10}));
        client.post(TOTP, &json!({})).await.problem(409, "conflict");
        client.post(&format!("{TOTP}/confirm"), &wrong).await.problem(409, "conflict");
        assert_eq!(trace(&app, "acme", "two_factor_authentication.enabled", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn confirmed_by_many_at_once_gives_codes_to_one() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let client = app.with(Some(&browser.access_token));
        let begun = client.post(TOTP, &json!({})).await.status(201).json();
        let secret = BASE32_NOPAD.decode(begun["secret"].as_str().unwrap().as_bytes()).unwrap();
        let authenticator = Authenticator { secret, recovery_codes: Vec::new() };
        let code = json!({"code": authenticator.code(&app)});

        let path = format!("{TOTP}/confirm");
        let answers = join_all((0..20).map(|_| client.post(&path, &code))).await;

        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    }

    /// What is stored opens for nobody else, and is no secret to read.
    #[tokio::test(flavor = "multi_thread")]
    async fn keeps_the_secret_and_the_codes_out_of_the_database() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let authenticator = Authenticator::set_up(&app, &browser).await;
        let events = app.reader().get("/v1/orgs/acme/events?limit=1000").await.text;
        for secret in &authenticator.recovery_codes {
            assert!(!events.contains(secret));
        }
        // Another person's row: the box is bound to its owner.
        let other = Browser::sign_in(&app, "auditor@acme.example").await;
        Authenticator::set_up(&app, &other).await;
        let swap = "UPDATE totp_secrets SET sealed = (SELECT sealed FROM totp_secrets t JOIN users u ON u.id = t.user_id \
             WHERE u.email = 'auditor@acme.example') \
             WHERE user_id = (SELECT id FROM users WHERE email = 'admin@acme.example')";
        superuser(&app.app.config).batch_execute(swap).expect("a swap");

        let token = challenge(&app, ADMIN).await;

        let code = authenticator.next_code(&app);
        answer_with(&app, &token, "code", &code).await.problem(500, "internal");
    }
}

mod sign_in {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn asks_for_a_code_and_records_how_it_was_done() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let token = challenge(&app, ADMIN).await;

        let code = authenticator.next_code(&app);
        let browser = Browser::of(&answer_with(&app, &token, "code", &code).await.status(200));

        let me = app.with(Some(&browser.access_token)).get("/v1/me").await.status(200).json();
        assert_eq!(me["user"]["email"], ADMIN);
        post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200);
        let told = trace(&app, "acme", "user.logged_in", ADMIN).await;
        assert_eq!(told[0]["parameters"]["method"], "password+totp");
        let sessions = app.with(Some(&browser.access_token)).get("/v1/auth/sessions").await.json();
        assert_eq!(sessions["data"][0]["mfa"], true);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn takes_each_code_once() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let code = authenticator.next_code(&app);
        let (one, other) = (challenge(&app, ADMIN).await, challenge(&app, ADMIN).await);

        answer_with(&app, &one, "code", &code).await.status(200);

        answer_with(&app, &other, "code", &code).await.problem(401, "invalid_credentials");
        answer_with(&app, &one, "code", &code).await.problem(401, "session_ended");
        assert_eq!(trace(&app, "acme", "annals.mfa.failed", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_many_at_once_with_one_code_has_one_winner() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let code = authenticator.next_code(&app);
        let mut tokens = Vec::new();
        for _ in 0..20 {
            tokens.push(challenge(&app, ADMIN).await);
        }

        let answers = join_all(tokens.iter().map(|token| answer_with(&app, token, "code", &code))).await;

        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn waits_five_minutes_and_takes_five_attempts() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let token = challenge(&app, ADMIN).await;
        app.advance(Duration::from_mins(5));
        answer_with(&app, &token, "code", &authenticator.code(&app)).await.problem(401, "session_ended");

        let token = challenge(&app, ADMIN).await;
        for _ in 0..5 {
            answer_with(&app, &token, "code", "000000").await.problem(401, "invalid_credentials");
        }
        app.advance(Duration::from_secs(2));
        let code = authenticator.next_code(&app);
        answer_with(&app, &token, "code", &code).await.problem(401, "session_ended");
    }

    /// A right password forgives nothing before the code is right, or its thief could guess codes for ever.
    #[tokio::test(flavor = "multi_thread")]
    async fn with_wrong_codes_is_slowed_down_over_any_number_of_sign_ins() {
        let app = TestApp::start().await;
        Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        for _ in 0..5 {
            let token = challenge(&app, ADMIN).await;
            answer_with(&app, &token, "code", "000000").await.problem(401, "invalid_credentials");
        }

        app.nobody().post("/v1/auth/login", &credentials(ADMIN)).await.problem(429, "too_many_attempts");

        assert_eq!(trace(&app, "acme", "annals.account.locked_out", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn needs_exactly_one_factor() {
        let app = TestApp::start().await;
        for body in [json!({"mfa_token": "x"}), json!({"mfa_token": "x", "code": "1", "recovery_code": "2"})]
        {
            app.nobody().post(MFA, &body).await.problem(422, "invalid");
        }
        for token in ["", "ann_mf_x", "nonsense"] {
            answer_with(&app, token, "code", "000000").await.problem(401, "session_ended");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_waits_ends_when_the_password_is_changed() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let authenticator = Authenticator::set_up(&app, &browser).await;
        let token = challenge(&app, ADMIN).await;

        let change = json!({"current_password": PASSWORD, "new_password": "seven lanterns over quiet water"});
        app.with(Some(&browser.access_token)).post("/v1/auth/password", &change).await.status(200);

        let code = authenticator.next_code(&app);
        answer_with(&app, &token, "code", &code).await.problem(401, "session_ended");
    }
}

mod recovery_code {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_good_once_and_recorded() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let code = authenticator.recovery_codes[3].to_lowercase();
        let mut tokens = Vec::new();
        for _ in 0..20 {
            tokens.push(challenge(&app, ADMIN).await);
        }

        let answers =
            join_all(tokens.iter().map(|token| answer_with(&app, token, "recovery_code", &code))).await;

        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "{answers:?}");
        let told = trace(&app, "acme", "annals.mfa.recovery_code_used", ADMIN).await;
        assert_eq!((told.len(), &told[0]["parameters"]), (1, &json!({"codes_left": 9})));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn works_no_more_once_there_are_new_ones() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let authenticator = Authenticator::set_up(&app, &browser).await;

        let renew = "/v1/auth/mfa/recovery-codes";
        let renewed = app.with(Some(&browser.access_token)).post(renew, &json!({})).await.status(200).json();

        let token = challenge(&app, ADMIN).await;
        let old = &authenticator.recovery_codes[0];
        answer_with(&app, &token, "recovery_code", old).await.problem(401, "invalid_credentials");
        let new = renewed["recovery_codes"][0].as_str().unwrap();
        answer_with(&app, &token, "recovery_code", new).await.status(200);
    }
}

mod afterwards {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_code_is_a_fresh_proof() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        let authenticator = Authenticator::set_up(&app, &browser).await;
        app.advance(Duration::from_mins(11));
        let browser = Browser::of(&post(&app, "/v1/auth/refresh", &browser.cookie).await.status(200));
        let client = app.with(Some(&browser.access_token));
        client.delete(TOTP).await.problem(403, "reauth_required");

        let wrong = json!({"code": "000000"});
        client.post("/v1/auth/reauth", &wrong).await.problem(401, "invalid_credentials");
        let code = json!({"code": authenticator.code(&app)});
        client.post("/v1/auth/reauth", &code).await.status(200);

        client.delete(TOTP).await.status(204);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn turned_off_the_password_is_enough() {
        let app = TestApp::start().await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        Authenticator::set_up(&app, &browser).await;
        let client = app.with(Some(&browser.access_token));

        client.delete(TOTP).await.status(204);

        app.person(ADMIN).await.get("/v1/me").await.status(200);
        client.delete(TOTP).await.problem(404, "not_found");
        let seen = client.get(MFA).await.status(200).json();
        assert_eq!(seen, json!({"totp": false, "recovery_codes_left": 0}));
        assert_eq!(trace(&app, "acme", "two_factor_authentication.disabled", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reset_of_the_password_keeps_it() {
        let app = TestApp::start().await;
        Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        let link = annals::host::Host::of(&app.app, "test").create_reset_link(ADMIN).unwrap();

        let body = json!({"token": link.expose(), "new_password": PASSWORD});
        app.nobody().post("/v1/auth/reset", &body).await.status(204);

        challenge(&app, ADMIN).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn lost_it_is_removed_by_an_operator() {
        let app = TestApp::start().await;
        let id = id_of(&app, ADMIN).await;
        let browser = Browser::sign_in(&app, ADMIN).await;
        Authenticator::set_up(&app, &browser).await;

        let path = format!("/v1/platform/users/{id}/mfa");
        app.person(OPERATOR).await.delete(&path).await.status(204);

        app.with(Some(&browser.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
        app.person(ADMIN).await.get("/v1/me").await.status(200);
        let told: Vec<Value> = trace(&app, "acme", "two_factor_authentication.disabled", OPERATOR).await;
        assert_eq!(told[0]["targets"][0]["email"], ADMIN);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_rotation_of_the_secrets_key_changes_nothing_for_the_app() {
        let app = TestApp::start().await;
        let authenticator = Authenticator::set_up(&app, &Browser::sign_in(&app, ADMIN).await).await;
        rotate_at_once(&app, Purpose::Secrets);

        for _ in 0..2 {
            let token = challenge(&app, ADMIN).await;
            let code = authenticator.next_code(&app);
            answer_with(&app, &token, "code", &code).await.status(200);
        }
    }
}
