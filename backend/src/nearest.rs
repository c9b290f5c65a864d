//! Which known name a misspelled one was probably meant to be.

/// How alike (Jaro-Winkler) two names must be for one to be taken for the other.
const SIMILARITY_MIN: f64 = 0.85;

/// The most similar of the known names, if any is similar enough.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(similarity, _)| *similarity > SIMILARITY_MIN)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// What to tell whoever sent a name that is not known: the one that was probably meant, or otherwise this.
pub(crate) fn instead<'a>(name: &str, known: impl IntoIterator<Item = &'a str>, otherwise: &str) -> String {
    nearest(name, known).map_or_else(|| otherwise.to_owned(), |known| format!("did you mean {known}?"))
}
