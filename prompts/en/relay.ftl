# Talk that is passed on among the rooms of a neighborhood.

# Who has no name, and what came with a message: » A neighbor: look (something attached was left out)
relay-nobody = A neighbor
relay-left-out = (something attached was left out)

relay-began = From now on what is said here is also heard in { $rooms }, with your name in front, and what is said there is heard here. Pictures stay where they are. Start a message with - and it stays here too.
relay-began-alone = From now on what is said here is also heard in this neighborhood's other rooms when there are any, with your name in front. Pictures stay where they are. Start a message with - and it stays here too.
relay-ended = From now on what is said here stays here. Alerts are still heard everywhere in the neighborhood.

deed-relay-chat = has what is said in the rooms of { $title } passed on among them
deed-relay-alerts = has only alerts passed on among the rooms of { $title }
