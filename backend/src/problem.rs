//! Every kind of problem that an answer can be: the one table of codes, statuses and what to do about each.
//!
//! `docs/problems` is generated from it (`UPDATE=1 cargo test --test it problems`).

use actix_web::http::StatusCode;

/// A kind of problem.
#[derive(Debug)]
pub struct Kind {
    /// The HTTP status that it is answered with.
    pub status: StatusCode,
    /// Stable, for programs.
    pub code: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// When it is answered.
    pub meaning: &'static str,
    /// What the person who sees it does.
    pub person: &'static str,
    /// What the program that gets it does.
    pub program: &'static str,
}

/// Writes the table once: a constant for each kind, and the list of all of them.
macro_rules! kinds {
    ($($name:ident = $status:ident $code:literal $title:literal
        means $meaning:literal
        person $person:literal
        program $program:literal;)*) => {
        $(pub(crate) const $name: &Kind = &Kind {
            status: StatusCode::$status,
            code: $code,
            title: $title,
            meaning: $meaning,
            person: $person,
            program: $program,
        };)*

        /// All kinds, in the order of the table.
        pub const KINDS: &[&Kind] = &[$($name),*];
    };
}

kinds! {
    // The request cannot be understood.
    INVALID_QUERY = BAD_REQUEST "invalid_query" "The query breaks a rule"
        means "A query parameter is unknown, repeated or malformed. `errors` lists each; `pointer` is the \
            parameter's name."
        person "Mend the parameters that `errors` names. Unknown ones are refused so that a misspelled filter \
            does not silently show everything."
        program "Do not send it again unchanged. Show `errors` to whoever wrote the query.";
    MALFORMED_JSON = BAD_REQUEST "malformed_json" "The body is not valid JSON"
        means "The body is not UTF-8, not JSON, or not the gzip that `Content-Encoding` says. `detail` says \
            where it ends to be."
        person "Look at the place that `detail` names; most often a body was cut off or written by hand."
        program "Do not send it again unchanged. Let a JSON library write the body.";
    INVALID_HEADER = BAD_REQUEST "invalid_header" "A header breaks a rule"
        means "A header is missing, repeated or malformed. `detail` names it and says how it must be."
        person "Mend the header that `detail` names, such as `Idempotency-Key`."
        program "Do not send it again unchanged.";
    CURSOR_INVALID = BAD_REQUEST "cursor_invalid" "The cursor is not valid"
        means "The page cursor was not made by this installation, or was changed on the way."
        person "Open the list again from its first page."
        program "Take the cursor verbatim from `page.next_cursor`, percent-encoded. Begin again without one.";
    CURSOR_MISMATCH = BAD_REQUEST "cursor_mismatch" "The cursor belongs to another query"
        means "The page cursor belongs to another organization, order or set of filters."
        person "Open the list again from its first page."
        program "Repeat the parameters of the first page on every page; only `limit` may differ.";
    CURSOR_EXPIRED = BAD_REQUEST "cursor_expired" "The cursor has expired"
        means "The page cursor points past the end of the log, as after the database was restored from a backup."
        person "Open the list again from its first page."
        program "Begin again without a cursor. Whoever follows the log should compare what they hold with it.";

    // Who asks, and what they may.
    UNAUTHENTICATED = UNAUTHORIZED "unauthenticated" "Not signed in"
        means "There are no credentials, or they are unknown, expired or revoked; which of these is not said."
        person "Sign in again. With an API key: ask an administrator whether it was revoked or has expired."
        program "With an access token: refresh the session once and try again. With an API key: stop and tell \
            somebody; the key will not become valid by itself.";
    INVALID_CREDENTIALS = UNAUTHORIZED "invalid_credentials" "Sign-in failed"
        means "The e-mail or the password is wrong, and which one is never said; or the code of the second factor is."
        person "Type it again. A code of an authenticator app is good once: wait for the next one. After several failures sign-in is slowed down."
        program "Do not try again without a person.";
    SETUP_TOKEN_WRONG = UNAUTHORIZED "setup_token_wrong" "Not the setup token"
        means "The token is not the one that the service has written into its data folder, or its day is over."
        person "Read the file `setup-token` in the service's data folder. After 24 hours start the service again: \
            it writes a new one."
        program "Do not try again without a person.";
    TOO_MANY_ATTEMPTS = TOO_MANY_REQUESTS "too_many_attempts" "Too many attempts"
        means "Too many sign-ins of this account, or from this address, failed in a short time."
        person "Wait as long as it says, then try again. If it was not you, tell an administrator: the \
            attempts stand in the log."
        program "Wait for `Retry-After` seconds.";
    RATE_LIMITED = TOO_MANY_REQUESTS "rate_limited" "Too fast"
        means "The API key appends more events a second than its `rate_limit` allows. Nothing of this request was \
            recorded."
        person "If this is the pace that is wanted, ask an administrator to raise the key's limit."
        program "Wait for `Retry-After` seconds, then send the same again with the same ids. Keep the events until \
            they are acknowledged.";
    SESSION_ENDED = UNAUTHORIZED "session_ended" "The session has ended"
        means "The refresh cookie is absent, expired or revoked, or was used twice."
        person "Sign in again."
        program "Send the person to the sign-in page. Do not refresh again.";
    FORBIDDEN = FORBIDDEN "forbidden" "Not allowed"
        means "The credentials are good, but this role or this key's scopes do not allow it. `detail` says \
            which do."
        person "Ask one of the organization's admins."
        program "Do not send it again. Make a key with the scope that `detail` names.";
    BREAK_GLASS_REQUIRED = FORBIDDEN "break_glass_required" "Not allowed"
        means "Operators run the service but do not see an organization's log, members or keys by role."
        person "Ask one of the organization's admins or auditors. If you must look yourself, open break-glass \
            access with a reason (docs/operators/members.md); the organization sees that you did."
        program "Do not send it again. `POST /v1/orgs/{org}/break-glass` is for a person to decide.";
    ORGANIZATION_SUSPENDED = FORBIDDEN "organization_suspended" "The organization is suspended"
        means "An operator has suspended the organization: nothing is recorded for it. Its log stays readable."
        person "Ask whoever runs this service; `detail` says why it was suspended."
        program "Keep the events and send them again later, each time after a longer wait; tell somebody.";
    PLAN_REQUIRED = FORBIDDEN "plan_required" "Not in the plan"
        means "The organization's plan does not include this, or has no room for more of it. `detail` says what \
            the plan lacks."
        person "Ask whoever runs this service for another plan, or remove what is no longer needed."
        program "Do not send it again unchanged.";
    MFA_REQUIRED = FORBIDDEN "mfa_required" "A second factor is required"
        means "Operators of this service, or admins of this organization, act only when they have signed in with a \
            second factor (`operators_need_mfa`, `admins_need_mfa`)."
        person "Set up an authenticator app in your profile. If you have one, sign out and in again."
        program "Send the person to the set-up: `POST /v1/auth/mfa/totp`.";
    REAUTH_REQUIRED = FORBIDDEN "reauth_required" "Confirm that it is you"
        means "What was asked for is only done for somebody who has proved within the last ten minutes who they \
            are: a session left open, or stolen, is not enough."
        person "Type your password once more, then try again."
        program "Post the person's password, or a code of their app, to `/v1/auth/reauth`, and send the same again with the access token \
            from its answer. Do not refresh: that proves nothing.";
    CSRF_REJECTED = FORBIDDEN "csrf_rejected" "Not from the service's own page"
        means "The request carries the session's cookie but does not prove that it comes from the service's \
            own page."
        person "Open the page at the address that the operator set (`public_url`), and try again."
        program "Programs use API keys, not cookies. The page sends `X-Annals-CSRF: 1` from its own origin.";

    // What is asked for.
    NOT_FOUND = NOT_FOUND "not_found" "Not found"
        means "There is nothing at this address, or it belongs to an organization that these credentials have \
            no access to. The two are answered alike on purpose."
        person "Check the address, and that you are signed in as the right person."
        program "Do not send it again. Check the organization's slug and the id.";
    LINK_GONE = GONE "link_gone" "The link no longer works"
        means "The link was used, withdrawn or replaced by a newer one, or has expired, or was copied wrong; \
            which of these is not said."
        person "Check that the whole link was copied. Otherwise ask whoever sent it for a new one; if you have \
            used it already, sign in."
        program "Do not send it again.";
    METHOD_NOT_ALLOWED = METHOD_NOT_ALLOWED "method_not_allowed" "Method not allowed"
        means "The path exists, the method does not. `Allow` lists those that do."
        person "Nothing: this is a mistake in a program."
        program "Use one of the methods in `Allow`.";
    PRUNED = GONE "pruned" "No longer retained"
        means "The events asked for were removed by the organization's retention rule. `detail` names the \
            first sequence that is left."
        person "Older events are gone from here; look where they are archived."
        program "Go on from the sequence in `detail`, and note the gap.";

    // What is sent.
    REQUEST_TIMEOUT = REQUEST_TIMEOUT "request_timeout" "The body came in too slowly"
        means "The body took longer than the setting `body_grace_seconds`, at less than 8 KiB a second."
        person "Check the network between the program and the service."
        program "Send it again with the same event ids or the same `Idempotency-Key`; send smaller batches.";
    PAYLOAD_TOO_LARGE = PAYLOAD_TOO_LARGE "payload_too_large" "The body is too large"
        means "The body is over the route's limit, also once decompressed: 64 KiB for one event, 8 MiB for many."
        person "Nothing: this is a mistake in a program."
        program "Split the batch. An event that is too large by itself must leave something out.";
    UNSUPPORTED_MEDIA_TYPE = UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "Unsupported content type"
        means "The body's `Content-Type` or `Content-Encoding` is not one that this route reads."
        person "Nothing: this is a mistake in a program."
        program "Send `application/json`; to the routes that take many events also `application/x-ndjson` and gzip.";
    INVALID = UNPROCESSABLE_ENTITY "invalid" "The request breaks a rule"
        means "The body is JSON but breaks rules. `errors` lists every broken rule that was found: where, \
            which (see the [codes of fields](README.md#codes-of-fields)), and the way out."
        person "Mend the fields that `errors` names."
        program "Do not send it again unchanged. Keep it where a person can look at it.";
    ID_CONFLICT = CONFLICT "id_conflict" "The id is taken"
        means "An event with this id, or made under this `Idempotency-Key`, is in the log with other content. \
            The log never changes, so the first one stays. In an atomic batch `errors` names each."
        person "Find out why one id was used for two different events."
        program "Do not send it again. A retry must repeat the event exactly; another event needs another id.";
    CONFLICT = CONFLICT "conflict" "Already exists"
        means "Something of that name exists. `detail` says what."
        person "Choose another name."
        program "Do not send it again unchanged.";
    LAST_ADMIN = CONFLICT "last_admin" "The last admin stays"
        means "An organization always has an admin who can sign in: the last one can be neither removed nor \
            given another role, and cannot leave."
        person "Make somebody else an admin first."
        program "Do not send it again unchanged.";
    VERSION_CONFLICT = CONFLICT "version_conflict" "Has changed"
        means "`version` is not the current one: somebody else has changed it since it was read, or it is there \
            (or gone) already."
        person "Load it again, look at what was changed, and make your change to that."
        program "Read it again, apply the change to what was read, and send that with its `version`.";

    // The service.
    OVERLOADED = SERVICE_UNAVAILABLE "overloaded" "Overloaded"
        means "More events wait to be written than the settings `queue_events` and `queue_bytes` allow. Nothing \
            of this request was recorded."
        person "If it lasts, tell the operator: the disk or the database is slower than what comes in."
        program "Wait for `Retry-After` seconds, longer each time and a little at random; then send the same \
            again with the same ids. Keep the events until they are acknowledged.";
    BUSY = SERVICE_UNAVAILABLE "busy" "Busy"
        means "Too many requests of this kind are being worked on, such as password checks."
        person "Try again in a moment."
        program "Wait for `Retry-After` seconds, longer each time.";
    UNAVAILABLE = SERVICE_UNAVAILABLE "unavailable" "Temporarily unavailable"
        means "The service is stopping, or its database does not answer. For events it is not known whether \
            they were recorded."
        person "Try again in a moment. If it lasts, tell the operator, with the `request_id`."
        program "Wait for `Retry-After` seconds, then send the same again with the same event ids or the same \
            `Idempotency-Key`: what was recorded is recognized and not recorded twice.";
    LOG_DAMAGED = INTERNAL_SERVER_ERROR "log_damaged" "The log is damaged"
        means "The stored log does not match its own proof, so nothing is appended to it any more: somebody or \
            something changed the database behind the service's back."
        person "Call the operator at once. The operator keeps a copy of the database as it is, runs \
            `annals verify`, and restores from a backup (docs/operators/backup.md)."
        program "Keep the events; send them again with the same ids once the log is whole.";
    INTERNAL = INTERNAL_SERVER_ERROR "internal" "Internal error"
        means "A mistake in the service. What happened stands in its log under the `request_id`."
        person "Tell the operator the `request_id`."
        program "Send the same again once, later, with the same ids. Then stop and tell somebody.";
}

/// Codes of broken rules (`errors[].code`), and what each means.
pub const FIELD_CODES: &[(&str, &str)] = &[
    ("id_conflict", "The event's id is in the log with other content."),
    ("in_the_future", "The time is more than 24 hours ahead of the server's clock."),
    (
        "invalid_format",
        "Right type, wrong form: a time, an address, a name, a value of a query parameter. The message shows the right form.",
    ),
    ("invalid_length", "Too short or too long, where both have a limit."),
    (
        "invalid_number",
        "A number that a JSON reader elsewhere would read as another one: more than 2^53-1, or with too many digits. Send it as a string.",
    ),
    ("invalid_string", "Text with a NUL character or half of a surrogate pair."),
    ("malformed_json", "This item of the body is not JSON."),
    ("more_errors", "There are more errors than are listed."),
    ("not_applicable", "It makes no sense here; the message says why."),
    ("out_of_range", "A number outside of what is allowed."),
    ("past_the_end", "The sequence is past the end of the log."),
    ("read_only", "The server sets this; leave it out."),
    ("remote_reference", "A schema refers to another document; put everything into one."),
    ("repeated_key", "A key or a query parameter stands there twice."),
    ("repeated_value", "A value stands in the list twice."),
    ("required", "It is missing."),
    ("reserved_name", "The name is the service's own, or reserved by the format of the log."),
    ("schema", "`parameters` is not what the event type's schema says, or the schema itself is none."),
    (
        "too_complex",
        "A schema that could look too often, or without end, at one value; the message says how not to.",
    ),
    ("too_deep", "Too many levels of nesting."),
    ("too_large", "The event is too large."),
    ("too_long", "The text is too long."),
    ("too_many", "The list is too long."),
    ("too_many_values", "The event holds too many values in all."),
    (
        "unknown_action",
        "The organization takes no actions that no event type describes; the message names a near one.",
    ),
    ("unknown_field", "There is no such field. The message says what was probably meant."),
    ("unknown_parameter", "There is no such query parameter."),
    ("unknown_value", "Not one of the values that are allowed; the message lists them."),
    ("weak_password", "The password is easy to guess, or made of the account's own names."),
    ("wrong_type", "Text where there should be a number, and the like."),
];

/// Whether broken rules have this code.
pub fn is_field_code(code: &str) -> bool {
    FIELD_CODES.iter().any(|(known, _)| *known == code)
}
