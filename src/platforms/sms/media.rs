//! Fetches what came with a message: only from where it may lie, and no more than it may be.

use reqwest::{
    Method, Response, Url,
    header::{CONTENT_TYPE, LOCATION},
};

use crate::platforms::sms::client::{Client, TwilioError, answer, judged, lost, unanswered};

/// The largest file that is fetched, in bytes; carriers pass on no more than this.
pub const MAX_MEDIA: usize = 5 * 1024 * 1024;

/// Where Twilio's API sends one to for the file itself.
const STORES: [&str; 3] = [
    "media.twiliocdn.com",
    "mms.twiliocdn.com",
    "s3-external-1.amazonaws.com",
];

/// A file that came with a message.
pub struct Fetched {
    /// Its type, as it was sent.
    pub content_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl Client {
    /// Fetches one thing that came with a message. The API may lead to a store once; our credentials do not go there.
    ///
    /// # Errors
    /// If it was refused, is too large, lies elsewhere, or there is no answer.
    pub async fn media(&self, sid: &str, media: &str) -> Result<Fetched, TwilioError> {
        let url = self.url(&format!("/Messages/{sid}/Media/{media}"));
        let first = self.request(Method::GET, &url);
        let sent = first.send().await.map_err(unanswered)?;
        if !sent.status().is_redirection() {
            return read(judged(sent).await?).await;
        }
        let store = self.store_of(&sent, &url)?;
        let there = self.http.get(store).timeout(self.limits.read);
        read(answer(there).await?).await
    }

    /// The address a redirect leads to, if it is one of those it may lead to.
    fn store_of(&self, answer: &Response, from: &str) -> Result<Url, TwilioError> {
        let to = answer
            .headers()
            .get(LOCATION)
            .and_then(|to| Url::parse(from).ok()?.join(to.to_str().ok()?).ok())
            .ok_or_else(|| lost("The redirect leads nowhere"))?;
        let base = Url::parse(&self.base).ok();
        let is_base = base
            .as_ref()
            .is_some_and(|base| base.origin() == to.origin());
        let is_store = to.scheme() == "https"
            && to.port().is_none()
            && to.host_str().is_some_and(|host| STORES.contains(&host));
        if is_base || is_store {
            Ok(to)
        } else {
            Err(lost("The redirect leads to a foreign place"))
        }
    }
}

async fn read(mut answer: Response) -> Result<Fetched, TwilioError> {
    let content_type = answer
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/octet-stream")
        .to_owned();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unanswered)? {
        if bytes.len() + chunk.len() > MAX_MEDIA {
            return Err(lost("The file is too large"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched {
        content_type,
        bytes,
    })
}
