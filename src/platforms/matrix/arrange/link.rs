//! Links to Matrix rooms. Pure.

use matrix_sdk::ruma::{
    MatrixToUri, MatrixUri, OwnedRoomOrAliasId, OwnedServerName, RoomOrAliasId,
    matrix_uri::MatrixId,
};

/// What a link leads to, and through which homeservers: `https://matrix.to/#/…`, `matrix:…`, or an id or alias alone.
pub fn target(link: &str) -> Option<(OwnedRoomOrAliasId, Vec<OwnedServerName>)> {
    let link = link.trim();
    if let Ok(uri) = MatrixToUri::parse(link) {
        return Some((room(uri.id())?, uri.via().to_vec()));
    }
    if let Ok(uri) = MatrixUri::parse(link) {
        return Some((room(uri.id())?, uri.via().to_vec()));
    }
    Some((RoomOrAliasId::parse(link).ok()?, Vec::new()))
}

fn room(id: &MatrixId) -> Option<OwnedRoomOrAliasId> {
    match id {
        MatrixId::Room(id) => Some(id.clone().into()),
        MatrixId::RoomAlias(alias) => Some(alias.clone().into()),
        MatrixId::Event(room, _) => Some(room.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_links_to_a_room_lead_to_it() {
        for (link, id, via) in [
            ("https://matrix.to/#/!r:x?via=x&via=y.org", "!r:x", 2),
            ("https://matrix.to/#/%23lake:x", "#lake:x", 0),
            ("https://matrix.to/#/!r:x/$e?via=x", "!r:x", 1),
            ("matrix:r/lake:x", "#lake:x", 0),
            ("matrix:roomid/r:x?via=x&action=join", "!r:x", 1),
            (" #lake:x\n", "#lake:x", 0),
            ("!new", "!new", 0),
        ] {
            let (found, servers) = target(link).unwrap();
            assert_eq!((found.as_str(), servers.len()), (id, via), "{link}");
        }
    }

    #[test]
    fn other_links_lead_nowhere() {
        for link in [
            "",
            "https://matrix.to/#/@ana:x",
            "https://signal.group/#Cj",
            "matrix:u/ana:x",
            "lake",
        ] {
            assert_eq!(target(link), None, "{link}");
        }
    }
}
