//! `crm serve`

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use identity::setup;

use crate::config::Config;
use crate::{cli, worker};
use kernel::db::Db;

/// How long requests in flight may take to end when the program is told to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until told to stop.
pub async fn run(config: Config) -> anyhow::Result<()> {
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
    until_told_to_stop().await;
    tracing::info!("stopping");
    let _ = stop.send(());
    // Live streams never end by themselves.
    drop(listening);
    let _ = tokio::time::timeout(GRACE, serving).await;
    drop(workers);
    Ok(())
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
