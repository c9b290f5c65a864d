//! Serving until told to stop.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_web::{dev::ServerHandle, web};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    error::{Error, Result},
    http, observed, users,
};

// From the signal to the end: five seconds in all.

/// Requests that wait for an append are told to come back after this.
const LAST_CALL_AFTER: Duration = Duration::from_millis(2_500);
/// How long the write queue may go on draining after the server has stopped.
const DRAIN_WITHIN: Duration = Duration::from_secs(1);

/// A service that has its port and its data, and has not answered anything yet.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) app: web::Data<App>,
    pub(crate) listener: TcpListener,
}

impl Bound {
    /// Takes the port first: a second service should fail before it touches the data.
    pub(crate) fn on(listener: TcpListener, config: Config, clock: Clock) -> Result<Self> {
        Ok(Self { app: web::Data::new(App::start(config, clock)?), listener })
    }
}

/// Listens where the settings say, or says why it cannot.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .map_err(|error| Error::Config(format!("listen: cannot listen on {address}: {error}")))
}

/// Serves until SIGTERM or SIGINT, then stops: not ready any more, requests in flight finish, the queue
/// drains.
pub(crate) async fn run(bound: Bound) -> Result<()> {
    let Bound { app, listener } = bound;
    // Before anybody is told that the service runs: a signal from then on must stop it in order.
    let signals = Signals::listen()?;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    if !app.db.read("users.any", users::store::any).await? {
        tracing::warn!("nobody can sign in yet: make an account with `annals admin create-user`");
    }
    let http = http::serve(app.clone(), listener)?;
    let on_signal = tokio::spawn(stop_on_signal(signals, http.handle(), app.clone()));
    let observer = observed::worker::spawn(app.clone().into_inner());
    let served = http.await.map_err(|error| Error::Unavailable(format!("the server failed: {error}")));
    on_signal.abort();
    observer.abort();
    app.end_waiting();

    let app: Arc<App> = app.into_inner();
    let drained = tokio::time::timeout(DRAIN_WITHIN, drain(app)).await;
    if drained.is_err() {
        tracing::error!("the write queue did not drain in time; what was not answered may be sent again");
    }
    served
}

/// The signals that ask the service to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let on =
            |kind| signal(kind).map_err(|error| Error::Config(format!("cannot listen for signals: {error}")));
        Ok(Self { terminate: on(SignalKind::terminate())?, interrupt: on(SignalKind::interrupt())? })
    }
}

async fn stop_on_signal(mut signals: Signals, server: ServerHandle, app: web::Data<App>) {
    tokio::select! {
        _ = signals.terminate.recv() => {}
        _ = signals.interrupt.recv() => {}
    }
    tracing::info!("stopping");
    app.begin_stop();
    let last_call = async {
        tokio::time::sleep(LAST_CALL_AFTER).await;
        app.end_waiting();
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = server.stop(true) => {}
        () = last_call => {}
    }
}

#[expect(clippy::disallowed_methods, reason = "joining the writer's threads blocks, once, at the very end")]
async fn drain(app: Arc<App>) {
    if tokio::task::spawn_blocking(move || app.writer.stop()).await.is_err() {
        tracing::error!("stopping the writer panicked");
    }
}
