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
what-message = mensaje
what-edit = cambio
what-redaction = retiro
to-phone = un teléfono
to-person = una persona

dead-texts = ⚠️ { $count ->
    [one] 1 teléfono no recibió
   *[other] { $count } teléfonos no recibieron
}: { $what } ({ $reason }). No se intentará otra vez.
dead-texts-about = ⚠️ { $count ->
    [one] 1 teléfono no recibió
   *[other] { $count } teléfonos no recibieron
}: { $what } de { $handle } ({ $reason }). No se intentará otra vez.
cost = { $segments ->
    [one] Un segmento
   *[other] { $segments } segmentos
} a { $phones ->
    [one] 1 teléfono
   *[other] { $phones } teléfonos
}: { $total } por pagar. No se mandó nada. (Falta price_per_segment en policy.toml.)
cost-priced = { $segments ->
    [one] Un segmento
   *[other] { $segments } segmentos
} a { $phones ->
    [one] 1 teléfono
   *[other] { $phones } teléfonos
}: { $total } por pagar, { $price } en total. No se mandó nada.
cost-budget = { $segments ->
    [one] Un segmento
   *[other] { $segments } segmentos
} a { $phones ->
    [one] 1 teléfono
   *[other] { $phones } teléfonos
}: { $total } por pagar, { $price } en total; al presupuesto de hoy le quedan { $left }. No se mandó nada.
budget-70 = Se gastó el 70 % del presupuesto de hoy para mensajes de texto. Todo se sigue mandando.
budget-90 = ⚠️ Se gastó el 90 % del presupuesto de hoy para mensajes de texto. Hasta medianoche los teléfonos solo reciben alertas confirmadas, sus finales y preguntas sobre reportes.
budget-100 = ⚠️ Se gastó el presupuesto de hoy para mensajes de texto. Hasta medianoche los teléfonos no reciben más alertas, solo el final de las que tuvieron. Suba budget_per_day en policy.toml si no debe ser así.

unreadable = No se pudo descifrar un mensaje en { $room }. Si era un reporte, pida a quien lo escribió que lo mande otra vez.
poisoned = No se pudo recibir un mensaje en { $room }, por una falla nuestra; el registro tiene su clave. Vea si era un reporte.

our-fault = Algo falló de nuestro lado. Intente otra vez en unos minutos.
our-fault-call = Algo falló de nuestro lado. Si es urgente llame al { $hotline }.

platform-matrix = Matrix
platform-signal = Signal
platform-sms = mensajes de texto
challenge = ⚠️ { $platform } no manda nada más del bot hasta que una persona muestre que existe. Abra https://signalcaptchas.org/challenge/generate.html, resuélvalo y dé a quien opera el bot el enlace de "Abrir Signal": tocsin signal challenge { $token } ENLACE
waiting = { $people ->
    [one] 1 persona espera
   *[other] { $people } personas esperan
} que se les deje entrar a { $room }. Para dejar entrar a todos responda admit o reaccione con pulgar arriba; para no dejarlos, refuse o pulgar abajo.
room-lost = ⚠️ El bot ya no está en { $room }: allí no se lee nada y no llegan alertas. Invítelo otra vez si debe estar.
unlinked = ⚠️ El bot perdió su cuenta en { $platform }: allí no se lee nada y no llegan alertas. Quien lo opera debe vincularlo otra vez: tocsin signal link
keys-changed-moderator = Una persona moderadora{ $count ->
    [0] {""}
   *[other] {" "}de { $areas }
} tiene llaves nuevas en { $platform }: un teléfono nuevo, u otra persona. Su función está en pausa. Pregúntele en persona y luego diga: vouch { $who }
keys-changed-verifier = Una persona verificadora{ $count ->
    [0] {""}
   *[other] {" "}de { $areas }
} tiene llaves nuevas en { $platform }: un teléfono nuevo, u otra persona. Su función está en pausa. Pregúntele en persona y luego diga: vouch { $who }
