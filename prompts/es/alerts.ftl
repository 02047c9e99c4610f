# Lo que oyen las salas y los telefonos. Observar, anotar, guardar distancia: ningun mensaje aconseja otra cosa.
# `.phone` es para mensajes de texto; los acentos que alargan un SMS se quitan solos.

distance = Observe desde lejos, no interfiera.
legal = Ayuda legal { $hotline }

alert-unconfirmed = ⚠️ **SIN CONFIRMAR** { $clock } · { $facts }. Aún sin verificar. { distance } { $tail }
    .phone = SIN CONFIRMAR { $clock } { $facts }. Sin verificar. { distance } { $tail }
alert-corroborated = ⚠️ **SIN CONFIRMAR** { $clock } · { $facts }. Lo vieron { $people } personas, aún sin verificar. { distance } { $tail }
    .phone = SIN CONFIRMAR { $clock } { $facts }. Lo vieron { $people }. { distance } { $tail }
alert-confirmed = ✅ **CONFIRMADO** { $clock } · { $facts }. { distance } { $tail }
    .phone = CONFIRMADO { $clock } { $facts }. { distance } { $tail }
alert-merged = { $handle } es lo mismo que otra alerta; vea esa.

all-clear = **{ $handle } terminó** { $clock }. Ya no hay nada ahí.
dismissed = ☑️ **{ $handle } revisado** { $clock }: no era lo que se temía.
withdrawn = { $handle } fue retirado por quien lo reportó. No lo tome en cuenta.
