# Who may do what, and who is not listened to.

role-neighbor = neighbor
role-liaison = liaison
role-verifier = verifier
role-moderator = moderator

roles = { $lines }
    Admins of a group and members of a closed room have their role by that as well.
roles-none = Nobody has a role by name. Admins of a group and members of a closed room have theirs by that.
role-line = { $who }: { $role }, { $areas }
role-line-rests = { $who }: { $role }, { $areas }; rests until somebody says: vouch { $who }
role-line-until = { $who }: { $role }, { $areas }, until { $date }
role-line-until-rests = { $who }: { $role }, { $areas }, until { $date }; rests until somebody says: vouch { $who }

whom = Whom do you mean? Answer their message, or write their address, like @ana:example.org. Numbers do not count: they can be forged.
not-known = Nobody called { $who } is known here. Answer their message, or write their address.
no-such-area = No neighborhood is called { $name }.
holds-no-role = { $who } is not { $role } by name there.
nothing-rests = Nothing rests for { $who }.
not-banned = { $who } is not banned or muted.
several-authors = Several people reported { $handle }. Answer the message of the one you mean.
yourself = That is about yourself. Another moderator has to do it.
not-yours = You are a moderator of { $areas }. That is for a moderator of there, or of the whole city.
only-ignored = { $who } is not listened to any more, but stays in the rooms. To take them out, add the name of a neighborhood, or: everywhere
role-rests = Your keys have changed, so your role rests. Ask another moderator to see that it is you and to say: vouch { $who }
by-hand-out = The bot cannot take { $who } out of { $rooms }. Please do it by hand.
by-hand-in = The bot cannot let { $who } into { $rooms } again. Please do it by hand.

deed-gave-role = made { $whom } { $role }
deed-took-role = took { $role } from { $whom }
deed-rests = has other keys, so their role rests
deed-vouched = vouched for { $whom }
deed-banned = banned { $whom }
deed-banned-everywhere = banned { $whom } everywhere
deed-muted = muted { $whom } for { $hours } h
deed-unbanned = let { $whom } in again
deed-deleted = took { $handle } back

proposal-give-role = make { $whom } { $role } ({ $areas }) until { $date }
proposal-take-role = take { $role } from { $whom } ({ $areas })
proposal-ban = ban { $whom } ({ $areas })
proposal-mute = mute { $whom } for { $hours } h

not-allowed-liaison = That takes a liaison.
help-liaison = news tells the whole city's day. K7 and your words add to what is confirmed. where X, who, privacy, lang es.
    .phone = NEWS tells the whole city's day. Text what you see and where to report. AREA x, PAUSE 8h, PRIVACY. STOP=leave
keys-changed-liaison = A liaison{ $count ->
    [0] {""}
   *[other] {" "}of { $areas }
} has new keys on { $platform }: a new phone, or somebody else. The role rests. Ask them in person, then say: vouch { $who }
