//! What `tocsin check` asks of Twilio: is it there, and does it let us in.

use crate::{
    config::sms::TwilioConfig,
    platforms::sms::{
        client::{Client, Limits, TwilioError},
        errors,
    },
};

/// Tries the account: a sentence about what was found, or what is wrong and what to do.
///
/// # Errors
/// With that sentence.
pub async fn check(account: &TwilioConfig) -> Result<String, String> {
    let base = &account.api_base;
    let token = account
        .auth_tokens
        .first()
        .ok_or("There is no auth token")?;
    let client = Client::new(base, &account.account_sid, token, Limits::default())
        .map_err(|_| "Cannot make web requests on this machine".to_owned())?;
    match client.messages(None, None, 1).await {
        Ok(_) => Ok(format!("{base} lets the account in")),
        Err(TwilioError::NotSent(_)) => Err(format!(
            "Cannot reach {base}: is api_base in [sms.twilio] right, and is this machine online?"
        )),
        Err(TwilioError::Lost(_)) => Err(format!(
            "{base} gives no answer that can be read: is api_base in [sms.twilio] right?"
        )),
        Err(TwilioError::Refused { status, code, .. }) => {
            let remedy = errors::remedy_of(status, code);
            let advice = remedy.advice.unwrap_or("look the code up at the provider");
            Err(format!(
                "{base} refuses with HTTP status {status}, code {code}: {advice}"
            ))
        }
    }
}
