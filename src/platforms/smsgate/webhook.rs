//! What the phone posts to us: checked, committed, and only then answered.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    routing::post,
};
use tracing::{debug, warn};

use crate::platforms::{
    door,
    smsgate::{
        Gate,
        convert::Hook,
        signature::{self, Forged, SIGNATURE, TIMESTAMP},
    },
};

/// Where everything is posted, below the public address.
pub const PATH: &str = "/gate/sms";

/// The phone waits 5 s for a byte of the answer. Until then the message must be committed, or it has to be offered again.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a request may take to arrive: phones have slow uplinks.
const ARRIVAL: Duration = Duration::from_secs(30);
/// How much of it is read. Pictures come within the request, and carriers let some 3 MB of them through.
const MAX_BODY: usize = 6 << 20;

pub(super) fn routes(gate: &Arc<Gate>) -> Router {
    Router::new()
        .route(PATH, post(hook))
        .with_state(Arc::clone(gate))
}

async fn hook(State(gate): State<Arc<Gate>>, request: Request) -> StatusCode {
    let status = match gate.take(request).await {
        Ok(()) => return StatusCode::OK,
        Err(status) => status,
    };
    debug!(status = status.as_u16(), "a web hook was refused");
    status
}

impl Gate {
    async fn take(&self, request: Request) -> Result<(), StatusCode> {
        let (head, body) = request.into_parts();
        let one = |name| {
            let value = door::header(&head.headers, name).ok().flatten();
            value.ok_or(StatusCode::UNAUTHORIZED)
        };
        let seal = (one(SIGNATURE)?, one(TIMESTAMP)?);
        let body = door::arrived(body, MAX_BODY, ARRIVAL).await?;
        let now = self.clock.now();
        match signature::check(&self.config.signing_keys, &body, seal, now) {
            Ok(()) => {}
            Err(Forged::Signature) => {
                if self.standing.told.is_news("bad_signature", now) {
                    warn!(
                        "a web hook was not signed by the phone: if it is the phone's, check signing_key_file in [sms.gate]"
                    );
                }
                return Err(StatusCode::UNAUTHORIZED);
            }
            Err(Forged::Moment) => {
                if self.standing.told.is_news("bad_moment", now) {
                    warn!(
                        "a web hook was signed more than five minutes ago or ahead: check the clocks of the phone and this machine"
                    );
                }
                return Err(StatusCode::UNAUTHORIZED);
            }
        }
        let hook: Hook = serde_json::from_slice(&body).map_err(|_| StatusCode::BAD_REQUEST)?;
        let is_other = match (&self.config.device, &hook.device_id) {
            (Some(ours), Some(theirs)) => ours != theirs,
            _ => false,
        };
        if is_other {
            return Ok(());
        }
        let envelopes = self.ours().envelopes(hook, now);
        if envelopes.is_empty() {
            return Ok(());
        }
        self.door
            .take_in(envelopes, PATIENCE)
            .await
            .map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
    }
}
