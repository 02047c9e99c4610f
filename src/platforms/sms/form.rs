//! The form that a web hook posts: bounded, decoded strictly, and no field that matters twice.

use percent_encoding::percent_decode;

/// The largest body that is read, in bytes. Twilio's are some 2 kB.
pub(super) const MAX_BODY: usize = 64 * 1024;
/// The most fields that are read. Twilio sends some 30, and three more for each picture.
const MAX_FIELDS: usize = 200;

/// What is wrong with a request, for the log.
pub(super) type Fault = &'static str;

/// The decoded fields, in the order in which they came.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Decodes a body or query.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let parts = bytes.split(|byte| *byte == b'&');
        if parts.clone().count() > MAX_FIELDS {
            return Err("too many fields");
        }
        let mut fields = Vec::new();
        for part in parts.filter(|part| !part.is_empty()) {
            let (key, value) = match part.iter().position(|byte| *byte == b'=') {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &[][..]),
            };
            fields.push((decoded(key)?, decoded(value)?));
        }
        Ok(Self(fields))
    }

    /// All fields.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The one value of a field; a field that stands twice could be read either way, so it is not read at all.
    pub(super) fn one(&self, key: &str) -> Result<Option<&str>, Fault> {
        let mut values = self.0.iter().filter(|(name, _)| name == key);
        let first = values.next();
        if values.next().is_some() {
            return Err("a field stands twice");
        }
        Ok(first.map(|(_, value)| value.as_str()))
    }

    /// The one value of a field that must be there and say something.
    pub(super) fn needed(&self, key: &str) -> Result<&str, Fault> {
        let value = self.one(key)?;
        value
            .filter(|value| !value.is_empty())
            .ok_or("a field is missing")
    }
}

fn decoded(text: &[u8]) -> Result<String, Fault> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    // Most fields have nothing to decode.
    let bytes = if spaced.contains(&b'%') {
        percent_decode(&spaced).collect()
    } else {
        spaced
    };
    String::from_utf8(bytes).map_err(|_| "not UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_decoded_and_kept_in_order() {
        let form =
            Form::read(b"Body=2+vans+%26+%C3%B1+a%3Db=c&Empty=&Bare&&From=%2B16125550199").unwrap();
        assert_eq!(form.one("Body"), Ok(Some("2 vans & ñ a=b=c")));
        assert_eq!(form.one("From"), Ok(Some("+16125550199")));
        assert_eq!(form.one("Empty"), Ok(Some("")));
        assert_eq!(form.one("Bare"), Ok(Some("")));
        assert_eq!(form.one("bare"), Ok(None));
        assert_eq!(form.needed("Empty"), Err("a field is missing"));
        assert_eq!(form.fields().len(), 4);
    }

    #[test]
    fn what_is_not_text_or_too_much_is_refused() {
        assert!(Form::read(b"Body=%FF").is_err());
        assert!(Form::read(&[b'a', b'=', 0xff]).is_err());
        assert!(Form::read("a=1&".repeat(10_000).as_bytes()).is_err());
        let twice = Form::read(b"To=a&To=a").unwrap();
        assert_eq!(twice.one("To"), Err("a field stands twice"));
    }

    #[test]
    fn a_lone_percent_sign_stays() {
        let form = Form::read(b"Body=100%+%zz").unwrap();
        assert_eq!(form.one("Body"), Ok(Some("100% %zz")));
    }
}
