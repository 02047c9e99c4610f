# Lo que oye una persona: preguntas, respuestas, ayuda.

ask-place = ¿Dónde? Bastan dos calles o el nombre de un lugar. No se acerque.
place-unknown = Aquí no se conoce ese lugar. Mande dos calles que se cruzan, o un sitio conocido.
ask-this-place = ¿{ $place }? 1 sí, 2 otro
ask-which-place = ¿Cuál lugar? { $choices }, { $other } otro
ask-which-area = ¿Cuál barrio? { $choices }

received = Gracias, pasado como { $handle }: { $facts }. Guarde su distancia.
counted-as = Gracias. Otros también lo vieron: contado con { $handle }.
thanks = { $handle } está confirmado. Gracias por reportarlo.

done = { $handle }: { $state }.
already-so = { $handle } ya está { $state }.
no-such-id = Aquí no hay nada abierto que se llame { $handle }.
not-allowed = Aquí no puede hacer eso.
not-allowed-verifier = Eso lo hace un verificador. Gracias por mirar; escriba lo que vio y un verificador lo leerá.
    .phone = Eso lo hace un verificador. Escriba lo que vio y un verificador lo leerá.
not-allowed-moderator = Eso lo hace un moderador.
did-you-mean = ¿Quiso decir «{ $usage }»?

help = Escriba qué ve y dónde: cuántos, qué hacen, calles, hora, vehículos.
    ¿También lo vio? +1 y la clave, por ejemplo +1 K7. Un mensaje que empieza con - no se lee.
    .phone = Mande qué ve y dónde: cuántos, qué hacen, calles. Con el nombre de su barrio recibe sus alertas. SMS no es privado. ALTO=salir
help-verifier = Bajo una ficha: ok K7 ahí está, no K7 y por qué no, clear K7 ya terminó. O responda a la ficha: ok, no, clear.
    Las reacciones a una ficha también cuentan: ✅ confirma, ❌ descarta.
    .phone = ok K7 confirma, no K7 descarta, clear K7 termina. Para reportar mande qué ve y dónde. ALTO=salir
help-moderator = Como los verificadores: ok K7, no K7 y por qué, clear K7.
    Lo que no se pudo entregar o leer se dice en la sala de moderadores.
    .phone = ok K7 confirma, no K7 descarta, clear K7 termina. Para reportar mande qué ve y dónde. ALTO=salir

introduction = Hola, soy tocsin, el bot de alertas de { $community }. Lee esta sala para encontrar reportes de lo que pasa, y guarda solo qué, dónde y cuándo, en detalle a lo más 72 horas: nunca nombres, nunca la plática. Un mensaje que empieza con - no se lee. Para detenerlo, sáquelo de la sala.

hello = { $community }: alertas vecinales. Escriba qué ve y dónde para reportarlo, o el nombre de su barrio para recibir sus alertas confirmadas.
    .phone = { $community }, alertas vecinales. Mande su barrio, o qué ve y dónde. SMS no es privado: sin nombres. AYUDA=ayuda ALTO=salir
subscribed = Listo: { $area }. Solo alertas confirmadas, y cuando terminan. Para salir escriba alto.
    .phone = Listo: { $area }. Solo alertas confirmadas, max 6 al día. SMS no es privado: no mande nombres. AYUDA=ayuda ALTO=salir
unsubscribed = Listo: no más alertas. Para recibirlas otra vez escriba el nombre de su barrio.
