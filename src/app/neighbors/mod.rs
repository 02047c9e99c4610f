//! Talk with one person: what is asked of them and what they answer, joining and leaving, what they wish for themselves.
//!
//! Who may subscribe is asked of the platform's `Capabilities`, never of its name: the playground's phones and the tests' are
//! spoken with by the same code as real ones.

mod asking;
mod joining;
mod leaving;
mod news;
mod wishing;

pub use self::{
    asking::{acknowledge, answers, received},
    leaving::{cut_off, has_stopped, heed},
    wishing::{is_report_after_all, wished},
};
use crate::{
    app::{App, author::Author, reporting::Said, turn::Turn},
    domain::{
        command,
        directory::Purpose,
        effect::{Act, Urgency},
        ids::AreaId,
        parse::Parsed,
        prompt::Prompt,
        report::Kind,
    },
    platforms::Capabilities,
    store::SubscriberRow,
};

/// At most this many choices fit an answer by one digit and one text message.
const CHOICES: usize = 3;

/// Whether an author is alone with the bot where people subscribe to alerts by writing.
fn subscribes(app: &App, author: &Author) -> bool {
    author.is_direct() && can(app, author, |can| can.subscriptions)
}

fn can(app: &App, author: &Author, what: impl Fn(&Capabilities) -> bool) -> bool {
    app.capabilities(author.platform())
        .is_some_and(|able| what(&able))
}

/// Owes an author an answer, alone.
pub fn answer(turn: &mut Turn<'_>, author: &Author, prompt: Prompt) -> anyhow::Result<()> {
    turn.say(author.alone(turn.app)?, prompt, Urgency::Answer);
    Ok(())
}

/// The same, but once a day for the same reason: people are not told the same again and again, and a machine that answers every
/// message is not answered for ever.
pub(super) fn answer_once(
    turn: &mut Turn<'_>,
    author: &Author,
    reason: String,
    prompt: Prompt,
) -> anyhow::Result<()> {
    let act = Act::Say {
        prompt,
        reply_to: None,
        post: None,
    };
    // The lane is that of the day, so the reason is as well.
    let target = author.alone(turn.app)?;
    turn.owe_once(reason, target, act, Urgency::Answer);
    Ok(())
}

/// What an area is called: shorter where people are answered by text message.
fn called(app: &App, author: &Author, area: &AreaId) -> String {
    let directory = app.directory();
    let name = if can(app, author, |can| can.subscriptions) {
        directory.short_name(area)
    } else {
        directory.area_name(area)
    };
    name.to_owned()
}

/// The names of all areas somebody hears of.
fn areas_called(app: &App, author: &Author, rows: &[SubscriberRow]) -> Vec<String> {
    rows.iter()
        .map(|row| called(app, author, &row.area))
        .collect()
}

fn example(app: &App) -> Option<String> {
    app.reader.gazetteer().example_zip().map(ToOwned::to_owned)
}

fn is_report(app: &App, parsed: &Parsed) -> bool {
    matches!(parsed.kind, Kind::Sighting | Kind::Update | Kind::AllClear)
        && parsed.score >= app.policy.min_score
}

/// Something that was no report: silence in rooms; alone, an area's name subscribes where that is how people subscribe.
pub async fn spoke(turn: &mut Turn<'_>, said: &Said<'_>, text: &str) -> anyhow::Result<()> {
    let author = said.author;
    if !author.is_direct() {
        return Ok(());
    }
    let help = Prompt::Help { role: author.role };
    if !subscribes(turn.app, author) {
        return answer(turn, author, help);
    }
    if joining::named_an_area(turn, author, text, false).await? {
        return Ok(());
    }
    if let Some(usage) = command::nearly(text) {
        return answer(turn, author, Prompt::DidYouMean { usage });
    }
    let hash = turn.app.keyring.lasting(&author.person);
    if turn.tx.subscriptions_of(&hash).await?.is_empty() {
        // Who greets twice an hour is answered twice; a machine is not answered for ever.
        let hour = turn.now.as_ms() / 3_600_000;
        let reason = format!("hello/{}/{hour}", author.language);
        let hello = joining::hello(turn.app);
        return answer_once(turn, author, reason, hello);
    }
    answer_once(turn, author, "help".to_owned(), help)
}

/// Somebody sent a picture or the like: it is not kept, and they are told once a day how to keep the original.
pub async fn sent_media(turn: &mut Turn<'_>, author: &Author) -> anyhow::Result<()> {
    let mut author = author.clone();
    match &author.room {
        None if has_stopped(turn, &author).await? => return Ok(()),
        None => {
            leaving::find_language(turn, &mut author, "").await?;
        }
        // A room that would be answered in its midst is spared; what is not read for reports has other pictures.
        Some(room) => {
            let can = turn.app.capabilities(author.platform());
            if room.purpose != Purpose::Response || !can.is_some_and(|can| can.direct) {
                return Ok(());
            }
        }
    }
    answer_once(turn, &author, "media".to_owned(), Prompt::MediaNotKept)
}
