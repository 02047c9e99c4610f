//! What is flagged, and what only looks like it.

use super::read;
use crate::domain::parse::Pii;

fn has(pii: Pii, texts: &[&str]) {
    for text in texts {
        assert!(read(text).flags.pii.contains(&pii), "{pii:?} in {text}");
    }
}

fn has_no_pii(texts: &[&str]) {
    for text in texts {
        assert!(
            read(text).flags.pii.is_empty(),
            "{:?} in {text}",
            read(text).flags
        );
    }
}

#[test]
fn names_of_private_persons_are_seen() {
    has(
        Pii::Name,
        &[
            "my name is tesfaye and I need help",
            "hi, this is Karen from the third floor, two agents at the door",
            "they took my neighbor Rodrigo at 38th and Cedar",
            "call Rosa if you can drive",
            "my cousin Nasteexo was detained this morning",
            "Mrs. Thao needs groceries",
            "Hola, soy Yolanda, necesito comida",
            "se llevaron a Juan de la esquina",
            "me llamo esteban y vivo aqui",
            "doña Lupe necesita medicina",
            "magacaygu waa Cawil, caawimaad baan u baahanahay",
            "waxaan ahay Hodan, albaabka ayay garaacayaan",
            "nin la yiraahdo Bashir ayay qabteen",
            "kuv hu ua Paj, kuv xav tau pab",
            "hu rau Mai tag kis",
            "Carlos Mendoza got picked up at work",
        ],
    );
}

#[test]
fn telephone_numbers_of_persons_are_seen() {
    has(
        Pii::Phone,
        &[
            "call me 612-555-0143",
            "text (651) 555-0101 for a ride",
            "mi cel es 612 555 0151",
            "soo wac 612.555.0171",
            "hu kuv 6515550198",
        ],
    );
}

#[test]
fn homes_of_persons_are_seen() {
    has(
        Pii::HomeAddress,
        &[
            "the agent lives at 3024 Knox Ave S",
            "he lives on Payne, 1145 Payne Ave",
            "come to my house 3412 Pillsbury Ave",
            "uno de ellos vive en 4148 23 avenida sur",
            "Mrs. Yang at 978 Edgerton needs wood",
        ],
    );
}

#[test]
fn what_is_not_private_is_left_alone() {
    has_no_pii(&[
        "ICE at Penn and Dowling, 3 cars",
        "agents knocking at 3740 23rd Ave S",
        "they are on the 1100 block of E 25th",
        "Hotline again: 1-800-555-0134, put it on your fridge",
        "call the law center 612-555-0100",
        "linea de apoyo: 612-555-0142",
        "Marion & University, masked men",
        "Emerson and 33rd, two agents",
        "mayor Jacob Frey spoke on the news",
        "I'm at Cub Foods, nobody here",
        "it's ICE, not MPD",
        "this is Lake and Nicollet right now",
        "call Xcel about the outage",
        "Vang's Auto on 27th fixed my window",
        "SALUTE Size 4 Activity parked Location Lake & Cedar Unit ICE Time 1230 Equipment Tahoe",
        "soy de la 38, hay agentes aqui",
        "waxaan ahay meesha, askar badan ayaa jooga",
        "THEY ARE HERE AT THE DOOR",
        "St. Thomas and Holy Rosary are open",
        "2 white guys in a Malibu, plate 4K",
    ]);
}

#[test]
fn threats_are_seen() {
    for text in [
        "someone should shoot those agents",
        "I'm gonna burn his house down, burn it down",
        "we need to beat them so they never come back",
        "put a brick through every one of those tahoes",
        "they deserve to die",
        "lets slash the tires of that van",
        "if I see that guy again I'm gonna break his jaw",
        "I hope somebody runs them off the road, all of them",
        "ojala alguien les meta plomo",
        "hay que quemarles los carros a la migra",
        "vamos a ponchar las llantas de los agentes",
        "kuwaas ha la dilo",
        "gubaan gawaaridooda, aan gubno",
        "cia peb mus hlawv lawv cov tsheb",
        "peb yuav tsum muab lawv tua",
    ] {
        assert!(read(text).flags.threat, "{text}");
    }
}

#[test]
fn what_sounds_violent_and_is_not_is_left_alone() {
    for text in [
        "ice on the sidewalk",
        "shoot me a text when you are there",
        "car alarm went off all night",
        "this cold is killing me",
        "great shot of the plates",
        "you guys are killing it",
        "let's hang signs on Saturday",
        "lets beat the traffic and leave early",
        "break a leg at the play tonight!",
        "they smashed the window and dragged him out",
        "agents shot someone at Lake and 4th",
        "they said they are gonna shoot",
        "I think they are going to break the door",
        "don't shoot, just film",
        "someone should burn a copy of that video",
        "he was beaten by agents",
        "gonna jump in the shower",
        "we should take out the trash",
        "los voy a matar de la risa",
        "este frio me esta matando",
        "le dispararon a un muchacho en la 34",
        "mataron a una persona ayer",
        "waxay dileen nin",
        "kev tua hluav taws",
    ] {
        assert!(!read(text).flags.threat, "{text}");
    }
}

#[test]
fn calls_to_interfere_are_seen_and_warnings_against_it_are_not() {
    for text in [
        "everyone come block the street so they cannot leave",
        "let's box them in at the light",
        "somebody follow that car",
        "surround them!",
        "bloqueen la calle, no los dejen salir",
        "siganlos",
        "xira waddada",
        "thaiv lawv kev",
    ] {
        assert!(read(text).flags.interference, "{text}");
    }
    for text in [
        "never block a vehicle",
        "please don't follow them",
        "they boxed in a van at 38th and Park",
        "two suvs blocking the alley",
        "a black tahoe is following the school bus",
        "no los sigan",
        "no bloqueen la calle",
        "observe, keep your distance, do not interfere",
        "tsis txhob raws lawv",
    ] {
        assert!(!read(text).flags.interference, "{text}");
    }
}
