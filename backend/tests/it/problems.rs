//! `docs/problems`: a page for every kind of problem, made from the one table of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use annals::problem::{FIELD_CODES, KINDS, Kind};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/problems")
}

/// Text of the table, wrapped like the rest of the docs.
fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.len() + word.len() >= 110 {
            lines.push(word.to_owned());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}

fn page(kind: &Kind) -> String {
    let Kind { status, code, title, meaning, person, program } = kind;
    let reason = status.canonical_reason().unwrap();
    let mut page =
        format!("# {code}\n\n**{} {reason}** · {title}\n\n{}\n", status.as_u16(), wrapped(meaning));
    write!(page, "\n## What you do\n\n{}\n", wrapped(person)).unwrap();
    write!(page, "\n## What a program does\n\n{}\n", wrapped(program)).unwrap();
    page.push_str("\n## On the wire\n\n```http\n");
    write!(page, "HTTP/1.1 {} {reason}\nContent-Type: application/problem+json\n", status.as_u16()).unwrap();
    if [429, 503].contains(&status.as_u16()) {
        page.push_str("Retry-After: 1\n");
    }
    let request_id = "0199f3c2-7a10-7c3e-8b1d-5d3f6a2b9c01";
    write!(page, "X-Request-Id: {request_id}\n\n").unwrap();
    let status = status.as_u16();
    writeln!(page, "{{\"type\":\"urn:annals:problem:{code}\",\"title\":\"{title}\",\"status\":{status},")
        .unwrap();
    writeln!(page, " \"code\":\"{code}\",\"detail\":\"…\",\"request_id\":\"{request_id}\"}}\n```").unwrap();
    page.push_str("\n[All problems](README.md)\n");
    page
}

fn index() -> String {
    let mut index = String::from(
        "# Problems\n\n\
         Every error is an `application/problem+json` document (RFC 9457). `code` is stable and has a page here;\n\
         `type` is `urn:annals:problem:` and the code. `detail` says what went wrong this time, `errors` lists every\n\
         broken rule that was found, and `request_id` stands in the service's log too.\n\n\
         These pages are made from `backend/src/problem.rs`: `UPDATE=1 cargo test --test it problems`.\n\n\
         | Code | Status | What it is |\n|---|---|---|\n",
    );
    for Kind { status, code, title, .. } in KINDS {
        writeln!(index, "| [`{code}`]({code}.md) | {} | {title} |", status.as_u16()).unwrap();
    }
    index.push_str(
        "\n## Codes of fields\n\n\
         What `errors[].code` says of each place in the request (`errors[].pointer`):\n\n\
         | Code | Meaning |\n|---|---|\n",
    );
    for (code, meaning) in FIELD_CODES {
        writeln!(index, "| `{code}` | {meaning} |").unwrap();
    }
    index
}

fn pages() -> BTreeMap<String, String> {
    let pages = KINDS.iter().map(|kind| (format!("{}.md", kind.code), page(kind)));
    pages.chain([("README.md".to_owned(), index())]).collect()
}

/// Rewrites the committed pages when `UPDATE=1` is set.
#[test]
fn every_problem_has_its_page_and_no_page_is_left_over() {
    let pages = pages();
    #[expect(clippy::disallowed_methods, reason = "how this test is run is not a setting of the service")]
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::create_dir_all(folder()).unwrap();
        for entry in fs::read_dir(folder()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, page) in &pages {
            fs::write(folder().join(name), page).unwrap();
        }
    }

    let names =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let committed: BTreeMap<String, String> =
        names.map(|name| (name.clone(), fs::read_to_string(folder().join(name)).unwrap())).collect();
    let differing: Vec<&String> = pages
        .keys()
        .chain(committed.keys())
        .filter(|name| pages.get(*name) != committed.get(*name))
        .collect();
    assert!(differing.is_empty(), "{differing:?}: run `UPDATE=1 cargo test --test it problems`");
}

#[test]
fn codes_are_unique_and_everything_is_said() {
    let mut codes = BTreeSet::new();
    for kind in KINDS {
        assert!(codes.insert(kind.code), "{} comes twice", kind.code);
        assert!(
            kind.code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'),
            "{}",
            kind.code
        );
        assert!(kind.status.is_client_error() || kind.status.is_server_error(), "{}", kind.code);
        for text in [kind.meaning, kind.person, kind.program] {
            assert!(text.ends_with('.'), "{}: {text}", kind.code);
        }
    }
    assert!(FIELD_CODES.is_sorted(), "in the order of the alphabet, each once");
}
