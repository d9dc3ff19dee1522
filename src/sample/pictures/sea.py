"""Pictures of the harbour, the sea and the sky. Each function draws on 1200 x 675, or as its name in draw.py says."""

from random import Random

from shapes import *


def sailing_boat(x, y, s, hull=NIGHT, sail=CREAM):
    return group(
        stroke("M0,0 V-120", hull, 4)
        + path("M6,-116 Q60,-50 62,-12 L6,-12Z", sail)
        + path("M-6,-100 Q-40,-50 -44,-12 L-6,-12Z", sail, opacity=0.75)
        + path("M-70,-2 H76 Q66,26 44,28 H-44 Q-62,26 -70,-2Z", hull)
        + rect(-62, 4, 130, 4, CORAL),
        f"translate({x},{y}) scale({s})",
    )


def harbour_dusk():
    sky = fade("sky", 0, 0, 1200, 400, "#3d3157", "#8a4a68", CORAL, "#f3b45d", "#fbdc9d")
    sun = circle(400, 372, 150, "#ffe6ad", opacity=0.25) + circle(400, 372, 78, "#fff0c8")
    hills = path("M0,396 Q120,330 260,360 T520,350 T820,372 T1200,340 V410 H0Z", PLUM, opacity=0.75)
    water = fade("sea", 0, 398, 1200, 277, "#d98766", "#8f5a6b", "#33456b", NIGHT)
    glints = "".join(
        rect(400 - w / 2 + dx, 410 + i * 15, w, 5, "#ffe3a6", rx=2.5, opacity=f"{0.85 - i * 0.045:.2f}")
        for i, (w, dx) in enumerate(
            [(170, 0), (120, -18), (150, 12), (96, 4), (126, -10), (80, 16), (104, -4), (60, 8), (84, -14), (44, 4), (60, 0)]
        )
    )
    beam = poly("968,206 -10,20 -10,210", "#fff0c8", opacity=0.13)
    rocks = path("M820,470 Q860,420 930,424 Q990,392 1060,424 Q1150,410 1200,440 V522 Q1080,512 1000,524 T860,514 Q826,508 800,512Z", "#2a2440")
    tower = (
        poly("938,420 950,236 1004,236 1016,420", CREAM)
        + poly("946,300 949,256 1005,256 1008,300", CORAL)
        + poly("941,376 943,340 1011,340 1013,376", CORAL)
        + rect(940, 228, 74, 10, NIGHT) + rect(956, 192, 42, 36, "#ffe9b0") + rect(974, 192, 5, 36, NIGHT)
        + path("M948,194 Q977,156 1006,194Z", NIGHT) + poly("977,236 1004,236 1016,420 977,420", NIGHT, opacity=0.18)
    )
    boats = (
        sailing_boat(640, 452, 0.7, sail="#f7cf9a") + sailing_boat(196, 486, 0.95, sail="#f3dcb5")
        + sailing_boat(776, 552, 1.25, sail="#fbe8c6")
    )
    shade = "".join(ellipse(x, y, rx, 6, NIGHT, opacity=0.35) for x, y, rx in [(640, 476, 60), (196, 518, 80), (776, 594, 110)])
    quay = path("M0,620 H470 V675 H0Z", "#1a1b2c") + rect(0, 612, 484, 14, "#2c2a40") + "".join(
        path(f"M{x},612 v-22 q0,-10 14,-10 t14,10 v22Z", "#2c2a40") for x in (90, 250, 410)
    )
    birds = gull(520, 180, 22) + gull(590, 220, 15) + gull(470, 236, 12)
    return sky + sun + hills + beam + water + glints + rocks + tower + shade + boats + quay + birds


def river():
    sky = fade("sky", 0, 0, 1200, 380, "#9fd0d0", "#d8e8d4", CREAM)
    sun = circle(880, 150, 66, "#ffe8b0")
    far = path("M0,300 Q180,170 380,262 T760,236 T1200,270 V420 H0Z", "#a7c4b5")
    mid = path("M0,350 Q240,236 470,330 T900,300 T1200,336 V480 H0Z", "#8fb08a")
    land = rect(0, 392, 1200, 283, "#a9ad5f") + path("M0,392 Q300,360 620,392 T1200,384 V440 H0Z", "#98a35a")
    water = path("M700,390 H724 C760,420 600,440 566,484 V520 C640,560 900,580 850,675 H290 C250,600 410,560 406,520 V484 C430,436 640,420 700,390Z", SEA)
    shine = "".join(
        stroke(d, "#8cc7cb", 5, opacity=0.8)
        for d in ["M520,548 h90", "M600,578 h150", "M440,604 h120", "M640,632 h120", "M470,652 h70"]
    )
    bridge = path(
        "M236,470 Q486,400 736,470 V540 H690 V520 A44,44 0 0 0 602,520 V540 H566 V506 A80,74 0 0 0 406,506 V540 H370 V520 A44,44 0 0 0 282,520 V540 H236Z",
        "#e6cfa2",
    )
    parapet = stroke("M230,464 Q486,394 742,464", "#c9a873", 14)
    stones = "".join(
        rect(x, y, 22, 7, "#d1b380", rx=3) for x, y in [(250, 486), (262, 508), (380, 466), (330, 476), (590, 468), (640, 482), (704, 500), (556, 446), (470, 424), (400, 500), (574, 504)]
    )
    trees = "".join(poplar(x, y, h, c) for x, y, h, c in [
        (84, 470, 210, LEAF), (140, 486, 240, "#5d7d4b"), (196, 476, 180, LEAF), (818, 452, 170, "#5d7d4b"),
        (868, 468, 220, LEAF), (1010, 500, 260, "#5d7d4b"), (1072, 480, 200, LEAF), (1130, 506, 250, "#5d7d4b"),
    ])
    fields = "".join(stroke(f"M{900 + i * 56},640 q30,-60 90,-92", "#8d9448", 7) for i in range(5))
    reeds = "".join(stroke(f"M{x},675 q{d},-40 {d * 2},-74", LEAF, 6) for x, d in [(236, -9), (252, -3), (262, 5), (276, -6), (290, 8), (222, 2), (872, 7), (886, -2), (900, -7), (916, 5), (858, -4)])
    return sky + sun + far + mid + land + water + shine + fields + trees + bridge + parapet + stones + reeds + gull(420, 150, 18, NAVY) + gull(470, 176, 12, NAVY)


def ferry():  # 800 x 600
    sky = fade("sky", 0, 0, 800, 330, "#8fc9cf", "#d5e9df", CREAM)
    sun = circle(150, 130, 54, "#ffe3a0")
    island = path("M470,334 Q520,250 590,246 Q640,196 710,232 Q770,236 800,286 V340 H460Z", "#8fa05b") + path("M470,334 Q560,300 800,316 V344 H460Z", SAND)
    houses = "".join(
        rect(x, y, w, h, c) + rect(x + w / 2 - 4, y + h - 14, 8, 14, NAVY)
        for x, y, w, h, c in [(576, 276, 40, 34, WHITE), (622, 258, 34, 50, CREAM), (662, 270, 46, 38, WHITE), (716, 280, 36, 30, CREAM)]
    ) + poly("572,276 596,258 620,276", CORAL) + poly("658,270 685,250 712,270", CORAL)
    sea = fade("sea", 0, 328, 800, 272, "#6fb6b8", SEA, "#1f5f7a")
    hull = path("M70,388 H520 L478,470 H132 Q92,440 70,388Z", WHITE) + path("M88,420 H504 L478,470 H132 Q106,450 88,420Z", NAVY)
    cabin = (
        rect(150, 336, 300, 54, WHITE, rx=6) + rect(190, 290, 210, 48, CREAM, rx=6)
        + "".join(rect(x, 350, 22, 20, SEA, rx=4) for x in range(172, 420, 38))
        + "".join(rect(x, 304, 20, 18, SEA, rx=4) for x in range(206, 390, 36))
        + poly("300,290 306,232 350,232 356,290", CORAL) + rect(303, 246, 50, 12, WHITE)
        + stroke("M430,336 V262", NAVY, 4) + poly("430,264 470,274 430,286", OCHRE)
    )
    smoke = "".join(circle(x, y, r, WHITE, opacity=0.7) for x, y, r in [(322, 212, 14), (300, 192, 20), (268, 176, 26), (226, 166, 30)])
    foam = waves(470, 800, "#3f93a5", 50, 12, 600) + waves(520, 800, "#2f7f93", 64, 14, 600) + waves(562, 800, "#256a82", 80, 14, 600)
    wake = stroke("M60,470 q30,-14 60,0 M480,472 q26,-14 54,0 M540,484 q20,-10 40,0", WHITE, 6)
    return sky + sun + sea + island + houses + smoke + cabin + hull + foam + wake + gull(430, 120, 24) + gull(500, 160, 17) + gull(360, 84, 14)


def crane(x, colour):
    legs = stroke(f"M{x},520 L{x + 30},170 M{x + 190},520 L{x + 160},170 M{x + 12},380 H{x + 178} M{x + 12},380 L{x + 164},230 M{x + 178},380 L{x + 26},230", colour, 12)
    boom = rect(x - 250, 160, 520, 20, colour) + stroke(f"M{x + 95},70 V160 M{x + 95},76 L{x - 240},160 M{x + 95},76 L{x + 250},160", colour, 7)
    return legs + boom + rect(x + 60, 180, 70, 44, WHITE, rx=4) + rect(x + 70, 190, 50, 20, SEA)


def containers():
    sky = fade("sky", 0, 0, 1200, 600, "#f0b96a", "#f7d79d", CREAM)
    sun = circle(250, 210, 84, "#fff2cf")
    clouds = "".join(rect(x, y, w, 18, WHITE, rx=9, opacity=0.7) for x, y, w in [(60, 110, 190), (140, 138, 130), (900, 90, 200), (980, 118, 140)])
    colours = [CORAL, SEA, OCHRE, NAVY, TEAL, BRICK, "#d9c08a"]
    chance = Random(7)

    def box(x, y, c):
        return rect(x, y, 78, 34, c) + "".join(rect(x + 8 + i * 13, y + 5, 4, 24, NIGHT, opacity=0.16) for i in range(5))

    cargo = "".join(
        box(96 + column * 82, 436 - level * 36, chance.choice(colours))
        for column, height in enumerate([2, 3, 4, 4, 3, 4, 2])
        for level in range(height)
    )
    bridge = rect(686, 292, 74, 182, WHITE) + "".join(rect(696, y, 54, 12, SEA) for y in (306, 336, 366)) + rect(704, 262, 20, 30, CORAL)
    hull = path("M40,470 H800 L786,590 H110 Q64,540 40,470Z", NAVY) + path("M84,540 H792 L786,590 H110 Q96,570 84,540Z", BRICK)
    cranes = crane(480, "#8a4a50") + crane(900, "#7a3a46")
    hanging = stroke("M330,180 V286 M390,180 V286", NIGHT, 3) + box(321, 286, CORAL)
    yard = rect(820, 520, 380, 155, "#5b5566") + rect(820, 512, 380, 12, "#78707e") + "".join(
        box(850 + c * 84, 478 - l * 36, chance.choice(colours)) for c, n in enumerate([1, 2, 3, 2]) for l in range(n)
    )
    sea = waves(560, 830, SEA, 52, 10, 675) + waves(610, 830, "#256a82", 70, 12, 675) + rect(820, 560, 380, 115, "#4b4657")
    return sky + sun + clouds + cranes + hanging + bridge + cargo + hull + sea + yard


def telescope():
    chance = Random(3)
    sky = fade("sky", 0, 0, 1200, 675, "#0d1b30", "#1b3354", "#3b4a72", "#7c5f7d")
    milky = "".join(
        circle(chance.gauss(0, 90) + 200 + t * 800, chance.gauss(0, 46) + 420 - t * 420, chance.choice([1, 1.5, 2]), "#cfd8ea", opacity=0.5)
        for t in [i / 260 for i in range(260)]
    )
    glow = group(ellipse(0, 0, 620, 90, "#8aa0cf", opacity=0.14) + ellipse(0, 0, 520, 46, "#b9c6e6", opacity=0.12), "translate(600,210) rotate(-27)")
    comet = stroke("M860,96 L960,60", CREAM, 3, opacity=0.9) + circle(858, 97, 4, WHITE)
    far = path("M0,520 L150,430 L280,500 L430,400 L600,520 L760,440 L930,530 L1090,450 L1200,500 V675 H0Z", "#39416a")
    peak = path("M120,675 L520,470 Q640,430 790,470 L1200,660 V675Z", "#151f35") + path("M0,675 Q200,590 420,640 T820,640 T1200,620 V675Z", "#0d1526")
    dome = (
        rect(536, 372, 260, 110, "#d9d2c4") + rect(536, 372, 130, 110, WHITE, opacity=0.25) + rect(524, 360, 284, 18, "#b7b0a8")
        + path("M536,360 A130,130 0 0 1 796,360Z", "#eee6d6") + path("M666,360 A130,130 0 0 0 666,230 A130,130 0 0 1 796,360Z", "#c6bfb6")
        + path("M610,360 Q612,272 650,231 L712,239 Q676,280 676,360Z", NIGHT)
        + group(rect(-20, -120, 40, 130, SEA, rx=4) + rect(-26, -132, 52, 18, MIST, rx=4), "translate(646,352) rotate(10)")
        + rect(640, 420, 44, 62, NAVY) + "".join(rect(x, 404, 26, 22, "#f6c56f") for x in (566, 740))
    )
    village = "".join(
        rect(x, y, 20, 16, "#0a1120") + circle(x + 10, y + 8, 2.4, "#f2b768") for x, y in [(130, 618), (160, 606), (186, 622), (214, 610), (246, 624), (96, 628)]
    )
    return sky + glow + milky + stars(chance, 150, 1200, 460) + comet + far + peak + dome + village


def turtle():  # 800 x 600
    chance = Random(5)
    sea = fade("sea", 0, 0, 800, 600, "#8fd3cf", "#4fa9b3", "#2a7a93", "#1c5673")
    rays = "".join(poly(f"{x},0 {x + 70},0 {x - 120},600 {x - 300},600", WHITE, opacity=0.09) for x in (300, 480, 640, 800))
    bed = path("M0,540 Q160,500 320,536 T640,530 T800,520 V600 H0Z", "#d8c597")
    corals = "".join(
        stroke(f"M{x},560 v-70 m0,30 q-26,-6 -26,-44 m26,60 q28,-8 28,-50", c, 13) for x, c in [(90, CORAL), (690, "#d65f6c"), (610, OCHRE)]
    ) + "".join(stroke(f"M{x},566 q-16,-40 0,-70 t0,-60", LEAF, 9) for x in (170, 196, 742, 766, 30))
    shell = (
        ellipse(0, 0, 150, 108, "#6d7a3f") + ellipse(0, -4, 136, 94, OLIVE)
        + poly("-34,-40 34,-40 60,0 34,40 -34,40 -60,0", "#b4b063") + stroke(
            "M-34,-40 L-56,-86 M34,-40 L56,-86 M60,0 H136 M34,40 L56,84 M-34,40 L-56,84 M-60,0 H-136", "#6d7a3f", 7)
    )
    skin = "#9fb07a"
    body = (
        path("M90,-70 Q170,-190 236,-176 Q220,-110 132,-36Z", skin) + path("M90,70 Q150,180 216,176 Q206,110 132,36Z", skin)
        + path("M-110,-66 Q-176,-120 -206,-98 Q-186,-62 -134,-36Z", skin) + path("M-110,66 Q-176,118 -202,94 Q-182,60 -134,36Z", skin)
        + ellipse(178, -4, 52, 38, skin) + circle(196, -18, 6, NIGHT) + stroke("M212,4 q-12,8 -22,4", "#6d7a3f", 4)
        + "".join(circle(x, y, 6, "#7f9160") for x, y in [(186, -140), (160, -108), (180, 138), (154, 104), (150, 10), (164, -26)])
    )
    fish = "".join(
        group(ellipse(0, 0, 20, 9, c) + poly("-16,0 -32,-10 -32,10", c) + circle(10, -2, 2, NIGHT), f"translate({x},{y}) scale({s})")
        for x, y, s, c in [(640, 380, 1, OCHRE), (690, 404, 0.8, OCHRE), (600, 412, 0.7, OCHRE), (120, 380, 0.9, CORAL), (164, 402, 0.7, CORAL)]
    )
    bubbles = "".join(circle(chance.uniform(560, 720), chance.uniform(50, 220), chance.uniform(3, 9), WHITE, opacity=0.5) for _ in range(12))
    return sea + rays + bed + corals + fish + group(body + shell, "translate(370,280) rotate(-14)") + bubbles


def solar():
    sky = fade("sky", 0, 0, 1200, 340, "#f2a65a", "#f8cf8a", "#fdf0d0")
    sun = circle(820, 200, 190, "#fff3cd", opacity=0.35) + circle(820, 200, 120, "#fff6da")
    sea = fade("sea", 0, 310, 1200, 80, "#8cc4c4", SEA)
    shore = path("M0,372 Q300,350 600,368 T1200,360 V675 H0Z", SAND) + path("M0,420 Q400,398 1200,410 V675 H0Z", "#e2c48f")
    plant = (
        "".join(rect(x, 292, 96, 84, WHITE, rx=4) + ellipse(x + 48, 292, 48, 12, MIST) + rect(x, 330, 96, 10, SEA) for x in (110, 222))
        + rect(340, 316, 150, 62, CREAM) + poly("334,316 415,286 496,316", BRICK) + "".join(rect(x, 334, 22, 22, NAVY) for x in (356, 396, 436))
        + stroke("M318,356 H340", SEA, 8)
    )
    rows = ""
    for y, s, n in [(430, 0.55, 9), (496, 0.8, 7), (594, 1.15, 5)]:
        step = 230 * s
        for i in range(-1, n):
            panel = (
                stroke("M40,40 V76 M170,40 V76", "#7c6a52", 8) + poly("0,46 46,-42 216,-42 176,46", NAVY) + poly("8,41 50,-36 128,-36 90,41", "#2c5a80")
                + stroke("M90,41 L128,-36 M134,44 L172,-40 M48,44 L88,-40 M22,4 H196", "#8fb4cc", 2.5)
            )
            rows += group(panel, f"translate({i * step + (60 if s < 0.7 else 20):g},{y}) scale({s})")
    return sky + sun + sea + shore + plant + rows + gull(420, 130, 18, BRICK) + gull(470, 156, 12, BRICK)
