//! Fields of somebody else's JSON: what is missing, null or of another type is simply not there.

use serde_json::Value;

/// A string.
pub(super) fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

/// A whole number, also when it is written as a string.
pub(super) fn number(value: &Value, key: &str) -> Option<i64> {
    let value = value.get(key)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A moment in milliseconds since 1970; zero and less are none.
pub(super) fn moment(value: &Value, key: &str) -> Option<i64> {
    number(value, key).filter(|ms| *ms > 0)
}

/// Whether it is `true`.
pub(super) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// The elements of a list; none if it is not one.
pub(super) fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// An object.
pub(super) fn object<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|value| value.is_object())
}
