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

#[test]
fn wishes_and_calls_for_violence_are_seen() {
    let wrong: Vec<&str> = [
        "somebody ought to put a brick through that windshield",
        "they deserve a bullet",
        "let's see how they like it when their tires get slashed",
        "wish someone would run them over",
        "time to burn it down",
        "i got a bat in my trunk and im not afraid",
        "make them bleed",
        "next one who knocks on my door gets a bat to the face",
        "if they come on my porch again they're leaving in a body bag",
        "those agents ought to be dragged behind a truck",
        "would love to see that hotel go up in flames",
        "can't wait to see one of those goons get shot",
        "my landlord needs his teeth knocked in",
        "I hope his house burns with him inside",
        "pray every one of them dies slow",
        "just shoot them already",
        "smash their headlights, slash their tires, whatever it takes",
        "who's down to torch some suvs tonight",
        "we oughta string em up from the lamp posts",
        "i'm this close to stabbing that guy",
        "i will kill whoever called ICE on my mom",
        "grab your rifles and meet at the hotel",
        "an eye for an eye, they shot one of ours so we shoot one of theirs",
        "cops like that should get hung",
        "somebody hit those agents with a truck",
        "throw bottles and rocks at the convoy when it comes by",
        "kick that snitch's teeth in",
        "que alguien les rompa los vidrios",
        "ojala los maten",
        "hay que quemarles las trocas",
        "se merecen un balazo en la cabeza",
        "a esos perros hay que darles plomo",
        "ojalá se les voltee la camioneta y se mueran",
        "voy a matar al que nos denunció",
        "pónchenles las llantas, que no salgan",
        "agarren piedras y tírenselas a los agentes",
        "yo si le parto la cara si lo veo",
        "ha la dilo",
        "askarta aan dhagax ku tuurno",
        "alla ha ka dhigo kuwo dhinta, ha la gubo gawaarida",
        "waan dili doonaa ninkaas",
        "cia peb tua lawv",
        "mus tsoo lawv cov tsheb",
        "kuv yuav tua nws",
        "kom lawv tuag tag nrho",
    ]
    .into_iter()
    .filter(|text| !read(text).flags.threat)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn everyday_words_reports_and_warnings_are_no_threats() {
    let wrong: Vec<&str> = [
        "this cold is killing me",
        "great shot of the plates, thank you",
        "shoot me a text when you get there",
        "we crushed it at the food drive",
        "fire up the grill, we're feeding everyone at 5",
        "bomb cyclone coming Thursday, stay home if you can",
        "kill the lights and stay away from the window",
        "killer deal on snow tires at the shop on Lake",
        "they threatened to shoot us if we didn't move",
        "agents pointed guns at two observers at 38th and Cedar",
        "agents shot pepper balls at people on Lake",
        "three of them broke a window on a white van and pulled him out",
        "they smashed his window and dragged him",
        "he got hit by a car on Franklin, ambulance is here",
        "ugh I burned my rice again",
        "knife sharpening at the hardware store Saturday 10-2",
        "on the news they said a protester was shot in Portland",
        "my grandfather was beaten by police in 1968",
        "no violence please, we are here to watch and film",
        "don't throw anything at them",
        "please nobody throw rocks at their cars",
        "nobody should hurt anyone, not even agents",
        "I hope no one gets shot tonight",
        "I'm scared someone is going to get shot",
        "hope the guy they beat up is ok",
        "agent said he was going to shoot the dog",
        "one agent yelled I will shoot you",
        "does anyone know if they shot him?",
        "should we be worried they will break the door?",
        "someone was stabbed at the light rail station last night",
        "my car got its tires slashed while parked on Bloomington",
        "who can help replace the windows they smashed?",
        "I need someone to jump my car, battery is dead",
        "let's hit the road by 6",
        "gonna kill some time at the library before the vigil",
        "need to hang posters and flyers, bring tape",
        "can somebody break a 20 for the laundromat",
        "the kids are going to bomb down the hill on sleds",
        "dead phone, sorry, I'll be back in a bit",
        "bring your drums, whistles and pans",
        "that soup was the bomb",
        "we have to beat them at their own game and keep showing up",
        "he has a gun on his hip and a rifle in the car",
        "I have a bat house and a bird feeder to give away",
        "they are ramming the door right now at 3120 Park",
        "an agent rammed a car at 42nd and Chicago",
        "swear to god there were ten of them on Lake",
        "we need to break it down into shifts",
        "someone should take pictures of that windshield sticker",
        "lead pipes: should we test the water? kids are drinking it",
        "vigil for the man who was killed by agents, 6pm",
        "hope they get what they need at the pantry",
        "she deserves a break and a hot meal",
        "the wind is going to knock them over, tie down the signs",
        "los agentes rompieron los vidrios de una troca",
        "los quieren matar de hambre en ese centro",
        "le dispararon gas a la gente en la Lake",
        "tengo miedo de que los golpeen",
        "no les tiren nada por favor",
        "no hay que golpear a nadie, solo graben",
        "voy a matar dos pájaros de un tiro",
        "ya maté la batería del celular jaja",
        "mataron a un joven en las noticias",
        "se me quemó el arroz",
        "alguien que sepa romper un candado de mi garage?",
        "vamos a quemar leña en el parque, traigan chocolate",
        "askartu waxay ku rideen gaas dadka",
        "wiil baa la dilay shalay sida wararka",
        "ha dilina, ha garaacina cidna",
        "gaajo ayaa i dilaysa",
        "tsis txhob ntaus lawv",
        "nag hmo lawv tua ib tug neeg hauv xov xwm",
        "lawv tsoo lub qhov rai tsheb",
        "mus tua duab nrog peb hnub Saturday",
        "kuv mob taub hau yuav tuag",
    ]
    .into_iter()
    .filter(|text| read(text).flags.threat)
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
