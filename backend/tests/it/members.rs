//! Members: who sees them, how they change, and that an admin always stays.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use annals::{access::Role, host::Host, users::NewUser};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    invites::{accept, events, invite},
    support::{Answer, Client, PASSWORD, TestApp},
};

pub(crate) const MEMBERS: &str = "/v1/orgs/acme/members";
/// One's own.
pub(crate) const MEMBERSHIP: &str = "/v1/orgs/acme/membership";
pub(crate) const ADMIN: &str = "admin@acme.example";
pub(crate) const AUDITOR: &str = "auditor@acme.example";
pub(crate) const MEMBER: &str = "member@acme.example";

pub(crate) async fn listed(client: &Client<'_>) -> Vec<Value> {
    client.get(MEMBERS).await.status(200).json()["data"].as_array().unwrap().clone()
}

/// The member of this name.
pub(crate) fn find<'a>(members: &'a [Value], name: &str) -> &'a Value {
    members.iter().find(|member| member["user"]["name"] == name).unwrap()
}

/// The path of acme's member with this e-mail.
pub(crate) async fn path(client: &Client<'_>, email: &str) -> String {
    let members = listed(client).await;
    let member = members.iter().find(|member| member["user"]["email"] == email).unwrap();
    format!("{MEMBERS}/{}", member["user"]["id"].as_str().unwrap())
}

pub(crate) fn role(role: &str) -> Value {
    json!({"role": role})
}

/// Makes an account with these places, as the host does.
pub(crate) fn create(app: &TestApp, email: &str, roles: &[(&str, Role)]) {
    let new = NewUser::new(email, email, false).unwrap();
    Host::of(&app.app, "test").create_user(&new, &SecretString::from(PASSWORD), roles).unwrap();
}

mod list {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn shows_admins_and_auditors_who_is_there_since_when_and_who_was_last_active() {
        let app = TestApp::start().await;
        app.advance(Duration::from_mins(3));
        create(&app, "carol@example.com", &[("acme", Role::Member)]);
        for email in [ADMIN, AUDITOR] {
            let client = app.person(email).await;
            let members = listed(&client).await;

            let ada = find(&members, "Ada Byron");
            assert_eq!((&ada["user"]["email"], &ada["role"]), (&json!(ADMIN), &json!("admin")));
            assert_eq!(ada["joined_at"], "2026-11-25T12:00:00.000000Z");
            assert_eq!(ada["last_active_at"], "2026-11-25T12:03:00.000000Z");
            assert_eq!(find(&members, "Grace Hopper")["role"], "auditor");
            assert_eq!(find(&members, "Alan Turing").get("last_active_at"), None, "never signed in");
            assert_eq!((members.len(), &members[3]["user"]["email"]), (4, &json!("carol@example.com")));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn shows_members_names_and_roles() {
        let app = TestApp::start().await;
        app.person(ADMIN).await;

        let members = listed(&app.person(MEMBER).await).await;

        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(members.len(), 3);
        for member in members {
            assert_eq!(keys(&member), ["joined_at", "role", "user"]);
            assert_eq!(keys(&member["user"]), ["id", "name"]);
        }
    }

    /// What somebody does in another organization is nobody's business here.
    #[tokio::test(flavor = "multi_thread")]
    async fn knows_nothing_of_sessions_that_never_came() {
        let app = TestApp::start().await;
        create(&app, "both@example.com", &[("acme", Role::Member), ("harbor", Role::Member)]);
        let both = app.person("both@example.com").await;
        both.get("/v1/orgs/harbor").await.status(200);
        let last_active = async || {
            let members = listed(&app.person(ADMIN).await).await;
            find(&members, "both@example.com").get("last_active_at").cloned()
        };

        assert_eq!(last_active().await, None);
        both.get("/v1/orgs/acme").await.status(200);

        assert!(last_active().await.is_some());
    }

    /// The organization is the path's: no header, parameter or member of a body names another.
    #[tokio::test(flavor = "multi_thread")]
    async fn is_of_the_organization_in_the_path_whatever_else_the_request_says() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let harbor = app.person("admin@harbor.example").await.get("/v1/orgs/harbor").await.json();
        let harbor = harbor["id"].as_str().unwrap();
        let plain = admin.get(MEMBERS).await.status(200).text;
        for name in
            ["x-org", "x-org-id", "x-organization", "x-organization-id", "x-tenant-id", "x-original-url"]
        {
            for value in ["harbor", harbor, "/v1/orgs/harbor/members"] {
                let request = admin.request(reqwest::Method::GET, MEMBERS).header(name, value);
                assert_eq!(Answer::of(request).await.status(200).text, plain, "{name}: {value}");
            }
        }
        for name in ["org", "org_id", "organization", "tenant"] {
            admin.get(&format!("{MEMBERS}?{name}={harbor}")).await.problem(400, "invalid_query");
            let body = json!({"role": "admin", name: harbor});
            admin.patch(&path(&admin, MEMBER).await, &body).await.problem(422, "invalid");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn goes_page_by_page() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let (mut found, mut path) = (Vec::new(), format!("{MEMBERS}?limit=1"));
        loop {
            let answer = admin.get(&path).await.status(200);
            let page = answer.json();
            found.extend(page["data"].as_array().unwrap().clone());
            assert_eq!(answer.header("link").is_some(), page["page"]["has_more"] == true);
            let Some(cursor) = page["page"]["next_cursor"].as_str() else { break };
            path = format!("{MEMBERS}?limit=1&cursor={cursor}");
        }

        assert_eq!(found, listed(&admin).await);
        assert_eq!(found.len(), 3);
        for bad in ["limit=0", "limit=1001", "cursor=x", "q=ada"] {
            admin.get(&format!("{MEMBERS}?{bad}")).await.status(400);
        }
    }
}

mod another_role {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn works_at_once_in_the_sessions_that_there_are() {
        let app = TestApp::start().await;
        let (admin, alan) = (app.person(ADMIN).await, app.person(MEMBER).await);
        alan.get("/v1/orgs/acme/events").await.problem(403, "forbidden");
        let path = path(&admin, MEMBER).await;

        let changed = admin.patch(&path, &role("auditor")).await.status(200).json();

        assert_eq!((&changed["role"], &changed["user"]["email"]), (&json!("auditor"), &json!(MEMBER)));
        alan.get("/v1/orgs/acme/events").await.status(200);
        admin.patch(&path, &role("member")).await.status(200);
        alan.get("/v1/orgs/acme/events").await.problem(403, "forbidden");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_recorded_with_the_old_one() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        admin.patch(&path(&admin, MEMBER).await, &role("auditor")).await.status(200);

        let log = events(&app, "user.role_changed").await;
        assert_eq!(log.len(), 1);
        assert_eq!(log[0]["changes"], json!([{"field": "role", "old": "member", "new": "auditor"}]));
        assert_eq!(
            (&log[0]["actor"]["email"], &log[0]["targets"][0]["email"]),
            (&json!(ADMIN), &json!(MEMBER))
        );
        assert_eq!(log[0]["context"]["ip"], "127.0.0.1");
        assert_eq!(log[0]["details"], "Ada Byron changed the role of Alan Turing to auditor");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_is_the_same_changes_and_records_nothing() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;

        admin.patch(&path(&admin, ADMIN).await, &role("admin")).await.status(200);

        assert_eq!(events(&app, "user.role_changed").await, Vec::<Value>::new());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn is_one_of_three_and_nothing_else_can_be_set() {
        let app = TestApp::start().await;
        let admin = app.person(ADMIN).await;
        let path = path(&admin, MEMBER).await;
        for body in [
            role("operator"),
            role("owner"),
            json!({}),
            json!({"role": null}),
            json!({"role": "auditor", "is_operator": true}),
            json!({"role": "auditor", "email": ADMIN}),
        ] {
            admin.patch(&path, &body).await.problem(422, "invalid");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn cannot_be_given_to_somebody_of_another_organization() {
        let app = TestApp::start().await;
        let barbara = app.person("admin@harbor.example").await.get("/v1/me").await.json();
        let admin = app.person(ADMIN).await;
        for id in [barbara["user"]["id"].as_str().unwrap(), "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01", "x"] {
            let path = format!("{MEMBERS}/{id}");
            admin.patch(&path, &role("admin")).await.problem(404, "not_found");
            admin.delete(&path).await.problem(404, "not_found");
        }
    }
}

mod removal {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_the_access_here_at_once_and_nothing_else() {
        let app = TestApp::start().await;
        create(&app, "both@example.com", &[("acme", Role::Auditor), ("harbor", Role::Auditor)]);
        let (admin, both) = (app.person(ADMIN).await, app.person("both@example.com").await);
        both.get("/v1/orgs/acme/events").await.status(200);

        admin.delete(&path(&admin, "both@example.com").await).await.status(204);

        both.get("/v1/orgs/acme/events").await.problem(404, "not_found");
        both.get("/v1/orgs/acme").await.problem(404, "not_found");
        both.get("/v1/orgs/harbor/events").await.status(200);
        assert_eq!(both.get("/v1/me").await.json()["organizations"].as_array().unwrap().len(), 1);
        let log = events(&app, "user.removed").await;
        assert_eq!((log.len(), &log[0]["parameters"]["role"]), (1, &json!("auditor")));
        assert_eq!(log[0]["targets"][0]["email"], "both@example.com");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn can_be_undone_by_another_invitation() {
        let app = TestApp::start().await;
        let (admin, alan) = (app.person(ADMIN).await, app.person(MEMBER).await);
        let path = path(&admin, MEMBER).await;
        admin.delete(&path).await.status(204);
        admin.delete(&path).await.problem(404, "not_found");

        let (_, token) = invite(&admin, MEMBER, "auditor").await;
        alan.post("/v1/invites/accept", &json!({"token": token})).await.status(200);

        alan.get("/v1/orgs/acme/events").await.status(200);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_oneself_needs_no_admin() {
        let app = TestApp::start().await;
        for email in [AUDITOR, MEMBER] {
            let person = app.person(email).await;

            person.delete(MEMBERSHIP).await.status(204);

            person.get("/v1/orgs/acme").await.problem(404, "not_found");
            person.get("/v1/me").await.status(200);
        }
        let log = events(&app, "user.removed").await;
        let roles: Vec<_> = log.iter().map(|event| &event["parameters"]["role"]).collect();
        assert_eq!(roles, ["auditor", "member"]);
        assert_eq!(log[0]["actor"]["id"], log[0]["targets"][0]["id"]);
    }

    /// The promise is two seconds; the loop only keeps a broken promise from lasting for ever.
    #[tokio::test(flavor = "multi_thread")]
    async fn works_on_every_node_within_seconds() {
        let app = TestApp::start().await;
        let node = app.another_node();
        let (admin, auditor) = (app.person(ADMIN).await, app.person(AUDITOR).await);
        let credential = auditor.credential().unwrap().to_owned();
        let there = node.with(Some(&credential));
        there.get("/v1/orgs/acme/events").await.status(200);

        admin.delete(&path(&admin, AUDITOR).await).await.status(204);

        auditor.get("/v1/orgs/acme/events").await.problem(404, "not_found");
        let mut tries = 0;
        while there.get("/v1/orgs/acme/events").await.status != 404 {
            tries += 1;
            assert!(tries < 50, "removed, and still there");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

mod who_was_admin {
    use super::*;

    /// A member's role after the events so far, out of nothing but the log.
    fn replay(roles: &mut BTreeMap<String, String>, event: &Value) {
        let person = event["targets"][0]["id"].as_str().unwrap().to_owned();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match event["action"].as_str().unwrap() {
            "annals.member.added" | "user.joined" => {
                assert!(roles.insert(person, text(&event["parameters"]["role"])).is_none());
            }
            "user.role_changed" => {
                let change = &event["changes"][0];
                assert_eq!(roles.insert(person, text(&change["new"])), Some(text(&change["old"])));
            }
            "user.removed" => {
                assert_eq!(roles.remove(&person), Some(text(&event["parameters"]["role"])));
            }
            other => panic!("{other}"),
        }
    }

    fn admins(roles: &BTreeMap<String, String>) -> BTreeSet<String> {
        roles.iter().filter(|(_, role)| *role == "admin").map(|(person, _)| person.clone()).collect()
    }

    /// What a script of an auditor does, held against what the list of members said on each day.
    #[tokio::test(flavor = "multi_thread")]
    async fn on_any_day_stands_in_the_log() {
        let app = TestApp::start().await;
        let mut days = Vec::new();
        for day in 0..7 {
            let admin = app.person(if day < 5 { ADMIN } else { "carol@example.com" }).await;
            match day {
                1 => {
                    let (_, token) = invite(&admin, "carol@example.com", "member").await;
                    let body = json!({"token": token, "name": "Carol", "password": PASSWORD});
                    app.nobody().post("/v1/invites/accept", &body).await.status(201);
                }
                2 => {
                    let (_, token) = invite(&admin, "dave@example.com", "admin").await;
                    accept(&app, &token).await.status(201);
                }
                3 => {
                    admin.patch(&path(&admin, "carol@example.com").await, &role("admin")).await.status(200);
                    admin.delete(&path(&admin, "dave@example.com").await).await.status(204);
                }
                4 => {
                    admin.delete(MEMBERSHIP).await.status(204);
                }
                6 => {
                    let (_, token) = invite(&admin, ADMIN, "auditor").await;
                    app.person(ADMIN)
                        .await
                        .post("/v1/invites/accept", &json!({"token": token}))
                        .await
                        .status(200);
                }
                _ => {}
            }
            let members = listed(&app.person(AUDITOR).await).await;
            let admins = members.iter().filter(|member| member["role"] == "admin");
            let admins: BTreeSet<String> =
                admins.map(|member| member["user"]["id"].as_str().unwrap().to_owned()).collect();
            app.advance(Duration::from_hours(24));
            days.push((app.clock.now().to_rfc3339(), admins));
        }

        // A service may record people of its own under the same names; `source=annals` is what it cannot be.
        let forged = json!({"action": "user.joined", "actor": {"type": "user", "id": "u_9"}});
        app.writer().post("/v1/orgs/acme/events", &forged).await.status(201);
        let query = "action=annals.member.added,user.joined,user.role_changed,user.removed&source=annals";
        for (end_of_day, expected) in &days {
            let path = format!("/v1/orgs/acme/events?{query}&until={end_of_day}&order=asc&limit=1000");
            let page = app.reader().get(&path).await.status(200).json();
            let mut roles = BTreeMap::new();
            for event in page["data"].as_array().unwrap() {
                replay(&mut roles, event);
            }
            assert_eq!(admins(&roles), *expected, "{end_of_day}");
        }
        let sizes: Vec<usize> = days.iter().map(|(_, admins)| admins.len()).collect();
        assert_eq!(sizes, [1, 1, 2, 2, 1, 1, 1], "the days differ");
    }
}
