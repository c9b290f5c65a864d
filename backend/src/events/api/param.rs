//! The forms of query parameters, for openapi.yaml: what `events/filter.rs` parses.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema, SchemaFormat, Type,
        schema::{AnyOfBuilder, KnownFormat},
    },
};

use crate::{
    catalog::ActivityType,
    events::{
        filter::VALUES_MAX,
        input::{OUTCOMES, SEVERITIES},
    },
};

/// Names a form of text for `#[param(value_type = Option<…>, inline)]`.
macro_rules! forms {
    ($($(#[$what:meta])* $name:ident => $schema:expr;)*) => {$(
        $(#[$what])*
        #[derive(Debug)]
        pub(super) enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                $schema
            }
        }

        impl ToSchema for $name {}
    )*};
}

forms! {
    /// A list of texts: none empty, none only spaces.
    Texts => list(r"[^,\u0000]*[^,\u0000\s][^,\u0000]*");
    /// A list of actions, or of prefixes that end in `.*`.
    Actions => list(r"\s*[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*\.([A-Za-z0-9_]+|\*)\s*");
    /// A list of addresses.
    Addresses => list(&format!(r"\s*({})\s*", address()));
    ActivityTypes => list_of(&ActivityType::ALL.map(ActivityType::name));
    Outcomes => list_of(&OUTCOMES);
    Severities => list_of(&SEVERITIES);
    /// A time, a date, or a span back from now.
    Instant => AnyOfBuilder::new()
        .item(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime))))
        .item(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))))
        .item(text().pattern(Some("^-[0-9]{1,6}[smhd]$")))
        .into();
}

/// IPv4, or IPv6 in all its abbreviations.
fn address() -> String {
    let byte = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    let group = "[0-9A-Fa-f]{1,4}";
    let mut forms = vec![
        format!(r"({byte}\.){{3}}{byte}"),
        format!("({group}:){{7}}{group}"),
        format!("({group}:){{1,7}}:"),
        format!(":(:{group}){{1,7}}"),
        "::".to_owned(),
    ];
    forms.extend((1..=6).map(|before| format!("({group}:){{{before}}}(:{group}){{1,{}}}", 7 - before)));
    forms.join("|")
}

fn list_of(words: &[&str]) -> RefOr<Schema> {
    list(&format!(r"\s*({})\s*", words.join("|")))
}

fn list(one: &str) -> RefOr<Schema> {
    text().pattern(Some(format!("^{one}(,{one}){{0,{}}}$", VALUES_MAX - 1))).into()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}
