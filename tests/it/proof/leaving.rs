//! Who left at the carrier, without a word to the bot, is left alone from the first refusal on.

use serde_json::json;

use super::world::{World, on_both};

const ROSA: &str = "+16125550111";
const OMAR: &str = "+16125550112";

/// An alert about that corner and its end; how often each was tried to be written to.
async fn alert(world: &World, corner: &str) -> [usize; 2] {
    let before = [world.tries(ROSA).await, world.tries(OMAR).await];
    let report = format!("4 agents in vests at {corner}, 2 black suvs");
    world.says("ana", "#whittier-1", &report).await;
    let card = world.heard_in("#verifiers");
    let (handle, _) = card.split_once(' ').expect("a card");
    for word in ["ok", "clear"] {
        world
            .says("vera", "#verifiers", &format!("{word} {handle}"))
            .await;
    }
    world.all_rooms();
    [
        world.tries(ROSA).await - before[0],
        world.tries(OMAR).await - before[1],
    ]
}

#[tokio::test]
async fn whom_the_provider_refuses_as_opted_out_is_never_tried_again() {
    on_both(async |world: &mut World| {
        world.answer(ROSA, "Whittier").await;
        world.answer(OMAR, "Whittier").await;
        let stopped = json!({ "from": world.ours, "to": ROSA });
        world.stand_in.tell("optout", &stopped).await;
        assert_eq!(
            alert(world, "Lake & Pillsbury").await,
            [1, 2],
            "the alert was refused with 21610, and its end not even tried"
        );
        assert_eq!(world.phone(OMAR).await.lines().count(), 2);
        assert_eq!(world.count("stops").await, 1);
        assert_eq!(world.count("subscribers").await, 1);
        assert_eq!(alert(world, "26th and Grand").await, [0, 2]);
        world.start_anew().await;
        assert_eq!(alert(world, "Lake and Blaisdell").await, [0, 2]);
        assert_eq!(world.phone(OMAR).await.lines().count(), 4);
        assert_eq!(world.answer(ROSA, "Whittier").await, "");
        assert_eq!(world.phone(ROSA).await, "");
    })
    .await;
}
