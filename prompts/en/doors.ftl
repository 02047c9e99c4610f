# The page that a poster leads to, the poster itself, and what is said about both.

language-name = English

door-title = { $area } - { $community }
door-what = Neighbors here alert each other when ICE is near, and help one another.
door-choose = How would you like to join?
door-signal = Join on Signal
door-signal-for = With the Signal app.
door-matrix = Join on Matrix
door-matrix-for = With Element or another Matrix app.
door-sms = Text { $number }
door-sms-for = Any phone will do: send the word that is already there. Text messages are not private.
door-playground = Open the playground
door-playground-for = A pretend town, to try things out.
door-approval = You ask to join, and a neighbor there lets you in. That can take a few hours.
door-preparing-note = A new room is being prepared: come back in a few minutes.
door-preparing = A new room is being prepared
door-preparing-how = The others are full. This page looks again by itself every 20 seconds; nothing is lost if you come back later.
door-look-again = Look again
door-other-ways = Other ways to join
door-no-room = There is no room for this neighborhood yet.
door-lost = This address leads nowhere
door-lost-how = The poster may be an old one, or a letter is different. Look for a newer poster near you, or ask who showed you this one.
door-lost-number = Or text the name of your neighborhood to { $number }.
door-keeps-nothing = This page asks you nothing, keeps nothing about you and sets no cookies.
door-legal = Legal help: { $hotline }
door-languages = Other languages

poster-scan = Scan with your camera
poster-text-to = or text **{ $word }** to
poster-or-type = or open

posters = Poster for { $area }, code { $code }. To print:
    { $url }.pdf?paper=letter
    { $url }.pdf?paper=letter&strip=1 has strips to tear off. paper=a4 is the other size, { $url }.svg is for your own design.
    If it gets into the wrong hands: door revoke { $code }
doors = The door of { $area }: { $url }
    { $lines }
doors-without-posters = The door of { $area }: { $url }
    It has no posters yet: poster { $area }
poster-line = { $code } ({ $language }) was opened { $opened } { $opened ->
    [one] time
   *[other] times
}
poster-revoked = { $code } leads nowhere any more. The door of { $area } and its other posters stay as they are.
no-such-code = No poster has the code { $code }, or it was revoked.
which-area-of = Which one: { $areas }?
no-address = Nobody can reach the pages from outside. Ask who runs the bot to write public_url into [web].
deed-made-poster = made the poster { $code } for { $area }
deed-revoked-code = revoked the poster { $code } of { $area }

meet = { $area }: { $url }
meet-unknown = No poster has that code any more. Text the name of your neighborhood instead.
