# Quien es nuevo en una sala, y quien pide entrar.

welcome = { $lines }
welcome-room = Le damos la bienvenida a { $room }. { $what }
welcome-to-response = Aquí los vecinos escriben lo que ven y se enteran de lo que otros vieron.
welcome-to-verifiers = Aquí se reúnen quienes van y miran.
welcome-to-info = Aquí salen las alertas confirmadas, y nada más.
welcome-to-aid = Aquí los vecinos piden y ofrecen ayuda.
welcome-to-shifts = Aquí se reparten los turnos.
welcome-to-city = Aquí está lo confirmado en toda la ciudad.
welcome-keeps = De un reporte el bot guarda qué, dónde y cuándo, en detalle a lo más { $hours } horas: nunca nombres, nunca la plática. Un mensaje que empieza con - no se lee.
welcome-how-here = Para reportar, escriba allí, o aquí conmigo: cuántos, qué hacen, dónde, cuándo.
welcome-how-alone = Para reportar, escriba aquí conmigo: cuántos, qué hacen, dónde, cuándo.
welcome-how-verifiers = Los reportes llegan como tarjetas. Responda con voy, si o no.
welcome-legal = Observe de lejos, no interfiera. Ayuda legal: { $hotline }
welcome-careful = Observe de lejos, no interfiera.
welcome-kind = Sea amable: aquí todos somos vecinos. Sin nombres ni domicilios. Para saber más escriba ayuda o privacidad.
welcome-here = Bienvenidos los nuevos en { $room }. Cómo funciona, qué se guarda, cómo reportar: escríbame ayuda a mí solo.

somebody = Alguien
asks = { $handle } · { $who } pide entrar a { $room }. ¿Quién conoce a esta persona? vouch { $handle } / refuse { $handle } (deben avalar { $needed } personas)
asks-vouched = { $handle } · { $who } pide entrar a { $room }. Avalaron { $vouched } de { $needed }. vouch { $handle } / refuse { $handle }
asks-let-in = { $handle } · { $room }: { $needed } personas avalaron y ya puede entrar.
asks-refused = { $handle } · { $room }: no se dejó entrar.
asks-lapsed = { $handle } · { $room }: nadie avaló a tiempo; puede pedirlo otra vez.
asks-gone = { $handle } · { $room }: ya no pide entrar, o alguien le dejó entrar a mano.
another-must-vouch = { $handle } necesita que avale otra persona.
not-let-in = ⚠️ No se pudo dejar entrar, o no, a quien pide entrar a { $room } ({ $reason }). Hágalo a mano, por favor.

deed-vouched-for = avaló a { $handle } para entrar a { $title }
deed-turned-away = no dejó entrar a { $handle } a { $title }
