# What rooms and phones hear. Observe, record, keep a distance: no message may ever advise anything else.
# `.phone` is for text messages: 160 plain characters.

# Part of every alert.
distance = Observe from a distance, don't interfere.
legal = Legal { $hotline }

alert-unconfirmed = ⚠️ **UNCONFIRMED** { $clock } · { $facts }. Not checked yet. { distance } { $tail }
    .phone = UNCONFIRMED { $clock } { $facts }. Not checked yet. { distance } { $tail }
alert-corroborated = ⚠️ **UNCONFIRMED** { $clock } · { $facts }. Seen by { $people } people, not checked yet. { distance } { $tail }
    .phone = UNCONFIRMED { $clock } { $facts }. Seen by { $people }, not checked. { distance } { $tail }
alert-confirmed = ✅ **CONFIRMED** { $clock } · { $facts }. { distance } { $tail }
    .phone = CONFIRMED { $clock } { $facts }. { distance } { $tail }
alert-merged = { $handle } is the same as another alert; look at that one.

all-clear = **{ $handle } over** { $clock }. Nothing there now.
dismissed = ☑️ **{ $handle } checked** { $clock }: not what was feared.
withdrawn = { $handle } was taken back by the person who reported it. Disregard it.
