# Tej xwm txheej lub neej: sib koom, cais dua, thim rov; leej twg mus saib; nug dab tsi.

same-as = { $handle } yog ib yam li { $into }: saib qhov ntawd.
same-as-at = { $handle } yog ib yam li { $into } · { $place }: saib qhov ntawd.
    .phone = { $handle } yog ib yam li { $into }, { $place }.
not-same-as = { $handle } tsis yog ib yam li { $into }. Ob qho tib si nyob li tau hais.
taken-back-confirmed = { $handle } tseem tsis paub tseeb: hais yuam kev. Tseem tsis tau xyuas. { distance }
taken-back-cleared = { $handle } tseem tsis tau tas: hais yuam kev. { distance }
taken-back-dismissed = { $handle } tseem muaj: tso tseg yuam kev. { distance }
nothing-to-undo = Tsis muaj dab tsi thim: ntev tshaj 10 feeb, thiab qhov kawg nkaus xwb.

going-count = { $shown } tab tom mus

ask-going = { $handle } · { $facts }. Tseem tsis tau xyuas. Koj mus saib puas tau? Teb yog, los yog going { $handle }. Tsis muaj leej twg pom tias leej twg mus. { distance }
    .phone = { $handle } { $facts }. Koj mus saib puas tau? Teb YOG. Tsis muaj leej twg pom leej twg mus. { distance }
going = Ua tsaug: sau tseg tias koj mus { $handle }, yog tus lej xwb. Saib deb deb, kaw qhov koj pom, tsis txhob cuam tshuam. Tom qab ntawd sau { $handle } thiab qhov koj pom.
    .phone = Ua tsaug: koj mus { $handle }, yog tus lej xwb. Saib deb deb, tsis txhob cuam tshuam. Ces xa { $handle } thiab qhov koj pom.
going-deciding = Ua tsaug: sau tseg tias koj mus { $handle }, yog tus lej xwb. Saib deb deb, kaw qhov koj pom, tsis txhob cuam tshuam. Tom qab ntawd: ok { $handle } / no { $handle } / clear { $handle }, los yog sau { $handle } thiab qhov koj pom.
    .phone = Ua tsaug: koj mus { $handle }, yog tus lej xwb. Saib deb deb, tsis txhob cuam tshuam. Ces xa { $handle } thiab qhov koj pom.

ask-more = { $handle }: tus xyuas nug seb koj hais ntxiv puas tau{ $missing }. Sau { $handle } thiab qhov koj pom. Nyob deb.
asked = Tab tom nug tus uas qhia { $handle }.
nobody-to-ask = Nug tsis tau leej twg txog { $handle }.

deed-merged = suav { $handle } ua ib yam li { $into }
deed-undone = thim qhov kawg ntawm { $handle }
