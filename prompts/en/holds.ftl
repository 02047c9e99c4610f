# What is held for moderators: what its author hears, what moderators see.

held-violence = Not shared. We don't pass on threats. If someone is in danger call 911.
held-identity = Not shared: it could expose someone. Send again without names or addresses.
held-vehicle = Not shared yet: look for markings or vests. Add what you saw.
held-interference = Not shared: this is for watching and helping, not interfering.
held-hearsay = Did you see it yourself? If not, a checker will look.
held-solicitation = Links are checked first.
held-shelter = Not shared as you wrote it: it says where people shelter. Send only the corner.
held-odd = Not shared yet: a moderator looks at it first.
plate-masked = Plates are not kept or passed on (MN •••). Keep it yourself, for a lawyer.
place-coarsened = Shared without the exact place: it says where people shelter.

hold-violence = threat
hold-identity = names a person
hold-vehicle = car without official signs
hold-interference = interference
hold-hearsay = hearsay
hold-flood = flood
hold-solicitation = link
hold-shelter = where people shelter
hold-odd = odd signs

hold-card = **{ $handle }** held ({ $reason }) · { $facts }. ok { $handle } / edit { $handle } ... / drop { $handle }
hold-card-several = **{ $handle }** held ({ $reason }) · { $facts } · { $count } reports. ok { $handle } / drop { $handle }
hold-card-released = **{ $handle }** released as { $as } · { $facts }.
hold-card-dropped = **{ $handle }** dropped ({ $reason }).
hold-released = { $handle } released as { $as }.
hold-dropped = { $handle } dropped.
hold-queue = Held: { $waiting }.
hold-queue-empty = Nothing is held.

deed-released = released { $handle } as { $incident }
deed-amended = released { $handle } in other words as { $incident }
