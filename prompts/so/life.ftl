# Nolosha dhacdooyinka: la isku daray, la kala qaaday, laga noqday; yaa eegaya; waxa la weydiiyo.

same-as = { $handle } waa isla { $into }: halkaas ka eeg.
same-as-at = { $handle } waa isla { $into } · { $place }: halkaas ka eeg.
    .phone = { $handle } waa isla { $into }, { $place }.
not-same-as = { $handle } ma aha isla { $into }. Labaduba waa sidii la sheegay.
taken-back-confirmed = { $handle } lama xaqiijin: qalad ayaa loo yiri. Weli lama hubin. { distance }
taken-back-cleared = { $handle } ma dhammaan: qalad ayaa loo yiri. { distance }
taken-back-dismissed = { $handle } weli way taagan tahay: qalad ayaa loo diiday. { distance }
nothing-to-undo = Wax laga noqdo ma jiro: ugu badnaan 10 daqiiqo, iyo tallaabada ugu dambaysa oo keliya.

going-count = { $shown } ayaa socda

ask-going = { $handle } · { $facts }. Weli lama hubin. Ma tagi kartaa oo ma eegi kartaa? Ku jawaab haa, ama going { $handle }. Cidna ma aragto cidda tagaysa. { distance }
    .phone = { $handle } { $facts }. Ma eegi kartaa? Ku jawaab HAA. Cidna ma aragto cidda tagaysa. { distance }
going = Mahadsanid: waa la qoray inaad { $handle } u socoto, tiro ahaan oo keliya. Meel fog ka eeg, duub waxaad aragto, ha faragelin. Kaddib qor { $handle } iyo waxaad aragto.
    .phone = Mahadsanid: waad u socotaa { $handle }, tiro ahaan oo keliya. Meel fog ka eeg, ha faragelin. Kaddib soo dir { $handle } iyo waxaad aragto.
going-deciding = Mahadsanid: waa la qoray inaad { $handle } u socoto, tiro ahaan oo keliya. Meel fog ka eeg, duub waxaad aragto, ha faragelin. Kaddib: ok { $handle } / no { $handle } / clear { $handle }, ama qor { $handle } iyo waxaad aragto.
    .phone = Mahadsanid: waad u socotaa { $handle }, tiro ahaan oo keliya. Meel fog ka eeg, ha faragelin. Kaddib soo dir { $handle } iyo waxaad aragto.

ask-more = { $handle }: hubiye ayaa weydiinaya inaad wax kale sheegi karto{ $missing }. Qor { $handle } iyo waxaad aragtay. Ka fogow.
asked = Cidda soo sheegtay { $handle } waa la weydiiyay.
nobody-to-ask = Cidna lama weydiin karo { $handle }.

deed-merged = wuxuu { $handle } ku daray { $into }
deed-undone = wuxuu ka noqday tallaabada ugu dambaysa ee { $handle }
