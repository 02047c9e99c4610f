# Quién puede hacer qué, y a quién no se escucha.

role-neighbor = vecino
role-liaison = enlace
role-verifier = verificador
role-moderator = moderador

roles = { $lines }
    Los administradores de un grupo y los miembros de una sala cerrada tienen además su función por eso.
roles-none = Nadie tiene una función por nombre. Los administradores de un grupo y los miembros de una sala cerrada la tienen por eso.
role-line = { $who }: { $role }, { $areas }
role-line-rests = { $who }: { $role }, { $areas }; en pausa hasta que alguien diga: vouch { $who }
role-line-until = { $who }: { $role }, { $areas }, hasta { $date }
role-line-until-rests = { $who }: { $role }, { $areas }, hasta { $date }; en pausa hasta que alguien diga: vouch { $who }

whom = ¿A quién se refiere? Responda a su mensaje o escriba su dirección, como @ana:example.org. Los números no valen: se pueden falsificar.
not-known = Aquí no se conoce a nadie llamado { $who }. Responda a su mensaje o escriba su dirección.
no-such-area = Ningún barrio se llama { $name }.
holds-no-role = { $who } no es { $role } por nombre ahí.
nothing-rests = Nada está en pausa para { $who }.
not-banned = { $who } no está vetado ni silenciado.
several-authors = Varias personas reportaron { $handle }. Responda al mensaje de quien quiere decir.
yourself = Eso trata de usted. Lo tiene que hacer otro moderador.
not-yours = Usted es moderador de { $areas }. Eso le toca a un moderador de alla, o de toda la ciudad.
only-ignored = Ya no se escucha a { $who }, pero sigue en los grupos. Para sacarlo agregue el nombre de un barrio, o: todos
role-rests = Sus llaves cambiaron, así que su función está en pausa. Pida a otro moderador que compruebe que es usted y diga: vouch { $who }
by-hand-out = El bot no puede sacar a { $who } de { $rooms }. Hágalo a mano, por favor.
by-hand-in = El bot no puede dejar entrar otra vez a { $who } en { $rooms }. Hágalo a mano, por favor.

deed-gave-role = hizo a { $whom } { $role }
deed-took-role = quitó a { $whom } la función de { $role }
deed-rests = tiene otras llaves; su función está en pausa
deed-vouched = avaló a { $whom }
deed-banned = vetó a { $whom }
deed-banned-everywhere = vetó a { $whom } en todas partes
deed-muted = silenció a { $whom } por { $hours } h
deed-unbanned = dejó entrar otra vez a { $whom }
deed-deleted = retiró { $handle }

proposal-give-role = hacer a { $whom } { $role } ({ $areas }) hasta { $date }
proposal-take-role = quitar a { $whom } la función de { $role } ({ $areas })
proposal-ban = vetar a { $whom } ({ $areas })
proposal-mute = silenciar a { $whom } por { $hours } h

not-allowed-liaison = Eso lo hace un enlace.
help-liaison = noticias cuenta el día de toda la ciudad. K7 y sus palabras se suman a lo confirmado. donde X, privacidad, idioma.
    .phone = NOTICIAS cuenta el dia de toda la ciudad. Para reportar mande que ve y donde. ZONA x, PAUSA 8h. ALTO=salir
keys-changed-liaison = Una persona de enlace{ $count ->
    [0] {""}
   *[other] {" "}de { $areas }
} tiene llaves nuevas en { $platform }: un teléfono nuevo, u otra persona. Su función está en pausa. Pregúntele en persona y luego diga: vouch { $who }
