//! `crm serve`

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use identity::setup;

use crate::config::Config;
use crate::log::Log;
use crate::{cli, worker};
use kernel::db::Db;

/// How long requests in flight may take to end when the program is told to stop.
const GRACE: Duration = Duration::from_secs(8);

/// Serves until told to stop.
pub async fn run(config: Config, log: &Log) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let product = cli::open(&config).await?;
    if matches!(product.app.db, Db::Sqlite { .. }) {
        // Nobody else runs over this file: what a dead process held is free.
        kernel::jobs::release_leases(&product.app.db).await?;
    }
    let listening = worker::start_listening(&product);
    let workers = if config.workers {
        Some(worker::start(&product).await?)
    } else {
        None
    };
    let system = product.system().await?;
    tracing::info!("Context7 CRM is at {} ({})", config.public_url, product.app.db.dialect().name());
    if let Some(token) = setup::ensure_link(&system).await? {
        // To the terminal and not to the log: whoever reads it may become the administrator.
        eprintln!(
            "\n  No user yet. Open this link once to set up the organisation:\n  {}/setup?token={token}\n",
            config.public_url
        );
    }
    let service = product.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _ = stopped.await;
    });
    let serving = tokio::spawn(serving.into_future());
    tokio::select! {
        () = until_told_to_stop() => {}
        () = reload_when_told(&config, log) => {}
    }
    tracing::info!("stopping");
    let _ = stop.send(());
    // Live streams never end by themselves.
    product.live.end();
    drop(listening);
    let _ = tokio::time::timeout(GRACE, serving).await;
    drop(workers);
    Ok(())
}

/// On SIGHUP reads the settings anew: takes over what can change while it runs, and says what needs a restart. Returns never.
async fn reload_when_told(config: &Config, log: &Log) {
    let Ok(mut hangup) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else {
        return std::future::pending().await;
    };
    let mut running = config.clone();
    while hangup.recv().await.is_some() {
        let read = match Config::load() {
            Ok(read) => read,
            Err(error) => {
                tracing::error!("the settings stay as they are: {error:#}");
                continue;
            }
        };
        if read.log != running.log {
            match log.filter(&read.log) {
                Ok(()) => running.log.clone_from(&read.log),
                Err(error) => tracing::error!("log stays as it is: {error}"),
            }
        }
        let waiting = running.differences(&read);
        if waiting.is_empty() {
            tracing::info!("settings read anew");
        } else {
            tracing::warn!("settings read anew; these need a restart: {}", waiting.join(", "));
        }
    }
    std::future::pending().await
}

/// Waits for Ctrl-C or SIGTERM.
pub async fn until_told_to_stop() {
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
