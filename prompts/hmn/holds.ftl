# Yam tuav tseg: yam tus sau hnov, yam cov saib xyuas pom.

held-violence = Tsis xa mus. Peb tsis xa lus hem. Yog leej twg muaj xwm txheej hu 911.
held-identity = Tsis xa mus: tej zaum yuav ua rau neeg raug nthuav. Xa dua, tsis txhob sau npe los chaw nyob.
held-vehicle = Tsis tau xa: saib cim lossis vest. Ntxiv yam koj pom.
held-interference = Tsis xa mus: qhov no yog saib thiab pab, tsis yog cuam tshuam.
held-hearsay = Koj tus kheej pom lov? Yog tsis yog, muaj neeg mus saib.
held-solicitation = Kuaj cov link ua ntej.
held-shelter = Tsis xa li ntawd: nws qhia chaw neeg nkaum. Xa lub ces kaum xwb.
held-odd = Tsis tau xa: tus saib xyuas saib ua ntej.
plate-masked = Daim paib tsheb tsis khaws tsis xa (MN ...). Koj khaws cia rau kws lij choj.
place-coarsened = Xa lawm, tsis qhia qhov chaw tseeb: nws qhia chaw neeg nkaum.

hold-violence = lus hem
hold-identity = npe neeg
hold-vehicle = tsheb tsis muaj cim
hold-interference = cuam tshuam
hold-hearsay = hnov lus
hold-flood = xa ntau dhau
hold-solicitation = link
hold-shelter = chaw neeg nkaum
hold-odd = cim txawv

hold-card = **{ $handle }** tuav tseg ({ $reason }) · { $facts }. ok { $handle } / edit { $handle } ... / drop { $handle }
hold-card-several = **{ $handle }** tuav tseg ({ $reason }) · { $facts } · { $count } tsab. ok { $handle } / drop { $handle }
hold-card-released = **{ $handle }** tawm ua { $as } · { $facts }.
hold-card-dropped = **{ $handle }** pov tseg ({ $reason }).
hold-released = { $handle } tawm ua { $as }.
hold-dropped = { $handle } pov tseg.
hold-queue = Tuav tseg: { $waiting }.
hold-queue-empty = Tsis muaj ib yam tuav tseg.

deed-released = tso { $handle } tawm ua { $incident }
deed-amended = hloov lus thiab tso { $handle } tawm ua { $incident }
