# What moderators did, do and propose.

acted = { $who } { $deed }.
log = { $lines }
log-empty = Nothing was done lately.
log-line = { $clock } { $who } { $deed }
deed-proposed = proposed { $handle }
deed-seconded = agreed to { $handle }
deed-shredded = wiped all that was kept of { $area }
deed-dropped = dropped { $handle }

proposal = **{ $handle }** · { $who } proposes: { $what } · { $stage }
proposal-shred = to wipe all that is kept of { $area }, for good: { $incidents } { $incidents ->
    [one] incident or report held
   *[other] incidents and reports held
}, { $phones } { $phones ->
    [one] phone that gets
   *[other] phones that get
} its alerts
proposal-say = to { $areas }, { $rooms } { $rooms ->
    [one] room
   *[other] rooms
} and { $phones } { $phones ->
    [one] phone
   *[other] phones
} ({ $segments } { $segments ->
    [one] segment
   *[other] segments
}): "{ $words }"
proposal-say-priced = to { $areas }, { $rooms } { $rooms ->
    [one] room
   *[other] rooms
} and { $phones } { $phones ->
    [one] phone
   *[other] phones
} ({ $segments } { $segments ->
    [one] segment
   *[other] segments
}, { $price }): "{ $words }"
proposal-say-quiet = to { $areas }, { $rooms } { $rooms ->
    [one] room
   *[other] rooms
}; phones stay silent at this hour: "{ $words }"
stage-waits = another moderator: ok { $handle } / drop { $handle }
stage-done = done ✅
stage-dropped = dropped
stage-lapsed = nobody agreed within a day
proposing = { $handle } waits for another moderator, who says: ok { $handle }
needs-another = { $handle } was proposed by you. Another moderator has to say: ok { $handle }
too-many-proposals = Too much waits for a second moderator already. Drop some of it first: drop B3

broadcast = 📣 { $words } - { $community }
