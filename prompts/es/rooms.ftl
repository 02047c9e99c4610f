# Salas que se llenan, y sus hermanas.

room-nearly-full = { $title } está al { $percent } % ({ $taken } de { $limit }). { $ready } está lista: mismas reglas, mismos administradores. La puerta lleva allí desde { $mark }. Responda: split now / wait / raise { $higher }
room-full = Este grupo está casi lleno. Usted puede quedarse. Los vecinos nuevos llegan a { $next }; las alertas salen en los dos.
room-not-made = ⚠️ No se pudo crear { $title } ({ $reason }). Haga al bot administrador de la sala que se llena y diga: split now. O cree un grupo a mano, ponga al bot como administrador y agréguelo a la configuración. Mientras tanto la puerta lleva a donde hay lugar.
room-not-closed = ⚠️ { $title } está llena, pero el bot no pudo desactivar su enlace ({ $reason }). Hágalo a mano, por favor. La puerta ya lleva a otra sala.
room-not-changed = ⚠️ No se pudo cambiar el enlace de { $title } ({ $reason }). Hágalo a mano, por favor.
room-wave = { $came } personas entraron a { $title } en una hora. Desde ahora un administrador debe dejarlas entrar. Para dejar entrar a quien pide: admit. Para no dejarlos: refuse.
rooms-small = { $from } y { $to } han tenido poca gente por un mes. Para invitar a los de { $from } a { $to }: merge down. No se mueve a nadie.
room-merged-down = Este grupo está tranquilo. Le invitamos a { $to }: { $link } También puede quedarse aquí; las alertas salen en los dos.
room-being-made = Se está creando { $title }. La puerta llevará allí en cuanto esté lista.

limits = { $lines }
limits-none = Aquí no se cuentan salas.
room-line = { $title }: { $taken } de { $limit } ({ $percent } %), { $state }
room-line-asking = { $title }: { $taken } de { $limit } ({ $percent } %), { $state }; { $asking } piden entrar
room-making = se está creando
room-failed = no se pudo crear
room-prepared = lista
room-open = abierta
room-door = la puerta lleva aquí
room-retired = unida a otra

which-rooms = ¿Qué salas? Agregue un barrio, o responda a lo que el bot dijo de ellas.
nothing-to-merge = Allí no hay dos salas pequeñas.
bad-mark = Escriba un número de personas entre las que hay ahora y { $limit }.

deed-split = hizo que la puerta ya no lleve a { $title }
deed-wait = deja la puerta en { $title } hasta que nadie más entre
deed-raise = deja la puerta en { $title } hasta { $mark } personas
deed-new-link = dio un enlace nuevo a { $title }
deed-merge-down = invitó a la gente de { $title } a { $into }
deed-admit = dejó entrar a quienes pedían entrar a { $title }
deed-refuse = no dejó entrar a quienes pedían entrar a { $title }

room-ready = { $title } está lista.
room-ready-link = { $title } está lista: { $link }
nothing-to-set-up = { $area } ya tiene todas sus salas.
room-not-found = El bot no está en ninguna sala llamada { $title } que no sea ya de un barrio. Invítelo, espere un minuto y dígalo otra vez.
cannot-make-rooms = No se pueden crear salas: no hay plataforma donde el bot pueda crearlas, o falta rooms.toml en la configuración.
deed-set-up = hace crear salas para { $area }: { $title }
deed-adopt = hizo de { $title } una sala de { $area }
