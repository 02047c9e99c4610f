//! The web server: health, readiness, metrics, and the routes that platforms bring. Loopback unless config says otherwise.

use std::{net::SocketAddr, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::net::TcpListener;

use crate::app::App;

pub mod door;
mod page;
mod poster;

/// A server that has its port but does not serve yet.
pub struct Web {
    listener: TcpListener,
    /// The address it got.
    pub address: SocketAddr,
}

impl Web {
    /// Takes the port; 0 takes any free one.
    ///
    /// # Errors
    /// If the port is taken or not allowed.
    pub async fn bind(address: SocketAddr) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!(
                "Cannot listen on {address}: another program has this port, or it is not allowed. \
                 Set [web] listen in tocsin.toml, or give --listen with another port"
            )
        })?;
        let address = listener.local_addr().context("Cannot tell the address")?;
        Ok(Self { listener, address })
    }

    /// Serves until `stop`.
    ///
    /// # Errors
    /// If the server breaks.
    pub async fn serve(
        self,
        app: Arc<App>,
        routes: Router,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let router = Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(Arc::clone(&app))
            .merge(door::routes(app))
            .merge(routes);
        axum::serve(self.listener, router)
            .with_graceful_shutdown(stop)
            .await
            .context("The web server broke")
    }
}

/// 200 when the store answers and every platform is reachable, else 503 with what is not.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let missing = app.not_ready().await;
    if missing.is_empty() {
        (StatusCode::OK, "ready\n").into_response()
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("not ready: {}\n", missing.join(", ")),
        )
            .into_response()
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response {
    let kind = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (kind, app.metrics_text().await).into_response()
}
