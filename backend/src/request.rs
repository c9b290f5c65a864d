//! Which request is being handled on this thread: its id stands in the answer and in every log line about it.

use std::cell::Cell;

use crate::id::{Id, Request};

thread_local! {
    /// Set around every poll of a request, and around the work that it sends to other threads.
    static CURRENT: Cell<Option<Id<Request>>> = const { Cell::new(None) };
}

/// The id of the request being handled on this thread, if any.
pub(crate) fn current() -> Option<Id<Request>> {
    CURRENT.get()
}

/// The same as a field of a log line, which is left out where there is no request.
pub(crate) fn field() -> Option<tracing::field::DisplayValue<Id<Request>>> {
    current().map(tracing::field::display)
}

/// Runs `work` as part of the request.
pub(crate) fn within<T>(id: Option<Id<Request>>, work: impl FnOnce() -> T) -> T {
    /// Also when `work` panics: the thread goes on with other requests.
    struct Restore(Option<Id<Request>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            CURRENT.set(self.0);
        }
    }
    let _restore = Restore(CURRENT.replace(id));
    work()
}
