# Rooms that fill up, and their siblings.

room-nearly-full = { $title } is at { $percent } % ({ $taken } of { $limit }). { $ready } is ready: same rules, same admins. The door leads there from { $mark } on. Answer: split now / wait / raise { $higher }
room-full = This group is nearly full. You can stay. New neighbors land in { $next }; alerts appear in both.
room-not-made = ⚠️ { $title } could not be made ({ $reason }). Make the bot an admin of the room that fills up and say: split now. Or make a group by hand, let the bot in as admin and add it to the settings. Until then the door leads to where there is space.
room-not-closed = ⚠️ { $title } is full, but the bot could not switch its link off ({ $reason }). Please do it by hand. The door leads elsewhere already.
room-not-changed = ⚠️ The link of { $title } could not be changed ({ $reason }). Please do it by hand.
room-wave = { $came } people joined { $title } within an hour. From now on an admin has to let people in. To let in who asks: admit. To send them away: refuse.
rooms-small = { $from } and { $to } have had few people for a month. To invite those of { $from } into { $to }: merge down. Nobody is moved.
room-merged-down = This group has become quiet. You are invited into { $to }: { $link } You can also stay here; alerts appear in both.
room-being-made = { $title } is being made. The door will lead there as soon as it is ready.

limits = { $lines }
limits-none = No rooms are counted here.
room-line = { $title }: { $taken } of { $limit } ({ $percent } %), { $state }
room-line-asking = { $title }: { $taken } of { $limit } ({ $percent } %), { $state }; { $asking } ask to be let in
room-making = being made
room-failed = could not be made
room-prepared = ready
room-open = open
room-door = the door leads here
room-retired = merged down

which-rooms = Which rooms do you mean? Add a neighborhood, or answer what the bot said about them.
nothing-to-merge = There are no two small rooms there.
bad-mark = Write a number of people between what is there now and { $limit }.

deed-split = had the door turned away from { $title }
deed-wait = keeps the door at { $title } until nobody gets in any more
deed-raise = keeps the door at { $title } up to { $mark } people
deed-new-link = gave { $title } a new link
deed-merge-down = invited the people of { $title } into { $into }
deed-admit = let in who asked for { $title }
deed-refuse = sent away who asked for { $title }

room-ready = { $title } is ready.
room-ready-link = { $title } is ready: { $link }
nothing-to-set-up = { $area } has all its rooms.
room-not-found = The bot is in no room called { $title } that is nobody's yet. Invite it there, wait a minute, and say it again.
cannot-make-rooms = No rooms can be made: there is no platform that the bot can make rooms on, or no rooms.toml in the settings.
deed-set-up = has rooms made for { $area }: { $title }
deed-adopt = made { $title } a room of { $area }
