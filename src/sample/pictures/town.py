"""Pictures of the town and its streets, of the road and the fields. Each draws on 1200 x 675 unless it says otherwise."""

from random import Random

from shapes import *


def parliament():
    sky = fade("sky", 0, 0, 1200, 675, "#7fb9c4", "#cfe3d8", CREAM)
    clouds = "".join(rect(x, y, w, 22, WHITE, rx=11, opacity=0.75) for x, y, w in [(90, 120, 220), (150, 92, 120), (900, 160, 210), (960, 132, 120)])
    trees = "".join(circle(x, y, r, c) for x, y, r, c in [(80, 500, 90, LEAF), (170, 530, 64, "#5d7d4b"), (1120, 500, 96, LEAF), (1030, 534, 60, "#5d7d4b")])
    dome = (
        rect(500, 196, 200, 60, SAND) + "".join(rect(514 + i * 30, 206, 12, 44, "#b99563") for i in range(6))
        + path("M490,200 A110,118 0 0 1 710,200Z", SEA) + path("M600,82 A110,118 0 0 1 710,200 H640 Q650,120 600,82Z", "#256a82")
        + rect(586, 54, 28, 32, CREAM) + path("M582,56 Q600,26 618,56Z", SEA) + stroke("M600,38 V14", NAVY, 4)
    )
    body = (
        rect(230, 330, 740, 210, "#f3e2bf") + rect(220, 318, 760, 20, "#dcc08a")
        + "".join(rect(x, 376, 40, 84, NAVY, rx=20) + rect(x, 420, 40, 60, NAVY) for x in (256, 318, 842, 904))
        + rect(388, 306, 424, 234, "#ead3a3") + poly("372,268 600,176 828,268", "#f3e2bf") + poly("420,262 600,190 780,262", "#dcc08a") + rect(372, 266, 456, 42, "#f3e2bf")
        + rect(560, 400, 80, 140, BRICK, rx=40) + rect(560, 440, 80, 100, BRICK)
        + "".join(rect(x, 308, 30, 232, WHITE) + rect(x + 20, 308, 10, 232, "#d9c6a0") + rect(x - 5, 308, 40, 12, "#e6d2a6") + rect(x - 5, 528, 40, 12, "#e6d2a6") for x in (404, 464, 516, 654, 706, 766))
    )
    steps = "".join(rect(340 - i * 34, 540 + i * 22, 520 + i * 68, 22, "#e6d2a6" if i % 2 else "#f0e0ba") for i in range(5))
    ground = rect(0, 640, 1200, 35, "#b5a479")
    lawn = rect(0, 536, 1200, 110, "#a9b87a")
    flags = "".join(
        stroke(f"M{x},540 V300", NAVY, 6) + path(f"M{x},304 q30,-16 58,0 t56,0 v52 q-28,14 -56,0 t-58,0Z", c) for x, c in [(90, CORAL), (1010, OCHRE)]
    )
    people = "".join(person(x, y, 62, c) for x, y, c in [(420, 606, NAVY), (470, 626, CORAL), (700, 584, PLUM), (800, 630, SEA), (356, 650, OCHRE), (846, 650, LEAF), (586, 648, BRICK), (620, 648, NAVY)])
    return sky + clouds + lawn + trees + dome + body + ground + steps + flags + people


def rain():
    chance = Random(11)
    sky = fade("sky", 0, 0, 1200, 480, "#3c5570", "#6c8a9b", "#a9bcc0")
    houses = ""
    for x, w, h, c in [(0, 170, 330, "#34506a"), (160, 140, 270, "#3f6076"), (290, 190, 360, "#2f4862"), (470, 150, 250, "#446a7e"), (610, 200, 330, "#36546d"), (800, 150, 280, "#40637a"), (940, 270, 370, "#2f4862")]:
        houses += rect(x, 470 - h, w, h, c)
        houses += "".join(
            rect(wx, wy, 24, 34, "#f8cf7e" if chance.random() < 0.45 else "#27405a", rx=3)
            for wy in range(470 - h + 26, 400, 62) for wx in range(x + 20, x + w - 30, 48)
        )
    street = fade("street", 0, 468, 1200, 207, "#4d6577", "#2b4158")
    mirror = group(houses, "translate(0,940) scale(1,-1)", opacity=0.22)
    lamp = "".join(stroke(f"M{x},500 V240 q0,-30 36,-30", NIGHT, 8) + circle(x + 44, 216, 16, "#ffe1a0") + circle(x + 44, 216, 58, "#ffe1a0", opacity=0.18) for x in (90, 1040))

    def walker(x, y, s, c):
        return group(
            person(0, 0, 150, "#22303f") + stroke("M6,-110 V-176", NIGHT, 5)
            + path("M-84,-158 Q-70,-232 6,-236 Q82,-232 96,-158 Q66,-176 36,-158 Q6,-176 -24,-158 Q-54,-176 -84,-158Z", c)
            + path("M6,-236 Q-20,-200 -24,-158 Q6,-176 36,-158 Q32,-200 6,-236Z", WHITE, opacity=0.25),
            f"translate({x},{y}) scale({s})",
        )

    walkers = [(250, 560, 0.8, OCHRE), (470, 600, 1.1, CORAL), (690, 556, 0.75, TEAL), (900, 612, 1.2, "#f0d9a8"), (1120, 566, 0.8, BRICK)]
    shadows = "".join(ellipse(x, y + 26 * s, 76 * s, 13 * s, c, opacity=0.4) for x, y, s, c in walkers)
    drops = "".join(
        stroke(f"M{x:.0f},{y:.0f} l-8,26", "#dce9ec", 2, opacity=f"{chance.uniform(0.25, 0.7):.2f}")
        for x, y in [(chance.uniform(0, 1210), chance.uniform(-10, 660)) for _ in range(190)]
    )
    rings = "".join(ellipse(x, y, 20, 5, "none", stroke="#b9cdd2", stroke_width=2, opacity=0.6) for x, y in [(120, 640), (380, 655), (600, 630), (760, 650), (1050, 648), (340, 600)])
    return sky + houses + street + mirror + lamp + shadows + rings + "".join(walker(*w) for w in walkers) + drops


def market():
    sky = fade("sky", 0, 0, 1200, 300, "#8cc6cc", CREAM)
    castle = rect(470, 86, 260, 120, "#d3ad74") + "".join(rect(470 + i * 44, 66, 24, 22, "#d3ad74") for i in range(6)) + rect(580, 130, 40, 76, WOOD, rx=20)
    steps = "".join(
        poly(f"{600 - a:g},{y} {600 + a:g},{y} {600 + b:g},{y2} {600 - b:g},{y2}", c)
        for i in range(15)
        for y in [200 + i * i * 1.35 + i * 13] for y2 in [200 + (i + 1) ** 2 * 1.35 + (i + 1) * 13]
        for a in [96 + i * 13] for b in [96 + (i + 1) * 13]
        for c in ["#e3c896" if i % 2 else "#cfae78"]
    )
    walls = poly("0,0 330,120 504,200 330,675 0,675", "#e8c99a") + poly("1200,0 870,120 696,200 870,675 1200,675", "#dcb680")
    shade = poly("504,200 330,675 384,675 520,200", WOOD, opacity=0.25)
    doors = "".join(
        path(f"M{x},{y} v{-h * 0.7:g} q{w / 2:g},{-h * 0.45:g} {w},0 v{h * 0.7:g}Z", c) + rect(x - w * 0.12, y, w * 1.24, w * 0.12, "#b98f5c")
        for x, y, w, h, c in [(40, 640, 120, 240, "#6b3f33"), (230, 520, 70, 160, NAVY), (362, 400, 44, 106, "#6b3f33"), (1040, 640, 120, 240, NAVY), (900, 520, 70, 160, "#6b3f33"), (794, 400, 44, 106, SEA)]
    )

    def awning(x, y, w, h, slope, c):
        stripes = "".join(
            poly(f"{x + i * w / 6:g},{y + slope * i / 6:g} {x + (i + 1) * w / 6:g},{y + slope * (i + 1) / 6:g} {x + (i + 1) * w / 6:g},{y + h + slope * (i + 1) / 6:g} {x + i * w / 6:g},{y + h + slope * i / 6:g}", c if i % 2 else WHITE)
            for i in range(6)
        )
        return stripes

    awnings = awning(10, 330, 200, 74, 30, CORAL) + awning(214, 318, 120, 48, 10, SEA) + awning(348, 278, 76, 34, 4, OCHRE)
    awnings += awning(990, 360, 200, 74, -30, OCHRE) + awning(866, 328, 120, 48, -10, BRICK) + awning(776, 282, 76, 34, -4, TEAL)
    cloths = path("M330,126 Q600,240 870,126 L840,110 Q600,196 360,110Z", CORAL, opacity=0.92) + path("M250,60 Q600,170 950,60 L910,46 Q600,134 290,46Z", OCHRE, opacity=0.92)
    chance = Random(2)
    fruit = "".join(
        poly(f"{x},{y} {x + w},{y} {x + w - 14},{y + 50} {x + 14},{y + 50}", WOOD)
        + "".join(circle(x + 12 + chance.uniform(0, w - 24), y - chance.uniform(0, 14), 13, c) for _ in range(11))
        for x, y, w, c in [(160, 610, 120, BRICK), (60, 640, 110, OLIVE), (930, 610, 120, OCHRE), (1050, 640, 120, CORAL)]
    )
    porter = person(600, 520, 130, NAVY) + rect(566, 352, 68, 44, WOOD) + rect(570, 312, 60, 40, "#a06d49") + stroke("M566,374 h68 M570,332 h60", "#5f3b28", 3)
    folk = person(540, 330, 64, BRICK) + person(668, 360, 74, LEAF) + person(628, 280, 50, PLUM) + person(440, 600, 150, OLIVE) + person(770, 590, 150, PLUM)
    return sky + castle + steps + walls + shade + doors + awnings + cloths + folk + porter + fruit


def school():  # 800 x 600
    sky = fade("sky", 0, 0, 800, 420, "#9fd3da", "#e3efe0", CREAM)
    sun = circle(130, 120, 50, "#ffe19a")
    hills = path("M0,340 Q160,240 330,310 T640,280 T800,310 V600 H0Z", "#a9bd7b") + path("M0,400 Q220,350 440,396 T800,380 V600 H0Z", "#8fa85e")
    road = path("M330,600 Q420,500 396,450 L460,450 Q520,520 560,600Z", "#e6cb95")
    house = (
        rect(210, 286, 420, 170, "#efdcb4")
        + "".join(rect(x, y, 34, 12, "#ddc28e", rx=4) for x, y in [(226, 300), (300, 330), (236, 420), (340, 300), (560, 300), (590, 420), (500, 330), (326, 436), (560, 436)])
        + poly("186,290 260,206 580,206 654,290", CORAL) + poly("186,290 192,282 648,282 654,290", BRICK)
        + rect(384, 150, 72, 90, "#efdcb4") + poly("372,152 420,104 468,152", BRICK) + rect(400, 168, 40, 46, NAVY, rx=20)
        + path("M408,204 q0,-26 12,-28 q12,2 12,28Z", OCHRE) + circle(420, 207, 4, WOOD)
        + rect(392, 356, 56, 100, SEA, rx=28) + rect(392, 390, 56, 66, SEA)
        + "".join(rect(x, 330, 56, 60, WHITE, rx=4) + rect(x + 5, 335, 46, 50, "#7fb9c4") + stroke(f"M{x + 28},335 v50 M{x + 5},360 h46", WHITE, 4) for x in (244, 318, 472, 546))
    )
    tree = stroke("M700,470 V330 M700,390 L730,350", WOOD, 18) + "".join(circle(x, y, r, c) for x, y, r, c in [(700, 270, 74, LEAF), (650, 310, 52, "#5d7d4b"), (752, 308, 54, "#5d7d4b"), (706, 220, 46, "#6f8f55")])
    children = "".join(person(x, y, h, c) for x, y, h, c in [(300, 520, 70, CORAL), (350, 548, 76, NAVY), (520, 520, 70, OCHRE), (586, 540, 74, SEA), (240, 546, 66, PLUM)])
    ball = circle(430, 560, 14, WHITE) + stroke("M418,560 q12,-10 24,0", CORAL, 4)
    fence = "".join(rect(x, 470, 10, 46, WHITE) for x in list(range(10, 200, 34))) + rect(0, 482, 196, 8, WHITE)
    return sky + sun + hills + road + house + tree + fence + children + ball + gull(560, 110, 16, NAVY) + gull(606, 132, 11, NAVY)


def train():
    chance = Random(9)
    sky = fade("sky", 0, 0, 1200, 480, "#101f3a", "#24406a", "#5a6a94", "#b58a93")
    moon = circle(920, 130, 120, CREAM, opacity=0.12) + circle(920, 130, 62, "#fbf0cf") + circle(942, 116, 12, "#e9d9ae") + circle(904, 150, 8, "#e9d9ae")
    far = path("M0,400 L140,300 L250,372 L400,262 L560,390 L720,300 L880,392 L1020,320 L1200,400 V480 H0Z", "#4a5680")
    near = path("M0,450 L180,370 L330,430 L520,360 L700,446 L900,380 L1200,452 V520 H0Z", "#2f3d66")
    plain = rect(0, 468, 1200, 207, "#1d2a45") + path("M0,560 Q300,530 600,556 T1200,540 V675 H0Z", "#141f36")
    poles = "".join(stroke(f"M{x},470 V350 M{x - 24},366 H{x + 24}", "#101a2e", 6) for x in range(60, 1200, 220)) + "".join(
        stroke(f"M{x - 20},368 q110,36 220,0", "#101a2e", 2) for x in range(-160, 1200, 220)
    )
    beam = poly("1066,470 1200,440 1200,540 1066,492", "#ffe6a8", opacity=0.35)
    cars = ""
    for i, x in enumerate(range(-70, 860, 178)):
        cars += rect(x, 420, 170, 78, NAVY if i % 2 else "#28516f", rx=8) + rect(x, 476, 170, 10, CORAL) + rect(x + 4, 412, 162, 12, "#14263c", rx=6)
        cars += "".join(rect(x + 14 + k * 30, 434, 22, 28, "#ffd98a" if chance.random() < 0.85 else "#3d5b78", rx=3) for k in range(5))
        cars += "".join(circle(x + w, 500, 11, "#0c1424") for w in (28, 56, 116, 144)) + rect(x + 168, 480, 12, 6, "#0c1424")
    engine = (
        path("M822,416 H1000 Q1062,420 1074,492 V498 H822Z", BRICK) + rect(822, 476, 250, 10, CREAM) + path("M990,430 Q1036,434 1046,464 H990Z", "#ffd98a")
        + rect(850, 434, 110, 26, "#8a362e") + "".join(circle(x, 500, 12, "#0c1424") for x in (856, 890, 980, 1014)) + circle(1062, 480, 8, "#fff3c4")
    )
    rails = rect(0, 510, 1200, 6, "#7d86a5") + "".join(rect(x, 516, 24, 7, "#3a3346") for x in range(0, 1200, 48))
    glow = "".join(rect(x, 534, 22, 40, "#ffd98a", opacity=0.12) for x in range(-56, 830, 30))
    grass = "".join(stroke(f"M{chance.uniform(0, 1200):.0f},675 q4,-20 {chance.uniform(-14, 14):.0f},{chance.uniform(-50, -26):.0f}", "#26375a", 5) for _ in range(60))
    return sky + stars(chance, 90, 1200, 270) + moon + far + near + plain + poles + glow + rails + beam + cars + engine + grass


def cyclist(x, y, s, shirt, lean=0):
    bike = (
        circle(-46, 0, 34, "none", stroke=NIGHT, stroke_width=6) + circle(52, 0, 34, "none", stroke=NIGHT, stroke_width=6)
        + stroke("M-46,0 L-16,-52 H36 L52,0 M-46,0 H2 L36,-52 M2,0 L-20,-62 M36,-52 L40,-68 q14,-4 22,6", CORAL, 6)
    )
    rider = (
        stroke("M-18,-70 L14,-40 L2,8", "#22303f", 15) + stroke("M2,8 h14", NIGHT, 9) + stroke("M-18,-72 L26,-118", shirt, 26)
        + stroke("M26,-112 L40,-84 L58,-66", "#d9a273", 10) + circle(46, -136, 17, "#d9a273") + path("M26,-140 Q32,-164 54,-160 Q70,-152 68,-142Z", WHITE)
    )
    return group(bike + rider, f"translate({x},{y}) rotate({lean}) scale({s})")


def cyclists():
    sky = fade("sky", 0, 0, 1200, 360, "#7cc0ce", "#cfe8e0", CREAM)
    sun = circle(1010, 120, 62, "#ffe6a6")
    sea = fade("sea", 0, 300, 1200, 150, "#7cc2c4", SEA)
    boats = "".join(poly(f"{x},344 {x + 14},344 {x + 2},316", WHITE) for x in (760, 860, 1080))
    far = path("M0,320 L120,190 L260,290 L380,170 L560,330Z", "#9db79a")
    cliff = path("M0,350 Q200,270 420,350 Q560,392 760,420 Q1000,440 1200,430 V675 H0Z", "#a9a35c") + path("M0,420 Q260,360 520,440 T1200,500 V675 H0Z", "#8f9750")
    road = path("M0,610 C300,560 520,640 760,580 C900,544 860,480 700,462 C560,448 420,420 460,384 C474,370 500,362 520,356 L534,362 C500,378 500,400 580,424 C760,462 1010,470 1010,560 C1010,640 800,675 640,675 H0Z", "#d8cdb8")
    dash = stroke("M40,644 C320,610 560,660 780,624 C960,590 940,510 780,472", WHITE, 6, stroke_dasharray="34 26")
    stones = "".join(rect(x, y, 26, 16, WHITE, rx=4) for x, y in [(880, 640), (944, 616), (1000, 582), (1018, 536), (990, 500)])
    bushes = "".join(circle(x, y, r, LEAF) for x, y, r in [(80, 470, 40), (130, 486, 30), (300, 470, 34), (1120, 560, 48), (1170, 590, 38), (1080, 600, 30), (400, 500, 24)])
    riders = cyclist(660, 590, 0.95, OCHRE, -2) + cyclist(420, 598, 1.1, SEA, 2) + cyclist(160, 600, 1.25, BRICK, 1)
    return sky + sun + far + sea + boats + cliff + road + dash + stones + bushes + riders + gull(620, 150, 18) + gull(680, 190, 13)


def olive_tree(x, y, s, seed):
    chance = Random(seed)
    trunk = path("M-18,0 Q-6,-40 -24,-84 Q-44,-104 -66,-120 L-56,-130 Q-30,-116 -14,-104 Q-10,-130 4,-150 L16,-146 Q4,-116 12,-96 Q34,-110 56,-132 L64,-122 Q36,-96 22,-70 Q14,-36 26,0Z", "#7d6650")
    leaves = "".join(
        circle(chance.gauss(0, 58), -160 + chance.gauss(0, 30), chance.uniform(24, 46), c) for c in ["#6b7d4a"] * 9 + ["#8a9a5c"] * 9 + ["#a7b377"] * 5
    )
    fruit = "".join(circle(chance.uniform(-80, 80), -158 + chance.uniform(-34, 34), 5, "#4a3a55") for _ in range(22))
    return group(ellipse(0, 4, 110, 14, "#5f6a38", opacity=0.4) + trunk + leaves + fruit, f"translate({x},{y}) scale({s})")


def olives():
    sky = fade("sky", 0, 0, 1200, 360, "#e98f6b", "#f5bd7e", "#fbe3b3", CREAM)
    sun = circle(300, 270, 150, "#fff0c4", opacity=0.4) + circle(300, 270, 74, "#fff4d4")
    hills = path("M0,320 Q200,230 420,300 T820,270 T1200,310 V430 H0Z", "#c2a878") + path("M0,380 Q260,310 560,372 T1200,340 V480 H0Z", "#a8a566")
    ground = path("M0,430 Q400,380 800,420 T1200,410 V675 H0Z", "#b9a860") + path("M0,520 Q400,480 1200,520 V675 H0Z", "#cbb56e")
    rows = "".join(circle(x, y, r, "#8a9a5c") + rect(x - 2, y, 4, r * 1.6, "#7d6650") for x, y, r in [(620, 352, 12), (670, 350, 12), (720, 346, 13), (780, 342, 13), (840, 342, 13), (900, 340, 14), (540, 362, 11), (980, 344, 14), (1060, 350, 14), (640, 384, 16), (720, 380, 16), (810, 378, 17)])
    trees = olive_tree(1010, 470, 0.95, 4) + olive_tree(560, 470, 0.85, 8) + olive_tree(210, 520, 1.25, 6) + olive_tree(820, 590, 1.6, 5)
    cloths = path("M560,606 Q820,560 1080,606 Q1010,650 820,654 Q620,650 560,606Z", WHITE) + path("M60,534 Q210,506 370,536 Q320,562 210,564 Q100,560 60,534Z", WHITE)
    ladder = stroke("M700,600 L760,360 M740,606 L796,370 M708,566 L748,572 M718,524 L758,530 M728,484 L768,490 M738,444 L776,450 M748,402 L786,408", WOOD, 8)
    baskets = "".join(
        path(f"M{x - 44},{y - 30} q-4,56 44,58 q48,-2 44,-58Z", "#b07a45") + ellipse(x, y - 30, 44, 13, "#7c5230") + "".join(circle(x - 26 + k * 13, y - 34 - (k % 2) * 6, 9, "#5b6b34" if k % 3 else "#4a3a55") for k in range(5))
        for x, y in [(430, 610), (1110, 560)]
    )
    pickers = person(960, 612, 150, BRICK) + path("M936,446 H988 Q984,470 962,470 Q940,470 936,446Z", "#7c5230") + ellipse(962, 446, 26, 7, "#5b6b34") + person(330, 556, 120, NAVY) + person(500, 480, 80, PLUM)
    return sky + sun + hills + ground + rows + cloths + trees + ladder + pickers + baskets
