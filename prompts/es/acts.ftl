# Lo que hicieron, hacen y proponen los moderadores.

acted = { $who } { $deed }.
log = { $lines }
log-empty = No se hizo nada últimamente.
log-line = { $clock } { $who } { $deed }
deed-proposed = propuso { $handle }
deed-seconded = aprobó { $handle }
deed-shredded = borró todo lo que se guardaba de { $area }
deed-dropped = descartó { $handle }

proposal = **{ $handle }** · { $who } propone: { $what } · { $stage }
proposal-shred = borrar para siempre todo lo que se guarda de { $area }: { $incidents } { $incidents ->
    [one] incidente o retenido
   *[other] incidentes y retenidos
}, { $phones } { $phones ->
    [one] teléfono que recibe
   *[other] teléfonos que reciben
} sus alertas
proposal-say = a { $areas }, { $rooms } { $rooms ->
    [one] grupo
   *[other] grupos
} y { $phones } { $phones ->
    [one] teléfono
   *[other] teléfonos
} ({ $segments } { $segments ->
    [one] segmento
   *[other] segmentos
}): "{ $words }"
proposal-say-priced = a { $areas }, { $rooms } { $rooms ->
    [one] grupo
   *[other] grupos
} y { $phones } { $phones ->
    [one] teléfono
   *[other] teléfonos
} ({ $segments } { $segments ->
    [one] segmento
   *[other] segmentos
}, { $price }): "{ $words }"
proposal-say-quiet = a { $areas }, { $rooms } { $rooms ->
    [one] grupo
   *[other] grupos
}; a esta hora no se manda a teléfonos: "{ $words }"
stage-waits = otro moderador: ok { $handle } / drop { $handle }
stage-done = hecho ✅
stage-dropped = descartado
stage-lapsed = nadie lo aprobó en un día
proposing = { $handle } espera a otro moderador, que diga: ok { $handle }
needs-another = Usted propuso { $handle }. Otro moderador tiene que decir: ok { $handle }
too-many-proposals = Ya hay demasiado esperando a un segundo moderador. Descarte algo primero: drop B3

broadcast = 📣 { $words } - { $community }
