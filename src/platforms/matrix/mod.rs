//! Matrix rooms, by matrix-sdk.
