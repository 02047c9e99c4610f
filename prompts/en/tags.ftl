# What a report can hold. A tag that is not listed is said as it is.

activity-parked = parked
activity-driving = driving
activity-on-foot = on foot
activity-watching = watching
activity-staging = gathering
activity-knocking = knocking on doors
activity-entering = going inside
activity-questioning = asking questions
activity-vehicle-stop = vehicle stop
activity-detaining = detaining someone
activity-leaving = leaving
activity-aerial = in the air
activity-chemical = gas or spray used
activity-crowd = police line

agency-ice = ICE
agency-ero = ERO
agency-hsi = HSI
agency-cbp = Border Patrol
agency-dhs = DHS
agency-fbi = FBI
agency-atf = ATF
agency-usms = US Marshals
agency-fed = federal
agency-local-police = local police

uniform-vest = vests
uniform-mask = masks
uniform-tactical = tactical gear
uniform-police-marking = marked POLICE
uniform-plainclothes = plain clothes
uniform-badge = badges
uniform-jacket = jackets
uniform-hoodie = hoodies
uniform-camo = camouflage
uniform-uniform = uniforms
uniform-patch = patches
uniform-helmet = helmets

weapon-firearm = guns
weapon-rifle = rifles
weapon-handgun = handguns
weapon-shotgun = shotguns
weapon-taser = tasers
weapon-pepper-spray = pepper spray
weapon-pepper-ball = pepper balls
weapon-tear-gas = tear gas
weapon-baton = batons
weapon-flashbang = flashbangs

gear-battering-ram = battering ram
gear-shield = shields
gear-zip-ties = zip ties
gear-handcuffs = handcuffs
gear-helicopter = helicopter
gear-drone = drone
gear-k9 = dogs
gear-camera = cameras
gear-body-camera = body cameras
gear-radio = radios
gear-earpiece = earpieces
gear-flashlight = flashlights
gear-binoculars = binoculars
gear-clipboard = clipboard
gear-armored-vehicle = armored vehicle
gear-cones = cones
gear-spike-strip = spike strip

color-black = black
color-white = white
color-gray = gray
color-silver = silver
color-blue = blue
color-red = red
color-green = green
color-tan = tan
color-brown = brown
color-maroon = maroon
color-gold = gold
color-dark = dark

body-suv = { $count ->
    [one] SUV
   *[other] SUVs
}
body-sedan = { $count ->
    [one] sedan
   *[other] sedans
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
    [one] truck
   *[other] trucks
}
body-car = { $count ->
    [one] car
   *[other] cars
}
body-bus = { $count ->
    [one] bus
   *[other] buses
}
body-wagon = { $count ->
    [one] wagon
   *[other] wagons
}
body-vehicle = { $count ->
    [one] vehicle
   *[other] vehicles
}
