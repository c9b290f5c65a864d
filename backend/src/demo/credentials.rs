//! The demo's password and keys: made once, kept beside its data, printed at every start.

use std::{collections::BTreeMap, fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::{
    cli::say,
    error::{Error, Result},
    keyring,
};

pub(super) const ADMIN: &str = "admin@acme.example";
pub(super) const AUDITOR: &str = "auditor@acme.example";
pub(super) const MEMBER: &str = "member@acme.example";
pub(super) const OPERATOR: &str = "operator@annals.example";

const FILE: &str = "demo-credentials.json";
/// Words of a password that people can read from a terminal: 5 of 64 are 30 bits, for made-up data.
const SYLLABLES: [&str; 64] = [
    "amber", "anchor", "apple", "arrow", "aspen", "atlas", "autumn", "badge", "basil", "beacon", "birch",
    "bishop", "breeze", "bridge", "bronze", "cabin", "candle", "canyon", "cedar", "cherry", "cinder",
    "clover", "cobalt", "copper", "coral", "cotton", "crystal", "dawn", "delta", "desert", "ember", "falcon",
    "fern", "flint", "forest", "garnet", "ginger", "glacier", "granite", "hamlet", "hazel", "heron",
    "indigo", "island", "ivory", "jasper", "juniper", "kestrel", "lagoon", "lantern", "laurel", "lemon",
    "linen", "lotus", "maple", "marble", "meadow", "mint", "nectar", "nickel", "oasis", "olive", "onyx",
    "opal",
];

/// What gets one in.
pub(super) struct Credentials {
    password: SecretString,
    /// By organization: the key that writes and the key that reads.
    keys: BTreeMap<String, [String; 2]>,
}

#[derive(Serialize, Deserialize)]
struct File {
    password: String,
    keys: BTreeMap<String, [String; 2]>,
}

impl Credentials {
    pub(super) fn random() -> Result<Self> {
        let mut bytes = [0_u8; 5];
        keyring::random(&mut bytes)?;
        let words: Vec<&str> = bytes
            .iter()
            .filter_map(|byte| SYLLABLES.get(usize::from(*byte) % SYLLABLES.len()).copied())
            .collect();
        Ok(Self { password: words.join("-").into(), keys: BTreeMap::new() })
    }

    pub(super) fn add_keys(&mut self, slug: &str, keys: [String; 2]) {
        self.keys.insert(slug.to_owned(), keys);
    }

    pub(super) const fn password(&self) -> &SecretString {
        &self.password
    }

    /// Those of an earlier run.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        if !path.exists() {
            return Ok(None);
        }
        let unreadable =
            |error: &dyn std::fmt::Display| Error::Config(format!("cannot read {}: {error}", path.display()));
        let text = fs::read_to_string(&path).map_err(|error| unreadable(&error))?;
        let file: File = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
        Ok(Some(Self { password: file.password.into(), keys: file.keys }))
    }

    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let file = File { password: self.password.expose_secret().to_owned(), keys: self.keys.clone() };
        let text = serde_json::to_string_pretty(&file).map_err(|error| Error::Bug(error.to_string()))?;
        write_private(&folder.join(FILE), &text)
    }

    /// For scripts: everything about the first organization.
    pub(super) fn write_env(&self, path: &Path, url: &str) -> Result<()> {
        let [writing, reading] = self.keys_of("acme");
        let text = format!(
            "ANNALS_URL={url}\nANNALS_ORG=acme\nANNALS_ADMIN_EMAIL={ADMIN}\nANNALS_ADMIN_PASSWORD={password}\n\
             ANNALS_API_KEY={writing}\nANNALS_READ_KEY={reading}\nANNALS_AUDITOR_EMAIL={AUDITOR}\n\
             ANNALS_MEMBER_EMAIL={MEMBER}\nANNALS_OPERATOR_EMAIL={OPERATOR}\n",
            password = self.password.expose_secret(),
        );
        // Readers wait for the file: it must not be seen half written.
        let partial = path.with_extension("partial");
        write_private(&partial, &text)?;
        fs::rename(&partial, path)
            .map_err(|error| Error::Config(format!("cannot write {}: {error}", path.display())))
    }

    pub(super) fn print(&self, url: &str, is_reachable_from_outside: bool) {
        let password = self.password.expose_secret();
        let [writing, reading] = self.keys_of("acme");
        let outside = if is_reachable_from_outside {
            "  (also at this machine's other addresses; plain http, for trying out only)"
        } else {
            ""
        };
        say(&format!(
            r#"
Annals is running: {url}{outside}

  Sign in             {ADMIN}   {password}     both organizations
                      {AUDITOR} {password}     reads Acme's log
                      {MEMBER}  {password}     may not see it
                      {OPERATOR} {password}  runs the service

  Post an event       curl -s {url}/v1/orgs/acme/events \
                        -H 'Authorization: Bearer {writing}' -H 'Content-Type: application/json' \
                        -d '{{"action":"user.invited","actor":{{"type":"user","id":"u_9","name":"Ada Byron","email":"ada@example.com"}},"targets":[{{"type":"user","name":"Bob"}}]}}'
  List the newest     curl -s '{url}/v1/orgs/acme/events?limit=3' -H 'Authorization: Bearer {reading}'
  Follow the log      from=0; while page=$(curl -sf "{url}/v1/orgs/acme/events/tail?from=$from&wait=20" -H 'Authorization: Bearer {reading}'); do echo "$page"; from=$(echo "$page" | grep -o '"next_from":[0-9]*' | tail -1 | cut -d: -f2); done

Stop with Ctrl-C. The data stays for the next run.
"#
        ));
    }

    fn keys_of(&self, slug: &str) -> [&str; 2] {
        self.keys.get(slug).map_or([""; 2], |keys| keys.each_ref().map(String::as_str))
    }
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Error::Config(format!("cannot write {}: {error}", path.display())))
}
