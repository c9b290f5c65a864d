//! Words for the person at the terminal.

use std::io::Write;

/// A line on standard output.
pub(crate) fn say(text: &str) {
    // A reader that has gone away (`annals openapi | head`) is no failure of ours.
    drop(writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n')));
}

/// A line on standard error.
pub(crate) fn complain(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}
