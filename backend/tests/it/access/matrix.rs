//! Every operation of openapi.yaml × every kind of caller × their own, a foreign and an absent organization,
//! held to the policy. Nothing is picked by hand: a new operation is asked as soon as it is documented.

use super::{
    callers::everybody,
    policy::{Place, Verdict, verdict},
    requests::{Operation, World, operations},
};
use crate::support::{Answer, TestApp};

/// What an operation may answer beside success when it is allowed.
const BESIDE_SUCCESS: [(&str, u16); 23] = [
    ("put_event_type", 409),    // there is one already, made by whoever was allowed before
    ("delete_event_type", 404), // and gone already
    ("remove_member", 404),
    ("revoke_invite", 404),
    ("open_break_glass", 409), // it is open already
    ("accept_invite", 401),    // the link is what counts; whoever is signed in beside it must be so for good,
    ("accept_invite", 403),    // and be a person,
    ("accept_invite", 410),    // and the first one uses it up
    ("accept_claim", 401),     // the same of a claim
    ("accept_claim", 403),
    ("accept_claim", 410),
    ("create_claim_link", 409),  // there is an admin
    ("leave_organization", 409), // the last admin stays
    ("give_second_factor", 401), // a sign-in that waits is what counts, and there is none
    ("confirm_totp", 401),       // nobody here has an app
    ("turn_totp_off", 404),
    ("renew_recovery_codes", 404),
    ("remove_second_factor", 404),
    ("end_session", 404),     // only one's own session has an id to ask for
    ("reset_password", 410),  // a link is what counts, and there is none
    ("refresh_session", 401), // a cookie is what counts, and there is none
    ("get_setup", 404),       // there is somebody already
    ("complete_setup", 404),
];

fn is_as(verdict: Verdict, operation: &Operation, answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let code = || answer.json()["code"].as_str().unwrap_or_default().to_owned();
    match verdict {
        Verdict::Allowed => {
            answer.status.is_success() || BESIDE_SUCCESS.contains(&(operation.id.as_str(), status))
        }
        Verdict::Unauthenticated => status == 401 && code() == "unauthenticated",
        Verdict::Forbidden => status == 403 && code() == "forbidden",
        Verdict::BreakGlass => status == 403 && code() == "break_glass_required",
        Verdict::NotFound => status == 404 && code() == "not_found",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_may_do_what_the_policy_says_and_nothing_else() {
    let app = TestApp::start().await;
    let (voices, world) = (everybody(&app).await, World::of(&app).await);
    let (mut cases, mut wrong) = (0, Vec::new());

    for operation in operations() {
        for place in operation.places() {
            for voice in &voices {
                let answer = operation.ask(&voice.client, *place, &world).await;

                let expected = verdict(&operation, voice.caller, *place);
                cases += 1;
                if !is_as(expected, &operation, &answer) {
                    let Operation { id, permission, .. } = &operation;
                    wrong.push(format!(
                        "{id} ({permission}) in {place:?} by {}: expected {expected:?}, got {} {}",
                        voice.name, answer.status, answer.text
                    ));
                }
            }
        }
    }

    assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
    println!("{cases} cases");
}

#[test]
fn every_operation_has_a_permission_that_the_policy_knows() {
    for operation in operations() {
        assert!(!operation.permission.is_empty(), "{} says nothing of who may", operation.id);
        for place in operation.places() {
            verdict(&operation, super::policy::Caller::Operator, *place); // panics if it does not
        }
    }
}

#[test]
fn nothing_but_the_organization_in_the_path_decides_where_an_operation_is() {
    for operation in operations() {
        let is_of_organization = !matches!(
            operation.permission.as_str(),
            "public" | "refresh_cookie" | "signed_in" | "person" | "operator"
        );
        assert_eq!(operation.is_inside(), is_of_organization, "{}", operation.id);
        assert_eq!(operation.places() == [Place::Outside], !is_of_organization);
    }
}
