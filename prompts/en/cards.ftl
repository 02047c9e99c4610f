# The verifiers' card, and the parts that cards and alerts are made of.

card = { $facts }. going { $handle } / ok { $handle } / no { $handle }
card-confirmed = { $facts }. clear { $handle } / no { $handle }
card-closed = { $facts }.

head = **{ $handle }** { $state }
head-changed = **{ $handle }** { $state } { $clock }

status-unverified = unverified
status-corroborated = corroborated
status-confirmed = confirmed
status-cleared = cleared
status-dismissed = dismissed
status-stale = old, no update
status-merged = merged

# $shown is 3, 3-4 or 6+; $count decides the plural.
people = { $count ->
    [one] { $shown } person
   *[other] { $shown } people
}
vehicles = { $count ->
    [one] { $shown } vehicle
   *[other] { $shown } vehicles
}
reports = { $count ->
    [one] { $shown } report
   *[other] { $shown } reports
}
firsthand = { $shown } first-hand
rooms = { $count ->
    [one] { $shown } room
   *[other] { $shown } rooms
}

# 2 black Chevrolet Tahoe SUVs; any part may be empty.
vehicle = { $shown } { $color } { $brand } { $body }

seen = seen { $clock }
# $hour12 and $half (am, pm), or $hour24; $minute has two digits.
clock = { $hour12 }:{ $minute }{ $half }
clock-other-day = { $weekday } { $clock }
weekday-mon = Mon
weekday-tue = Tue
weekday-wed = Wed
weekday-thu = Thu
weekday-fri = Fri
weekday-sat = Sat
weekday-sun = Sun

missing-location = no place
missing-size = no count
missing-activity = no activity
missing-time = no time
