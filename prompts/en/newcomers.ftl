# Who is new in a room, and who asks to be let in.

# The welcome is five lines, said to a newcomer alone: what the room is, what is kept, how to report, the law, be kind.
welcome = { $lines }
welcome-room = Welcome to { $room }. { $what }
welcome-to-response = Neighbors write here what they see, and hear what others have seen.
welcome-to-verifiers = Those who go and look meet here.
welcome-to-info = Confirmed alerts appear here, and nothing else.
welcome-to-aid = Here neighbors ask for help and offer it.
welcome-to-shifts = Here shifts are shared out.
welcome-to-city = Here stands what is confirmed anywhere in the city.
welcome-keeps = The bot keeps of a report what, where and when, in detail for at most { $hours } hours: never names, never the chat. A message that begins with - is not read.
welcome-how-here = To report, write there, or here to me: how many, doing what, where, when.
welcome-how-alone = To report, write here to me: how many, doing what, where, when.
welcome-how-verifiers = Reports come as cards. Answer with going, ok or no.
welcome-legal = Observe from a distance, do not interfere. Legal help: { $hotline }
welcome-careful = Observe from a distance, do not interfere.
welcome-kind = Be kind: everybody here is a neighbor. No names, no home addresses. For more write help or privacy.
welcome-here = Welcome to all who are new in { $room }. How it works, what is kept, how to report: write help to me alone.

somebody = Somebody
asks = { $handle } · { $who } asks to join { $room }. Do you know them? vouch { $handle } / refuse { $handle } ({ $needed } people must vouch)
asks-vouched = { $handle } · { $who } asks to join { $room }. { $vouched } of { $needed } have vouched. vouch { $handle } / refuse { $handle }
asks-let-in = { $handle } · { $room }: vouched for by { $needed } people and let in.
asks-refused = { $handle } · { $room }: refused.
asks-lapsed = { $handle } · { $room }: nobody vouched in time; they may ask again.
asks-gone = { $handle } · { $room }: does not ask any more, or was let in by hand.
another-must-vouch = { $handle } needs somebody else to vouch.
not-let-in = ⚠️ Who asks to join { $room } could not be let in or sent away ({ $reason }). Please do it by hand.

deed-vouched-for = vouched for { $handle } to join { $title }
deed-turned-away = refused { $handle } for { $title }
