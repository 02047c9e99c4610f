# What one person hears: questions, answers, help.

ask-place = Where? Two streets or a place name is enough. Stay back.
place-unknown = That place is not known here. Send two streets that cross, or a landmark.
ask-this-place = { $place }? 1 yes, 2 other
ask-which-place = Which place? { $choices }, { $other } other
ask-which-area = Which neighborhood? { $choices }
    .phone = Which neighborhood? Reply { $row }
ask-which-area-more = Which neighborhood? { $choices }, or write its whole name
    .phone = Which neighborhood? Reply { $row } or its whole name
# $count is how many areas share the zip code; $row offers the largest three.
ask-zip-area = That code has { $count } neighborhoods: { $choices }
    .phone = That code has { $count } neighborhoods. Reply { $row }
ask-zip-area-more = That code has { $count } neighborhoods: { $choices }, or write the name of another
    .phone = That code has { $count } neighborhoods. Reply { $row } or another one's name

received = Thank you, passed on as { $handle }: { $facts }. Keep your distance.
# Where every message costs: what was understood and the one question in one.
received-where = Thank you, passed on as { $handle }: { $facts }. Where is it? Two streets or a place name is enough. Stay back.
    .phone = Passed on as { $handle }: { $facts }. Where? Two streets or a place name is enough. Stay back.
received-this = Thank you, passed on as { $handle }: { $facts }. Is it { $place }? 1 yes, 2 other
    .phone = Passed on as { $handle }: { $facts }. { $place }? 1 yes, 2 other
received-which = Thank you, passed on as { $handle }: { $facts }. Which place? { $choices }, { $other } other
    .phone = Passed on as { $handle }: { $facts }. Which place? { $choices }, { $other } other
counted-as = Thank you. Others saw it too: counted with { $handle }.
thanks = { $handle } is confirmed. Thank you for reporting it.

done = { $handle } { $state }.
already-so = { $handle } is already { $state }.
no-such-id = Nothing called { $handle } is open here.
not-allowed = You cannot do that here.
not-allowed-verifier = That takes a verifier. Thank you for looking; write what you saw and a verifier will see it.
    .phone = That takes a verifier. Write what you saw and a verifier will see it.
not-allowed-moderator = That takes a moderator.
did-you-mean = Did you mean “{ $usage }”?

# At most two lines.
help = Write what you see and where: how many, what they do, cross streets, time, vehicles.
    Seen it too? +1 and the id, such as +1 K7. Start a message with - and it is not read.
    .phone = Text what you see and where. Seen too: +1 K7. AREA x, ADD x, ALERTS near/confirmed/off, PAUSE 8h, NEWS, WHERE x, LANG, PRIVACY, FORGET ME. STOP=leave
help-verifier = Under a card: ok K7 it is there, no K7 why it is not, clear K7 it is over, going K7 you go and look. Or answer the card: ok, no, clear, going.
    Reactions on a card count too: ✅ confirms, ❌ dismisses, ❓ asks the reporter. undo K7 takes the last step back.
    .phone = ok K7 confirms, no K7 dismisses, clear K7 ends it. Text what you see and where to report. AREA x, PAUSE 8h, NEWS, PRIVACY. STOP=leave
help-moderator = As for verifiers, and: held, ok/edit/drop H2, merge M2 K7, undo, delete K7, say whittier: text, ok B3 for what another proposes.
    Answering somebody: ban, mute 24h, unban. roles, role add/remove, vouch, log, cost whittier: text, door whittier, poster whittier es.
    .phone = ok K7 confirms, no K7 dismisses, clear K7 ends it. Text what you see and where to report. AREA x, PAUSE 8h, NEWS, PRIVACY. STOP=leave

introduction = Hello, this is tocsin, the alert bot of { $community }. It reads this room for reports of what is happening, and keeps only what, where and when, in detail for at most 72 hours: never names, never the chat. Start a message with - and it is not read. To stop it, remove it from the room.

# $example is the message `example`, or nothing where the city has no zip codes.
example = , e.g. { $zip }
hello = { $community }: neighborhood alerts. Write what you see and where to report it, or your ZIP code or neighborhood{ $example } to hear its confirmed alerts.
    .phone = { $community }, neighborhood alerts. Text your ZIP or neighborhood{ $example }. SMS is not private. Espanol: ES. Soomaali: SO. Hmoob: HMN. HELP=help STOP=leave
invite = To hear of confirmed alerts as well, write your ZIP code or neighborhood{ $example }.
    .phone = To get confirmed alerts as well text your ZIP code or neighborhood{ $example }. SMS is not private: send no names. HELP=help STOP=leave
area-unknown = That neighborhood is not known here. Write its name or ZIP code{ $example }.
    .phone = That neighborhood is not known here. Text its name or ZIP code{ $example }, or two streets that cross after WHERE.
subscribed = Done: { $areas }. Only confirmed alerts, at most { $count } a day, and when they are over. To leave write stop.
    .phone = Done: { $areas }. Confirmed alerts only, max { $count }/day. SMS is not private: no names. Msg&data rates may apply. HELP=help STOP=leave
areas-full = You hear of { $areas }: there is no room for more. area and a name hears of that one alone.
    .phone = You get alerts of { $areas } and no more fit. AREA and a name: that one alone.

alerts-confirmed = { $areas }: you get confirmed alerts, also at the borders. alerts near / alerts off / pause 8h
    .phone = { $areas }: you get confirmed alerts, also at the borders. ALERTS near, ALERTS off, PAUSE 8h
alerts-near = { $areas }: you get confirmed alerts right there, not at the borders. alerts confirmed / alerts off
    .phone = { $areas }: you get confirmed alerts right there, not at the borders. ALERTS confirmed, ALERTS off
alerts-off = { $areas }: you get no alerts. You can still report. alerts confirmed brings them back.
    .phone = { $areas }: you get no alerts. You can still report. ALERTS confirmed brings them back.
only-confirmed = Only confirmed alerts come this way. alerts confirmed / alerts near / alerts off
    .phone = By text only confirmed alerts come, so that no false alarm does. ALERTS confirmed, ALERTS near, ALERTS off
paused = No alerts until { $clock }. You still hear when an alert you got is over. resume ends the pause.
    .phone = No alerts until { $clock }. You still hear when one you got is over. RESUME ends the pause.
language-set = From now on in English.
ask-language = Which language? EN English, ES Español, SO Soomaali, HMN Hmoob

where-is = { $found }
whole-city = The city
# $ended is none, one, both, all or some: how many of the confirmed are over.
news = { $areas } today: { $confirmed } confirmed{ $ended ->
    [none] {""}
    [one] {" "}(over)
    [both] {" "}(both over)
    [all] {" "}(all over)
   *[some] {" "}({ $over } over)
    }, { $checked } checked and not what was feared.{ $open }
news-confirmed = { $areas } today: { $confirmed } confirmed{ $ended ->
    [none] {""}
    [one] {" "}(over)
    [both] {" "}(both over)
    [all] {" "}(all over)
   *[some] {" "}({ $over } over)
    }.{ $open }
news-checked = Nothing confirmed today in { $areas }; { $checked } checked and not what was feared.
news-none = Nothing confirmed today in { $areas }.
news-open = {" "}Now: { $open }.

ask-forget = Forget everything about you? Your number, areas and alerts are deleted; what you reported stays, as nobody's. 1 yes
    .phone = Forget all about you? Number, areas and alerts are deleted; reports stay as nobody's. 1 yes
forgotten = Done: nothing about you is kept.
    .phone = Done: nothing about you is kept. To join again text your neighborhood.
privacy = Kept: reports { $reports } hours, without you; what happened in an area { $incidents } days, without streets; your address encrypted, only while you get alerts, deleted when you say stop or forget me or after { $subscribers } days of silence; what moderators did { $acts } days. Never the chat, never pictures. Nobody sees your address.
    .phone = Kept: your number, encrypted, while you get alerts; STOP, FORGET ME or { $subscribers } silent days delete it. Reports { $reports } h, areas { $incidents } days, both without you. Moderators' log { $acts } days. Phone companies can read texts: send no names.
media-not-kept = We can't keep pictures or recordings. Keep the original and don't edit it; note time and place. Write here what you see.
    .phone = We can't keep pictures. Keep the original: don't edit it; note time and place. Text here what you see and where.
unsubscribed = Done: no more alerts, and your address is deleted. start brings you back.
    .phone = Done: no more texts, and your number is deleted. START=come back

# Whom to turn to; organizations only.
helping = { $topic }:
    { $found }
    .phone = { $found }
helping-none = Nobody is listed here for { $topic } near you.
helper = { $name }, { $contact } (checked { $checked })
ask-who = Who helps with what? Say who and one of: { $topics }
ask-who-none = No organizations are listed here yet.
topic-food = food
topic-legal = legal
topic-housing = housing
topic-health = health
topic-ride = ride
