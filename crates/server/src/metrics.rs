//! Figures for Prometheus.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

const SECONDS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.03, 0.1, 0.5, 2.0];

/// Notes one answered request.
pub fn request(method: &str, route: &str, status: u16, took: Duration) {
    if handle().is_none() {
        return;
    }
    let labels = [("method", method.to_owned()), ("route", route.to_owned())];
    metrics::counter!("crm_http_requests_total", "method" => method.to_owned(), "route" => route.to_owned(), "status" => status.to_string()).increment(1);
    metrics::histogram!("crm_http_request_seconds", &labels).record(took.as_secs_f64());
}

/// The page for the scraper.
pub fn page() -> String {
    handle().map(PrometheusHandle::render).unwrap_or_default()
}

fn handle() -> Option<&'static PrometheusHandle> {
    let install = || {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("crm_http_request_seconds".into()), &SECONDS)
            .ok()?;
        builder.install_recorder().ok()
    };
    HANDLE.get_or_init(install).as_ref()
}
