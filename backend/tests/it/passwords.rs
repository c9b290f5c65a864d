//! Passwords: which may be chosen, changing one's own, and links for whoever has lost theirs.

use std::time::Duration;

use annals::{
    access::Role,
    host::Host,
    users::{
        NewUser,
        password::{Hasher, MEMORY_KIB_MIN, NewPassword},
    },
};
use futures_util::future::join_all;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    session_ending::id_of,
    sessions::{Browser, post, trace},
    support::{PASSWORD, TestApp, process::succeed},
};

const ADMIN: &str = "admin@acme.example";
const MEMBER: &str = "member@acme.example";
const NEW: &str = "seven lanterns over quiet water";

async fn signs_in(app: &TestApp, email: &str, password: &str) -> u16 {
    let body = json!({"email": email, "password": password});
    app.nobody().post("/v1/auth/login", &body).await.status.as_u16()
}

mod rules {
    use super::*;

    fn code(password: &str) -> Option<&'static str> {
        let names = ["ada@harbor-works.example", "Ada Byron", "acme-rockets", "Acme Rockets"];
        match NewPassword::new(SecretString::from(password), "/password", &names) {
            Ok(_) => None,
            Err(annals::error::Error::Invalid(errors)) => Some(errors[0].code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn a_password_is_long_enough_and_hard_to_guess() {
        for (password, expected) in [
            ("correct horse battery", None),
            ("seven lanterns over quiet water", None),
            ("žluťoučký kůň úpěl ódy", None),
            ("x7#kQ9!vLm2$", None),
            ("elevenchars", Some("invalid_length")),
            (&"å∫ç ".repeat(33), Some("invalid_length")),
            ("passwordpassword", Some("weak_password")),
            ("123456789012", Some("weak_password")),
            ("qwertyuiop[]", Some("weak_password")),
            ("aaaaaaaaaaaaaaaa", Some("weak_password")),
            ("Password1234!", Some("weak_password")),
            ("letmeinletmein", Some("weak_password")),
            ("annalsannals", Some("weak_password")),
            ("            ", Some("weak_password")),
        ] {
            assert_eq!(code(password), expected, "{password}");
        }
    }

    #[test]
    fn a_password_is_not_made_of_the_accounts_own_names() {
        for password in [
            "my Acme-Rockets secret 81",
            "ADA BYRON sings at dawn",
            "tulips ada@harbor-works.example",
            "Harbor-Works.Example 12 tulips",
        ] {
            assert_eq!(code(password), Some("weak_password"), "{password}");
        }
        assert_eq!(code("adamant lanterns over quiet water"), None, "names of three letters are chance");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        /// Exact characters, all of them: what was accepted signs in, and nothing else does.
        #[test]
        fn what_was_accepted_is_what_signs_in(password in "\\PC{12,128}") {
            let hasher = Hasher::new(MEMORY_KIB_MIN).unwrap();
            let password = SecretString::from(password);
            if let Ok(new) = NewPassword::new(password.clone(), "/password", &[]) {
                let hash = hasher.hash(&new).unwrap();
                prop_assert!(hasher.verify(&password, Some(&hash)));
                let mut cut = secrecy::ExposeSecret::expose_secret(&password).to_owned();
                cut.pop();
                prop_assert!(!hasher.verify(&SecretString::from(cut), Some(&hash)));
            }
        }
    }
}

mod change {
    use super::*;

    const CHANGE: &str = "/v1/auth/password";

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_every_other_session_and_keeps_this_one() {
        let app = TestApp::start().await;
        let phone = Browser::sign_in(&app, ADMIN).await;
        let laptop = Browser::sign_in(&app, ADMIN).await;
        let client = app.with(Some(&laptop.access_token));

        let body = json!({"current_password": PASSWORD, "new_password": NEW});
        let answer = client.post(CHANGE, &body).await.status(200).json();

        app.with(answer["access_token"].as_str()).get("/v1/me").await.status(200);
        client.get("/v1/me").await.status(200);
        post(&app, "/v1/auth/refresh", &laptop.cookie).await.status(200);
        app.with(Some(&phone.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
        post(&app, "/v1/auth/refresh", &phone.cookie).await.problem(401, "session_ended");
        assert_eq!((signs_in(&app, ADMIN, PASSWORD).await, signs_in(&app, ADMIN, NEW).await), (401, 200));
        let told = trace(&app, "acme", "annals.password.changed", ADMIN).await;
        assert_eq!((told.len(), &told[0]["parameters"]), (1, &json!({"sessions_ended": 1})));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_the_right_one_changes_nothing() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        let body = json!({"current_password": "wrong horse battery", "new_password": NEW});
        admin.post(CHANGE, &body).await.problem(401, "invalid_credentials");

        assert_eq!(signs_in(&app, ADMIN, PASSWORD).await, 200);
        assert_eq!(trace(&app, "acme", "annals.login.failed", ADMIN).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn to_a_weak_one_names_the_field_and_not_the_password() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        for (weak, code) in [
            ("short", "invalid_length"),
            ("passwordpassword", "weak_password"),
            ("acme corp lanterns", "weak_password"),
        ] {
            let body = json!({"current_password": PASSWORD, "new_password": weak});

            let problem = admin.post(CHANGE, &body).await.problem(422, "invalid");

            assert_eq!(problem["errors"][0]["pointer"], "/new_password");
            assert_eq!(problem["errors"][0]["code"], code);
            assert!(!problem.to_string().contains(weak), "{problem}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn by_many_at_once_has_one_winner() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let bodies: Vec<Value> = (0..20)
            .map(|number| json!({"current_password": PASSWORD, "new_password": format!("{NEW} {number}")}))
            .collect();

        let answers = join_all(bodies.iter().map(|body| admin.post(CHANGE, body))).await;

        let won: Vec<usize> = (0..20).filter(|at| answers[*at].status.is_success()).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert_eq!(signs_in(&app, ADMIN, &format!("{NEW} {}", won[0])).await, 200);
    }
}

mod reset {
    use super::*;

    const RESET: &str = "/v1/auth/reset";

    async fn link(app: &TestApp, who: &str, path: &str) -> String {
        let answer = app.person(who).await.post(path, &json!({})).await.status(201).json();
        answer["link"].as_str().unwrap().split_once("/reset#").unwrap().1.to_owned()
    }

    async fn link_of(app: &TestApp, email: &str) -> String {
        let path = format!("/v1/orgs/acme/members/{}/reset-link", id_of(app, email).await);
        link(app, ADMIN, &path).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn sets_a_password_once_and_ends_every_session() {
        let app = TestApp::start().await;
        let token = link_of(&app, MEMBER).await;
        let old = Browser::sign_in(&app, MEMBER).await;
        let body = json!({"token": token, "new_password": NEW});

        app.nobody().post(RESET, &body).await.status(204);

        app.nobody().post(RESET, &body).await.problem(410, "link_gone");
        app.with(Some(&old.access_token)).get("/v1/me").await.problem(401, "unauthenticated");
        post(&app, "/v1/auth/refresh", &old.cookie).await.problem(401, "session_ended");
        assert_eq!((signs_in(&app, MEMBER, PASSWORD).await, signs_in(&app, MEMBER, NEW).await), (401, 200));
        let made = trace(&app, "acme", "annals.password.reset_link_created", ADMIN).await;
        assert_eq!(made[0]["targets"][0]["email"], MEMBER);
        assert_eq!(trace(&app, "acme", "annals.password.reset", MEMBER).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn link_that_expired_was_replaced_or_never_was_is_gone() {
        let app = TestApp::start().await;
        let replaced = link_of(&app, MEMBER).await;
        let expired = link_of(&app, MEMBER).await;
        let body = |token: &str| json!({"token": token, "new_password": NEW});

        app.nobody().post(RESET, &body(&replaced)).await.problem(410, "link_gone");
        app.nobody().post(RESET, &body("ann_rs_nonsense")).await.problem(410, "link_gone");
        app.advance(Duration::from_hours(1));
        app.nobody().post(RESET, &body(&expired)).await.problem(410, "link_gone");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn with_a_weak_password_does_not_use_the_link_up() {
        let app = TestApp::start().await;
        let token = link_of(&app, MEMBER).await;

        let weak = json!({"token": token, "new_password": "passwordpassword"});
        app.nobody().post(RESET, &weak).await.problem(422, "invalid");

        app.nobody().post(RESET, &json!({"token": token, "new_password": NEW})).await.status(204);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_one_link_by_many_at_once_has_one_winner() {
        let app = TestApp::start().await;
        let token = link_of(&app, MEMBER).await;
        let bodies: Vec<Value> = (0..20)
            .map(|number| json!({"token": token, "new_password": format!("{NEW} {number}")}))
            .collect();

        let nobody = app.nobody();
        let answers = join_all(bodies.iter().map(|body| nobody.post(RESET, body))).await;

        let won: Vec<usize> = (0..20).filter(|at| answers[*at].status == 204).collect();
        assert_eq!(won.len(), 1, "{answers:?}");
        assert_eq!(signs_in(&app, MEMBER, &format!("{NEW} {}", won[0])).await, 200);
        assert_eq!(trace(&app, "acme", "annals.password.reset", MEMBER).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_somebody_who_belongs_elsewhere_too_is_an_operators() {
        let app = TestApp::start().await;
        let both = NewUser::new("both@example.com", "Both", false).unwrap();
        let roles = [("acme", Role::Member), ("harbor", Role::Admin)];
        Host::of(&app.app, "test").create_user(&both, &SecretString::from(PASSWORD), &roles).unwrap();
        let id = id_of(&app, "both@example.com").await;

        let path = format!("/v1/orgs/acme/members/{id}/reset-link");
        app.person(ADMIN).await.post(&path, &json!({})).await.problem(403, "forbidden");

        let operator = "operator@annals.example";
        let token = link(&app, operator, &format!("/v1/platform/users/{id}/reset-link")).await;
        app.nobody().post(RESET, &json!({"token": token, "new_password": NEW})).await.status(204);
        assert_eq!(trace(&app, "harbor", "annals.password.reset_link_created", operator).await.len(), 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn link_is_made_on_the_host_for_whoever_has_nobody_to_ask() {
        let app = TestApp::start().await;
        let said = succeed(&app.app.config, &["admin", "reset-link", "--email", "Operator@Annals.example"]);
        assert!(said.starts_with("/reset#ann_rs_"), "{said}");

        // The same by the clock of the test.
        let token = Host::of(&app.app, "test").create_reset_link("operator@annals.example").unwrap();

        let token = token.expose();
        app.nobody().post(RESET, &json!({"token": token, "new_password": NEW})).await.status(204);
        assert_eq!(signs_in(&app, "operator@annals.example", NEW).await, 200);
    }

    /// Host, and whatever proxies add to it, is the sender's to choose.
    #[tokio::test(flavor = "multi_thread")]
    async fn link_begins_with_the_public_url_whatever_the_request_says() {
        let app = TestApp::start_with(|config| config.public_url = Some("http://audit.example".into())).await;
        let id = id_of(&app, MEMBER).await;
        let request = app
            .person(ADMIN)
            .await
            .request(reqwest::Method::POST, &format!("/v1/orgs/acme/members/{id}/reset-link"));

        let evil = request.header("host", "evil.example").header("x-forwarded-host", "evil.example");
        let answer = evil.header("forwarded", "host=evil.example").send().await.unwrap();

        let text = answer.text().await.unwrap();
        assert!(text.contains("\"http://audit.example/reset#ann_rs_"), "{text}");
        assert!(!text.contains("evil"), "{text}");
    }
}
