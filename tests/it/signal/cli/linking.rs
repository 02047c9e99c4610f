//! An account is linked to the real signal-cli by a picture that an independent decoder reads.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use super::{Desk, Said};
use crate::signal::world::{World, until};

/// What a phone's camera would make of a picture.
fn scanned(path: &Path) -> Option<String> {
    let file = fs::File::open(path).ok()?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .ok()?;
    let mut dots = vec![0; reader.output_buffer_size()?];
    // It may not be written to its end yet.
    let frame = reader.next_frame(&mut dots).ok()?;
    let (width, height) = (frame.width as usize, frame.height as usize);
    let mut image =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
    let grid = image.detect_grids().into_iter().next()?;
    Some(grid.decode().ok()?.1)
}

#[tokio::test]
async fn an_account_is_linked_by_a_picture() {
    let world = World::of_environment();
    let signal_cli = world.unlinked_daemon().await;
    let owner = world.user("The bot").await;
    // The mock takes no pictures of accounts.
    let desk = Desk::new(&signal_cli.socket, &owner.number, "");
    let tool = desk.command(&["signal", "link"]).spawn().unwrap();
    let code = desk.path("data/signal/link.png");
    let uri = until("the code is drawn", async || scanned(&code)).await;
    assert!(uri.starts_with("sgnl://linkdevice?"), "{uri}");
    assert_eq!(
        fs::metadata(&code).unwrap().permissions().mode() & 0o777,
        0o600
    );
    world.link(&owner, &uri).await;
    let output = tool.wait_with_output().await.unwrap();
    let said = Said {
        is_good: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(
        !code.exists(),
        "whoever reads the picture could link the account"
    );
    // The signal-cli of the tests is too old for Signal, and that is said.
    assert!(!said.is_good, "{}", said.all());
    said.has(&[
        "█",
        "Link a new device",
        &format!("Linked: {}", owner.number),
        "People see the account as \"Rapid response\"",
        "bad      signal-cli 0.13.19 is too old",
        "good     it leaves messages on the server",
        // The mock shows everybody the name that its own phone has.
        "good     people see it as \"",
    ]);
    let again = desk.says(&["signal", "link"]).await;
    again.has(&["has the account", "nothing to link"]);
    assert!(!again.out.contains('█'));
}
