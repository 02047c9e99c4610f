# Lo que espera a los moderadores: lo que oye quien escribió, lo que ven los moderadores.

held-violence = No se comparte. Aqui no pasan amenazas. Si alguien corre peligro llame al 911.
held-identity = No se comparte: puede exponer a alguien. Mande otra vez sin nombres ni direcciones.
held-vehicle = Todavia no se comparte: busque chalecos o insignias. Agregue lo que vio.
held-interference = No se comparte: esto es para observar y ayudar, no para interferir.
held-hearsay = Lo vio usted? Si no, alguien va a verificar.
held-solicitation = Primero se revisan los enlaces.
held-shelter = No se comparte asi: dice donde se refugia gente. Mande solo la esquina.
held-odd = Todavia no se comparte: primero lo revisa un moderador.
plate-masked = Las placas no se guardan ni se pasan (MN •••). Guardela usted, para un abogado.
place-coarsened = Se comparte sin el lugar exacto: dice donde se refugia gente.

hold-violence = amenaza
hold-identity = nombra a una persona
hold-vehicle = vehiculo sin insignias
hold-interference = interferencia
hold-hearsay = de oidas
hold-flood = avalancha
hold-solicitation = enlace
hold-shelter = donde se refugia gente
hold-odd = signos raros

hold-card = **{ $handle }** retenido ({ $reason }) · { $facts }. ok { $handle } / edit { $handle } ... / drop { $handle }
hold-card-several = **{ $handle }** retenido ({ $reason }) · { $facts } · { $count } reportes. ok { $handle } / drop { $handle }
hold-card-released = **{ $handle }** sigue como { $as } · { $facts }.
hold-card-dropped = **{ $handle }** descartado ({ $reason }).
hold-released = { $handle } sigue como { $as }.
hold-dropped = { $handle } descartado.
hold-queue = Retenidos: { $waiting }.
hold-queue-empty = No hay nada retenido.

deed-released = solto { $handle } como { $incident }
deed-amended = solto { $handle } con otras palabras como { $incident }
