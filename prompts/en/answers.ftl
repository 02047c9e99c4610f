# What one person hears: questions, answers, help.

ask-place = Where? Two streets or a place name is enough. Stay back.
place-unknown = That place is not known here. Send two streets that cross, or a landmark.
ask-this-place = { $place }? 1 yes, 2 other
ask-which-place = Which place? { $choices }, { $other } other
ask-which-area = Which neighborhood? { $choices }

received = Thank you, passed on as { $handle }: { $facts }. Keep your distance.
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
    .phone = Text what you see and where: how many, what they do, cross streets. A neighborhood's name gets you its alerts. SMS is not private. STOP=leave
help-verifier = Under a card: ok K7 it is there, no K7 why it is not, clear K7 it is over. Or answer the card: ok, no, clear.
    Reactions on a card count too: ✅ confirms, ❌ dismisses.
    .phone = ok K7 confirms, no K7 dismisses, clear K7 ends it. Text what you see and where to report. STOP=leave
help-moderator = As for verifiers: ok K7, no K7 why, clear K7.
    Trouble with delivery or reading is told in the moderators' room.
    .phone = ok K7 confirms, no K7 dismisses, clear K7 ends it. Text what you see and where to report. STOP=leave

introduction = Hello, this is tocsin, the alert bot of { $community }. It reads this room for reports of what is happening, and keeps only what, where and when, in detail for at most 72 hours: never names, never the chat. Start a message with - and it is not read. To stop it, remove it from the room.

hello = { $community }: neighborhood alerts. Write what you see and where to report it, or the name of your neighborhood to hear its confirmed alerts.
    .phone = { $community }, neighborhood alerts. Text your neighborhood's name, or what you see and where. SMS is not private: no names. HELP=help STOP=leave
subscribed = Done: { $area }. Only confirmed alerts, and when they are over. To leave write stop.
    .phone = Done: { $area }. Confirmed alerts only, max 6 a day. SMS is not private: send no names. HELP=help STOP=leave
unsubscribed = Done: no more alerts. Write the name of your neighborhood to hear them again.
