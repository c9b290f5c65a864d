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
    config::{Config, MetricsListen},
    error::{Error, Result},
    http, keyring,
    log::checkpoint,
    metrics, notices, observed, setup,
};

// From the signal to the end: five seconds in all.

/// For so long new connections are still taken, and told that the service is not ready: whoever spreads requests
/// over several nodes should hear of it before a connection is refused.
const NOTICE: Duration = Duration::from_millis(500);
/// Requests that wait for an append are told to come back after this.
const LAST_CALL_AFTER: Duration = Duration::from_millis(2_500);
/// How long the write queue may go on draining after the server has stopped.
const DRAIN_WITHIN: Duration = Duration::from_secs(1);

/// A service that has its port and its data, and has not answered anything yet.
#[derive(Debug)]
pub(crate) struct Bound {
    pub(crate) app: web::Data<App>,
    pub(crate) listener: TcpListener,
    metrics: Option<TcpListener>,
}

impl Bound {
    /// Takes the ports first: a second service should fail before it touches the data.
    pub(crate) fn on(listener: TcpListener, config: Config, clock: Clock) -> Result<Self> {
        let metrics = listen_for_metrics(config.metrics_listen()?)?;
        Ok(Self { app: web::Data::new(App::start(config, clock)?), listener, metrics })
    }
}

/// Listens where the settings say, or says why it cannot.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .map_err(|error| Error::Config(format!("listen: cannot listen on {address}: {error}")))
}

/// Listens for whoever collects metrics. The usual port may be another service's: that is no reason not to start.
fn listen_for_metrics(wanted: MetricsListen) -> Result<Option<TcpListener>> {
    let address = match wanted {
        MetricsListen::Off => return Ok(None),
        MetricsListen::Usual(address) | MetricsListen::Exactly(address) => address,
    };
    match TcpListener::bind(address) {
        Ok(listener) => Ok(Some(listener)),
        Err(error) if wanted == MetricsListen::Usual(address) => {
            tracing::warn!(%address, %error, "no metrics: set metrics_listen to a free address, or to off");
            Ok(None)
        }
        Err(error) => Err(Error::Config(format!("metrics_listen: cannot listen on {address}: {error}"))),
    }
}

/// Serves until SIGTERM or SIGINT, then stops: not ready any more, no new connections, requests in flight
/// finish, the queue drains.
pub(crate) async fn run(bound: Bound) -> Result<()> {
    let Bound { app, listener, metrics } = bound;
    // Before anybody is told that the service runs: a signal from then on must stop it in order.
    let signals = Signals::listen()?;
    // Answers until the end: how the queue drains is worth seeing.
    let metrics = metrics.map(|listener| serve_metrics(&app, listener)).transpose()?;
    let (preparing, address) = (app.clone(), listener.local_addr().ok());
    app.compute(move || setup::prepare(&preparing, address)).await??;
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "listening");
    }
    let http = http::serve(app.clone(), listener)?;
    let on_signal = tokio::spawn(stop_on_signal(signals, http.handle(), app.clone()));
    let keys = tokio::spawn(keyring::keep_fresh(app.clone()));
    let signing = tokio::spawn(checkpoint::run(app.clone()));
    let observer = observed::worker::spawn(app.clone().into_inner());
    let noticing = notices::worker::spawn(app.clone().into_inner());
    let served = http.await.map_err(|error| Error::Unavailable(format!("the server failed: {error}")));
    on_signal.abort();
    signing.abort();
    keys.abort();
    observer.abort();
    noticing.abort();
    app.end_waiting();

    let app: Arc<App> = app.into_inner();
    let drained = tokio::time::timeout(DRAIN_WITHIN, drain(Arc::clone(&app)));
    // Worth less than a stop in time.
    let noted = tokio::time::timeout(DRAIN_WITHIN, notices::worker::flush_all(&app));
    let (drained, noted) = tokio::join!(drained, noted);
    if drained.is_err() {
        tracing::error!("the write queue did not drain in time; what was not answered may be sent again");
    }
    if !matches!(noted, Ok(Ok(()))) {
        tracing::warn!("reads, refusals or last uses of keys not written");
    }
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    served
}

/// Serves the metrics beside everything else.
fn serve_metrics(app: &web::Data<App>, listener: TcpListener) -> Result<ServerHandle> {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(%address, "metrics");
    }
    let server = metrics::serve(app.clone(), listener)?;
    let handle = server.handle();
    tokio::spawn(server);
    Ok(handle)
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
    let stop = async {
        tokio::time::sleep(NOTICE).await;
        server.stop(true).await;
    };
    tokio::select! {
        () = stop => {}
        () = last_call => {}
    }
}

#[expect(clippy::disallowed_methods, reason = "joining the writer's threads blocks, once, at the very end")]
async fn drain(app: Arc<App>) {
    if tokio::task::spawn_blocking(move || app.writer.stop()).await.is_err() {
        tracing::error!("stopping the writer panicked");
    }
}
