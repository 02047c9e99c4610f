//! Has the provider forget a message: its files, then itself. Asking twice is harmless, and what is gone is done.

use std::time::Duration;

use crate::platforms::{
    PerformError, Receipt, Retry,
    sms::{
        Twilio,
        client::TwilioError,
        errors::{self, Stops},
        message::is_sid,
        send::{held, told},
    },
};

impl Twilio {
    /// Has the provider forget a message.
    pub(super) async fn erase(&self, sid: &str) -> Result<Receipt, PerformError> {
        if !is_sid(sid) {
            return Err(PerformError::new("bad_id", Retry::Never));
        }
        let now = self.clock.now();
        if let Some(hold) = self.standing.stands_still(now) {
            return Err(held(hold, now));
        }
        self.erase_media(sid).await?;
        match self.client.delete(sid).await {
            Err(error) if is_final(&error) => {
                // It may not be deleted; its text at least can be emptied.
                self.done(self.client.redact(sid).await)?;
            }
            deleted => self.done(deleted)?,
        }
        self.standing.worked(None);
        Ok(Receipt::default())
    }

    async fn erase_media(&self, sid: &str) -> Result<(), PerformError> {
        // Numbers of plain texts begin so: no files came with them.
        if sid.starts_with("SM") {
            return Ok(());
        }
        let files = match self.client.media_of(sid).await {
            Ok(files) => files,
            Err(error) => {
                return self.done(Err(error));
            }
        };
        for file in files.iter().filter(|file| is_sid(&file.sid)) {
            self.done(self.client.delete_media(sid, &file.sid).await)?;
        }
        Ok(())
    }

    /// Whether a step is done: gone before is done, too.
    fn done(&self, step: Result<(), TwilioError>) -> Result<(), PerformError> {
        let (status, code, retry_after) = match step {
            Ok(()) | Err(TwilioError::Refused { status: 404, .. }) => return Ok(()),
            Err(TwilioError::NotSent(source)) => {
                self.standing.is_away(self.clock.now());
                return Err(again(source.into()));
            }
            Err(TwilioError::Lost(source)) => return Err(again(source)),
            Err(TwilioError::Refused {
                status,
                code,
                retry_after,
            }) => (status, code, retry_after),
        };
        let source = told(status, code);
        if code == errors::TOO_EARLY || status == 409 {
            return Err(PerformError {
                source: Some(source),
                ..PerformError::new("too_early", Retry::Later(Some(self.waits.too_early)))
            });
        }
        let remedy = errors::remedy_of(status, code);
        if remedy.stops == Stops::Whole {
            self.standing.refused(remedy, None, self.clock.now());
        }
        Err(errors::refused(remedy, retry_after, source))
    }
}

/// Whether deleting will not work later either.
fn is_final(error: &TwilioError) -> bool {
    match error {
        TwilioError::Refused {
            status: 404 | 409, ..
        } => false,
        TwilioError::Refused { status, code, .. } => {
            *code != errors::TOO_EARLY && errors::remedy_of(*status, *code).again.is_none()
        }
        TwilioError::NotSent(_) | TwilioError::Lost(_) => false,
    }
}

/// Nothing can be doubtful here: deleting what is gone is done.
fn again(source: anyhow::Error) -> PerformError {
    PerformError {
        source: Some(source),
        ..PerformError::new("unreachable", Retry::Later(Some(Duration::from_secs(30))))
    }
}
