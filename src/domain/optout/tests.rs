//! How people ask to be left alone, and what only sounds like it.

use std::{fs, path::Path};

use super::*;
use crate::domain::command::{self, Line, Setting, Verb, Wish};

const LEAVING: &[(&str, &str)] = &[
    (
        "en",
        "stop|STOP.|Stop!!!|stop please|Please stop|stop now|stop all|STOP STOP STOP|ok stop|stop texting me|Stop texting me!|\
         please stop texting me|Stop texting|stop messaging me please|stop sending me messages|stop sending me these alerts|\
         stop sending texts to my phone|stop sending alerts|stop contacting me|stop bothering me|stop spamming me|stop the texts|\
         stop these messages|stop all alerts|stop messages|stop alerts please|can you stop texting me|could you please stop|\
         would you please stop sending me texts|I said stop|I told you to stop texting me|stop calling this number|\
         don't text me|don’t text me anymore|dont text me again|do not text me|do not contact me|Do not contact me again.|\
         never text me again|don't send me any more messages|dont send me anything|please don't message me anymore|\
         don't write to me anymore|do not text this number|I don't want these messages|I don't want any more texts|\
         i dont want to get these alerts anymore|i no longer want to receive messages|I do not wish to receive these texts|\
         i dont want alerts from you|i don't need these anymore|we don't want messages|no more messages|no more texts please|\
         No more alerts!|no messages please|enough messages|take me off|please take me off your list|take me off this list|\
         take me off the alert list|remove me|remove me from your list|Please remove me from this list immediately|\
         remove my number|please remove my number from your system|delete my number|take my name off your list|remove this number|\
         lose my number|get me off this list|i want off this list|I want to be removed|i want to unsubscribe|I would like to unsubscribe|\
         i'd like to opt out|i need to opt out|opt out|opt me out|I want to stop getting these texts|unsubscribe me|\
         please unsubscribe me from this|unsuscribe|Unsubscribe please|unsubscribe my number|how do i unsubscribe|how do I stop these texts?|\
         how can i get off this list|cancel my subscription|cancel alerts|please cancel my alerts|end subscription|\
         turn off alerts|turn the alerts off|turn these off|leave me alone|leave me alone please|wrong number|you have the wrong number|\
         Sorry, wrong number|not interested|I'm not interested|i revoke my consent|you don't have permission to text me|\
         I never signed up for this|i didn't sign up for these messages|too many messages|I'm done|quit texting me|quit sending me stuff|\
         cease texting me|stop notifying me|stop blowing up my phone|make these texts stop|do not text|no more text messages|\
         please no more notifications|remove me please and thank you|hi please stop texting me thanks|stop sending me this crap",
    ),
    (
        "es",
        "alto|ALTO!|Alto por favor|parar|baja|salir|quítame|quitame por favor|Quíteme de la lista|quitenme de su lista|\
         sáquenme de la lista|sáqueme de esta lista por favor|bórrenme|bórreme de su sistema|elimíneme|elimine mi número|\
         borren mi numero de la lista|quiten mi número|ya no me manden mensajes|no me manden más mensajes|no me mande mensajes|\
         no me manden nada|no me escriban|no me escriban más|ya no me escriban por favor|no me molesten|no me molesten más|\
         no me envíen alertas|no me envien mas textos|no me texteen|no me llamen|no quiero mensajes|no quiero más mensajes|\
         ya no quiero recibir mensajes|no quiero recibir alertas|no deseo recibir más mensajes|no quiero que me manden mensajes|\
         ya no quiero alertas|no quiero estar en la lista|no quiero seguir recibiendo mensajes|dejen de escribirme|\
         dejen de mandarme mensajes|deje de molestarme|dejen de enviar mensajes|paren los mensajes|paren de mandarme mensajes|\
         pare de mandarme textos|déjenme en paz|dejeme en paz por favor|quiero darme de baja|dame de baja|denme de baja por favor|\
         darme de baja|quiero salir|quiero salir de la lista|quiero cancelar|cancelar alertas|cancelar suscripción|cancelen mi suscripcion|\
         cancele mis alertas|me quiero dar de baja|como me doy de baja|¿Cómo me salgo de esto?|cómo cancelo estas alertas|no más mensajes|\
         no más|basta|basta de mensajes|ya basta|número equivocado|tiene el número equivocado|se equivocó de número|no me interesa|\
         ya no me interesa|no estoy interesado|desactivar alertas|apague las alertas|detengan los mensajes|desuscribir|desuscribirme|\
         hola, ya no me manden mensajes, gracias|disculpe, no me escriba más",
    ),
    (
        "so",
        "jooji|JOOJI|Jooji fadlan|ha ii soo dirin|ha ii soo dirin fariin|ha ii soo dirin fariimo dambe|fadlan ha ii soo dirin|\
         ha ii soo dirina digniin|ha isoo dirin|ha noo soo dirin fariimo|fariin ha ii soo dirin|ha ii qorin|ha i soo wicin|\
         ha ila soo xiriirin|ha isoo wicin|jooji fariimaha|jooji digniinta|fariimaha jooji|digniinta iga jooji|iga jooji|\
         iga jooji fariimaha|iga saar liiska|fadlan iga saar liiska|liiska iga saar|iga tirtir liiska|iga bixi kooxda|\
         lambarkayga tirtir|nambarkayga ka saar liiska|ka saar lambarkayga|ma rabo fariin|ma rabo digniin|fariin ma rabo|\
         ma doonayo fariimo|ma rabo wax dambe|ma rabo inaad ii soo dirtaan fariin|waan ka baxayaa|waxaan rabaa inaan ka baxo|\
         waxaan rabaa inaan joojiyo fariimaha|i daa|iga tag|nambar khalad|waa nambar qaldan|lambar khaldan|sidee uga baxaa|\
         waxaan joojinayaa fariimaha|igu filan fariimaha",
    ),
    (
        "hmn",
        "txhob xa ntawv rau kuv|thov txhob xa ntawv rau kuv|txhob xa rau kuv|txhob xa ntawv tuaj rau kuv lawm|\
         txhob xa xov rau kuv ntxiv|tsis txhob xa ntawv rau kuv|tsis txhob xa lus rau kuv lawm|txhob text kuv|txhob sau ntawv rau kuv|\
         txhob hu kuv|txhob thab kuv|tsis txhob thab kuv|nres|tsum|tseg|nres xa ntawv|tsum xa ntawv rau kuv|tseg cov ntawv|\
         kuv tsis xav tau ntawv|kuv tsis xav tau cov ntawv ntxiv|kuv tsis kam txais ntawv|tsis xav tau ntawv|kuv tsis xav tau lawm|\
         tshem kuv tawm|thov tshem kuv tawm ntawm daim ntawv|tshem kuv tawm hauv list|muab kuv tshem tawm|rho kuv tawm|\
         rho kuv lub npe tawm|tshem kuv tus xov tooj|lwv kuv tus xov tooj|lwv kuv lub npe|kuv xav tawm|kuv tawm|yuam kev|\
         koj xa yuam kev|tso kuv tseg|cia kuv nyob|ua li cas kuv tawm tau|txaus ntawv lawm",
    ),
];

const STAYING: &[&str] = &[
    // What is seen, and holds such a word.
    "stop sign at Lake",
    "they told us to stop",
    "STOP this",
    "Stop this",
    "stop them",
    "stop it",
    "ICE won't stop texting drivers",
    "cancel the meeting on K7",
    "no more agents here",
    "unsubscribe them from power",
    "bus stop at Lake and Chicago, 3 agents",
    "agents at the bus stop",
    "traffic stop at 26th & Bloomington",
    "they stop every car on Lake",
    "vehicle stop, 2 SUVs",
    "stop 3 agents at Lake & Pillsbury",
    "Stop! 4 agents at the door",
    "stop the car",
    "stop the van at Lake",
    "stop the deportations",
    "stop ICE",
    "ICE stop",
    "stop at Lake",
    "stop by the office",
    "next stop Franklin",
    "can't stop crying",
    "can you stop by tonight",
    "they would not stop knocking",
    "agents said stop recording",
    "he told me to stop filming",
    "stop filming they said",
    "stop following them",
    "stop and frisk on Nicollet",
    "they end the raid",
    "the end",
    "end of the block, 2 vans",
    "north end of the park",
    "end of shift",
    "at the end of Lake",
    "quit",
    "they quit the area",
    "quit lying",
    "cancel",
    "cancel the shift",
    "cancel K7",
    "cancel my ride",
    "the event was cancelled",
    "help they are taking me",
    "get me out",
    "get us out of here",
    "let me out",
    "take me home",
    "they take me",
    "they want to remove me",
    "they will remove me from the country",
    "remove my plates",
    "remove the barricade",
    "remove K7",
    "delete K7",
    "leave now",
    "they leave me alone now",
    "he yelled leave me alone",
    "leave the area",
    "agents leave",
    "agents left, leave it",
    "wrong corner",
    "wrong street, it is Lake",
    "the wrong number of agents, it is 4",
    "not interested in going",
    "no more cars",
    "no more ICE at Lake",
    "no agents here",
    "no alerts today?",
    "any alerts?",
    "no more than 3 agents",
    "no messages from my brother since he was taken",
    "too many agents",
    "too many cars to count",
    "enough of them",
    "don't text them",
    "don't text the landlord",
    "don't send anyone",
    "dont go to Lake",
    "do not go there",
    "do not open the door",
    "don't open",
    "i don't want to go",
    "i don't want them here",
    "I don't want to get arrested",
    "i want to report",
    "i want to help",
    "i want alerts",
    "i want more messages",
    "send me messages",
    "text me",
    "text me when it's over",
    "keep texting me",
    "turn off Lake onto 31st",
    "they turned off the lights",
    "turn off your phone",
    "they blocked my car",
    "block of Lake and 31st",
    "i never signed anything",
    "they made her sign, she never signed up",
    "I'm done at the store",
    "opt",
    "how do i sign up",
    "how do i report",
    "how can i help",
    "unsubscribed drivers at Lake",
    "agents texting on their phones",
    "texting from the bus stop: 2 vans",
    "my number is 612",
    "what is this",
    "who is this",
    "yes",
    "no",
    "ok",
    "thanks",
    "please",
    "please help",
    "hi",
    "now",
    "K7 stop sign side",
    "K7 they stopped",
    "+1 K7",
    "no K7 only police",
    "clear K7",
    "55408",
    "Whittier",
    "alerts off",
    "pause 8h",
    "forget me",
    "",
    "...",
    "🛑",
    "a stop b",
    "stopped",
    "nonstop helicopters",
    "stop light at Lake & Hiawatha, 5 agents in vests",
    "They stop. They get out. 4 agents",
    // Español.
    "alto en Lake, 3 agentes",
    "un señor alto con chaleco",
    "agente alto y otro bajo",
    "alto ahi",
    "hicieron alto en la 26",
    "salir de la casa no es seguro",
    "no puedo salir",
    "no podemos salir de la casa",
    "quieren salir de la camioneta",
    "van a salir",
    "acaban de salir",
    "la baja velocidad",
    "baja de la camioneta",
    "se baja un agente",
    "parar carros en Lake",
    "están parando carros",
    "paren el carro",
    "pararon a un señor",
    "no hay más agentes",
    "no más agentes aqui",
    "ya no hay nadie",
    "ya no están",
    "ya se fueron",
    "no quiero salir",
    "no quiero ir",
    "no quiero que se lo lleven",
    "no me dejan salir",
    "no me dejan en paz los agentes",
    "sáquenme de aquí",
    "saquenme",
    "quieren sacarme de la casa",
    "me quieren llevar",
    "me sacaron de la lista de espera en el hospital",
    "dejen de mandar agentes",
    "dejaron de tocar",
    "déjenlo en paz",
    "quiten los carros",
    "cancelar la reunion",
    "cancelaron la junta",
    "no me manden a la migra",
    "no abran",
    "número de agentes: 4",
    "basta de migra en Lake",
    "mande ayuda",
    "manden ayuda",
    "quiero alertas",
    "quiero mensajes",
    // Soomaali.
    "waxay joojiyeen gaari",
    "gaari ayay joojiyeen Lake",
    "jooji gaariga",
    "laantu way joojinaysaa dadka",
    "ha furin albaabka",
    "ha bixin guriga",
    "ma rabo inaan baxo",
    "way baxeen",
    "ka bax guriga",
    "iga caawi",
    "i caawi",
    "laba gaari ayaa jooga",
    "soo dir caawimaad",
    "ii soo dir digniin",
    "waxaan rabaa digniin",
    "lambarka gaariga",
    // Hmoob.
    "lawv nres tsheb",
    "nres tsheb ntawm Lake",
    "lawv tawm lawm",
    "tawm hauv tsev",
    "txhob qhib qhov rooj",
    "txhob tawm mus",
    "lawv tuaj lawm",
    "xa ntawv rau kuv",
    "kuv xav tau ntawv",
    "pab kuv",
    "tshem lub tsheb",
    "plaub tug tub ceev xwm",
];

#[test]
fn any_reasonable_wording_is_understood() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for (language, texts) in LEAVING {
        for text in texts.split('|') {
            count += 1;
            if asks_to_leave(text) != Some(Leaving::Whole) {
                wrong.push(format!("{language}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 150, "{count}");
}

#[test]
fn what_only_sounds_like_it_is_no_wish_to_leave() {
    // Alone, the carriers' words are such a wish (PRODUCT); they stand in the list beside their other uses.
    let is_carriers = |text: &str| ["quit", "cancel"].contains(&text);
    let wrong: Vec<_> = STAYING
        .iter()
        .filter(|text| !is_carriers(text) && asks_to_leave(text).is_some())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(STAYING.len() >= 150, "{}", STAYING.len());
}

#[test]
fn in_a_longer_message_a_clear_sentence_counts_in_part() {
    for text in [
        "Please stop texting me. This is my work phone.",
        "I moved to Duluth. Take me off your list",
        "hola! ya no me manden mensajes. no vivo ahi",
        "Stop texting me! 3 agents at Lake",
    ] {
        assert_eq!(asks_to_leave(text), Some(Leaving::Partly), "{text}");
    }
    for text in [
        "Stop. 3 agents at Lake",
        "They yelled stop. I quit. Then they left.",
        "stop texting me there are agents outside",
    ] {
        assert_eq!(asks_to_leave(text), None, "{text}");
    }
}

#[test]
fn every_line_of_the_file_is_read() {
    let phrases: usize = PHRASES.iter().map(|language| language.phrases.len()).sum();
    assert_eq!(
        PHRASES.len(),
        5,
        "four languages, and what holds in every one"
    );
    assert!(phrases > 200, "{phrases}");
    for part in PHRASES
        .iter()
        .flat_map(|language| &language.phrases)
        .flat_map(|phrase| &phrase.parts)
    {
        for word in part.choices.iter().flatten() {
            assert_eq!(
                words(word),
                std::slice::from_ref(word),
                "a word or set is not written as it is read"
            );
        }
    }
}

/// Every message of the corpora, with its kind.
fn messages() -> Vec<(String, String)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut found = Vec::new();
    for folder in ["corpus", "unseen"] {
        for file in fs::read_dir(data.join(folder)).unwrap().flatten() {
            let text = fs::read_to_string(file.path()).unwrap();
            match file.path().extension().and_then(|ending| ending.to_str()) {
                Some("jsonl") => found.extend(text.lines().map(|line| {
                    let line: serde_json::Value = serde_json::from_str(line).unwrap();
                    let kind = line["gold"]["kind"].as_str().unwrap_or_default();
                    (kind.to_owned(), line["text"].as_str().unwrap().to_owned())
                })),
                Some("tsv") => found.extend(text.lines().filter_map(|line| {
                    let (kind, rest) = line.split_once('\t')?;
                    Some((kind.to_owned(), rest.split_once('\t')?.1.to_owned()))
                })),
                _ => {}
            }
        }
    }
    found
}

#[test]
fn of_thousands_of_messages_none_is_taken_for_a_wish_by_mistake() {
    let messages = messages();
    assert!(messages.len() > 4_000, "{}", messages.len());
    let mut wrong = Vec::new();
    for (kind, text) in messages {
        if asks_to_leave(&text).is_some() && command::carrier_word(&text).is_none() {
            wrong.push(format!("{kind} left: {text}"));
        }
        let setting = Setting {
            is_direct: true,
            answers: None,
            is_open: &|_| false,
        };
        // A question that begins with "where" or "who" is looked up: no report.
        if let Line::Command {
            verb: Verb::Own(wish),
            ..
        } = command::parse(&text, setting)
            && (!matches!(wish, Wish::Where | Wish::Who) || kind != "question")
        {
            wrong.push(format!("{kind} wished {wish:?}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,200}") {
        let _ = asks_to_leave(&text);
    }
}
