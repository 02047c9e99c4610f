//! From an incident to those who must hear: which rooms, with which precision, no room twice.
