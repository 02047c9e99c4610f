# The life of incidents: merged, parted again, taken back; who goes and looks; what is asked of reporters.

same-as = { $handle } is the same as { $into }: look there.
same-as-at = { $handle } is the same as { $into } · { $place }: look there.
    .phone = { $handle } is the same as { $into }, { $place }.
not-same-as = { $handle } is not the same as { $into } after all. Both stand as they were told.
taken-back-confirmed = { $handle } is not confirmed: that was said by mistake. Not checked yet. { distance }
taken-back-cleared = { $handle } is not over: that was said by mistake. { distance }
taken-back-dismissed = { $handle } stands after all: it was dismissed by mistake. { distance }
nothing-to-undo = There is nothing to take back: it is 10 minutes at most, and only the last step. undo K7 takes back what was done to K7.
    .phone = There is nothing to take back: it is 10 minutes at most, and only the last step.

# Part of a card.
going-count = { $shown } going

ask-going = { $handle } · { $facts }. Not checked yet. Can you go and look? Answer yes, or going { $handle }. Nobody sees who goes. { distance }
    .phone = { $handle } { $facts }. Can you go and look? Answer YES. Nobody sees who goes. { distance }
going = Thank you: noted as going to { $handle }, by number only. Look from a distance, record what you see, don't interfere. Then write { $handle } and what you see.
    .phone = Noted as going to { $handle }, by number only. Look from a distance, don't interfere. Then text { $handle } and what you see.
going-deciding = Thank you: noted as going to { $handle }, by number only. Look from a distance, record what you see, don't interfere. Then: ok { $handle } / no { $handle } why / clear { $handle }, or write { $handle } and what you see.
    .phone = Noted as going to { $handle }, by number only. Look from a distance, don't interfere. Then text { $handle } and what you see.

ask-more = { $handle }: a checker asks if you can say more{ $missing }. Write { $handle } and what you saw. Stay back.
asked = The reporter of { $handle } is asked.
nobody-to-ask = Nobody who reported { $handle } can be asked.

deed-merged = counted { $handle } as { $into }
deed-undone = took the last step of { $handle } back
