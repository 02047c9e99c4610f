# Lo que puede tener un reporte. Lo que no esta en la lista se dice tal cual.

activity-parked = estacionados
activity-driving = circulando
activity-on-foot = a pie
activity-watching = vigilando
activity-staging = juntándose
activity-knocking = tocando puertas
activity-entering = entrando
activity-questioning = haciendo preguntas
activity-vehicle-stop = carro detenido
activity-detaining = deteniendo a alguien
activity-leaving = yéndose
activity-aerial = en el aire
activity-chemical = usan gas o aerosol
activity-crowd = línea policial

agency-ice = ICE
agency-ero = ERO
agency-hsi = HSI
agency-cbp = Patrulla Fronteriza
agency-dhs = DHS
agency-fbi = FBI
agency-atf = ATF
agency-usms = US Marshals
agency-fed = federales
agency-local-police = policía local

uniform-vest = chalecos
uniform-mask = caras cubiertas
uniform-tactical = equipo táctico
uniform-police-marking = dice POLICE
uniform-plainclothes = de civil
uniform-badge = placas de agente
uniform-jacket = chamarras
uniform-hoodie = sudaderas
uniform-camo = camuflaje
uniform-uniform = uniformes
uniform-patch = parches
uniform-helmet = cascos

weapon-firearm = armas de fuego
weapon-rifle = rifles
weapon-handgun = pistolas
weapon-shotgun = escopetas
weapon-taser = táser
weapon-pepper-spray = gas pimienta
weapon-pepper-ball = bolas de pimienta
weapon-tear-gas = gas lacrimógeno
weapon-baton = macanas
weapon-flashbang = granadas aturdidoras

gear-battering-ram = ariete
gear-shield = escudos
gear-zip-ties = cinchos
gear-handcuffs = esposas
gear-helicopter = helicóptero
gear-drone = dron
gear-k9 = perros
gear-camera = cámaras
gear-body-camera = cámaras corporales
gear-radio = radios
gear-earpiece = auriculares
gear-flashlight = linternas
gear-binoculars = binoculares
gear-clipboard = tabla con papeles
gear-armored-vehicle = vehículo blindado
gear-cones = conos
gear-spike-strip = tira de púas

color-black = color negro
color-white = color blanco
color-gray = color gris
color-silver = color plata
color-blue = color azul
color-red = color rojo
color-green = color verde
color-tan = color arena
color-brown = color café
color-maroon = color vino
color-gold = color dorado
color-dark = color oscuro

body-suv = { $count ->
   *[other] SUV
}
body-sedan = { $count ->
    [one] sedán
   *[other] sedanes
}
body-van = { $count ->
    [one] van
   *[other] vans
}
body-minivan = { $count ->
    [one] minivan
   *[other] minivans
}
body-pickup = { $count ->
    [one] pickup
   *[other] pickups
}
body-truck = { $count ->
    [one] camión
   *[other] camiones
}
body-car = { $count ->
    [one] carro
   *[other] carros
}
body-bus = { $count ->
    [one] autobús
   *[other] autobuses
}
body-wagon = { $count ->
    [one] vagoneta
   *[other] vagonetas
}
body-vehicle = { $count ->
    [one] vehículo
   *[other] vehículos
}
