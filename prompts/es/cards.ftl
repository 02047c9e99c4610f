# La ficha de los verificadores, y las partes de que se hacen fichas y alertas.

card = { $facts }. going { $handle } / ok { $handle } / no { $handle }
card-confirmed = { $facts }. clear { $handle } / no { $handle }
card-closed = { $facts }.

head = **{ $handle }** { $state }
head-changed = **{ $handle }** { $state } { $clock }

status-unverified = sin verificar
status-corroborated = corroborado
status-confirmed = confirmado
status-cleared = terminado
status-dismissed = descartado
status-stale = viejo, sin noticias
status-merged = unido a otro

people = { $count ->
    [one] { $shown } persona
   *[other] { $shown } personas
}
vehicles = { $count ->
    [one] { $shown } vehículo
   *[other] { $shown } vehículos
}
reports = { $count ->
    [one] { $shown } reporte
   *[other] { $shown } reportes
}
firsthand = { $shown } de primera mano
rooms = { $count ->
    [one] { $shown } sala
   *[other] { $shown } salas
}

vehicle = { $shown } { $body } { $brand } { $color }

seen = visto { $clock }
clock = { $hour12 }:{ $minute }{ $half }
clock-other-day = { $weekday } { $clock }
weekday-mon = lun
weekday-tue = mar
weekday-wed = mié
weekday-thu = jue
weekday-fri = vie
weekday-sat = sáb
weekday-sun = dom

missing-location = sin lugar
missing-size = sin cantidad
missing-activity = sin actividad
missing-time = sin hora
