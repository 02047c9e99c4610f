# What verifiers and moderators hear besides cards.

ask-news = { $handle }: no news for { $minutes } minutes. Is it over? clear { $handle } / ok { $handle }
ask-same = { $handle }: a report at { $place }, about { $feet } ft ({ $metres } m) away, was counted as the same. new { $handle } parts them.
said-over = { $handle }: a neighbor says it is over. clear { $handle } if it is.

dead-letter = ⚠️ Not delivered to { $to }: { $what } ({ $reason }). It will not be tried again.
dead-letter-about = ⚠️ Not delivered to { $to }: { $what } about { $handle } ({ $reason }). It will not be tried again.
what-alert = alert
what-all-clear = all-clear
what-card = card
what-answer = answer
what-mark = reaction
what-message = message
what-edit = edit
what-redaction = withdrawal
to-phone = a phone
to-person = one person

dead-texts = ⚠️ { $count ->
    [one] 1 phone
   *[other] { $count } phones
} did not get: { $what } ({ $reason }). It will not be tried again.
dead-texts-about = ⚠️ { $count ->
    [one] 1 phone
   *[other] { $count } phones
} did not get: { $what } about { $handle } ({ $reason }). It will not be tried again.
cost = { $segments ->
    [one] One segment
   *[other] { $segments } segments
} to { $phones ->
    [one] 1 phone
   *[other] { $phones } phones
}: { $total } to pay for. Nothing was sent. (No price_per_segment in policy.toml.)
cost-priced = { $segments ->
    [one] One segment
   *[other] { $segments } segments
} to { $phones ->
    [one] 1 phone
   *[other] { $phones } phones
}: { $total } to pay for, { $price } in all. Nothing was sent.
cost-budget = { $segments ->
    [one] One segment
   *[other] { $segments } segments
} to { $phones ->
    [one] 1 phone
   *[other] { $phones } phones
}: { $total } to pay for, { $price } in all; today's budget has { $left } left. Nothing was sent.
budget-70 = 70 % of today's budget for text messages is spent. Everything is still texted.
budget-90 = ⚠️ 90 % of today's budget for text messages is spent. Until midnight phones get only confirmed alerts, their ends and questions about reports.
budget-100 = ⚠️ Today's budget for text messages is spent. Until midnight phones get no more alerts, only the ends of those they had. Raise budget_per_day in policy.toml if this must not be.

unreadable = A message in { $room } could not be decrypted. If it was a report, ask its writer to send it again.
poisoned = A message in { $room } could not be taken in, by a fault of ours; the log has its id. Look whether it was a report.

our-fault = Something went wrong on our side. Please try again in a few minutes.
our-fault-call = Something went wrong on our side. If it is urgent call { $hotline }.

platform-matrix = Matrix
platform-signal = Signal
platform-sms = text messages
challenge = ⚠️ { $platform } sends nothing more for the bot until a person shows that there is one. Open https://signalcaptchas.org/challenge/generate.html, solve it, and give the operator the link behind "Open Signal": tocsin signal challenge { $token } LINK
waiting = { $people ->
    [one] 1 person waits
   *[other] { $people } people wait
} to be let into { $room }. To let all in answer admit or react with a thumb up; to send them away, refuse or a thumb down.
room-lost = ⚠️ The bot is not in { $room } any more: nothing is read there and no alert arrives. Invite it again if it should be.
unlinked = ⚠️ The bot has lost its account on { $platform }: nothing is read there and no alert arrives. The operator must link it again: tocsin signal link
keys-changed-moderator = A moderator{ $count ->
    [0] {""}
   *[other] {" "}of { $areas }
} has new keys on { $platform }: a new phone, or somebody else. The role rests. Ask them in person, then say: vouch { $who }
keys-changed-verifier = A verifier{ $count ->
    [0] {""}
   *[other] {" "}of { $areas }
} has new keys on { $platform }: a new phone, or somebody else. The role rests. Ask them in person, then say: vouch { $who }
