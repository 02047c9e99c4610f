# La plática que pasa entre las salas de un barrio.

relay-nobody = Alguien del barrio
relay-left-out = (se dejó fuera lo adjunto)

relay-began = Desde ahora lo que se dice aquí se lee también en { $rooms }, con su nombre delante, y lo que se dice allá se lee aquí. Las fotos no pasan. Un mensaje que empieza con - se queda aquí.
relay-began-alone = Desde ahora lo que se dice aquí se leerá también en las otras salas de este barrio cuando las haya, con su nombre delante. Las fotos no pasan. Un mensaje que empieza con - se queda aquí.
relay-ended = Desde ahora lo que se dice aquí se queda aquí. Las alertas siguen llegando a todo el barrio.

deed-relay-chat = hace que lo que se dice en las salas de { $title } pase entre ellas
deed-relay-alerts = hace que entre las salas de { $title } pasen solo alertas
