# Lo que oyen verificadores y moderadores ademas de las fichas.

ask-news = { $handle }: { $minutes } minutos sin noticias. ¿Ya terminó? clear { $handle } / ok { $handle }
ask-same = { $handle }: un reporte en { $place }, a unos { $feet } pies ({ $metres } m), se contó como lo mismo. new { $handle } los separa.
said-over = { $handle }: un vecino dice que ya terminó. clear { $handle } si es así.

dead-letter = ⚠️ No se entregó a { $to }: { $what } ({ $reason }). No se intentará otra vez.
dead-letter-about = ⚠️ No se entregó a { $to }: { $what } de { $handle } ({ $reason }). No se intentará otra vez.
what-alert = alerta
what-all-clear = fin de alerta
what-card = ficha
what-answer = respuesta
what-mark = reacción
what-edit = cambio
what-redaction = retiro
to-phone = un teléfono
to-person = una persona

unreadable = No se pudo descifrar un mensaje en { $room }. Si era un reporte, pida a quien lo escribió que lo mande otra vez.
poisoned = No se pudo recibir un mensaje en { $room }, por una falla nuestra; el registro tiene su clave. Vea si era un reporte.

our-fault = Algo falló de nuestro lado. Intente otra vez en unos minutos.
our-fault-call = Algo falló de nuestro lado. Si es urgente llame al { $hotline }.
