"""Pictures of rooms and things: stage, shelves, oven, pitch, board. 1200 x 675 unless it says otherwise."""

from random import Random

from shapes import *


def chart():
    paper = rect(0, 0, 1200, 675, CREAM) + "".join(rect(90, y, 1020, 3, "#eadbb9") for y in range(110, 580, 94))
    bars = "".join(
        rect(130 + i * 104, 580 - h, 64, h, c, rx=6)
        for i, (h, c) in enumerate(zip([370, 400, 340, 352, 290, 262, 216, 178], [TEAL, TEAL, SEA, TEAL, SEA, TEAL, SEA, NAVY]))
    )
    points = [(162, 150), (266, 118), (370, 190), (474, 176), (578, 250), (682, 286), (786, 330), (890, 372)]
    line = stroke("M" + " L".join(f"{x},{y}" for x, y in points), CORAL, 10) + "".join(circle(x, y, 13, WHITE, stroke=CORAL, stroke_width=7) for x, y in points)
    axis = rect(90, 580, 1020, 8, NAVY, rx=4)

    def coins(x, n, y=580):
        return "".join(
            path(f"M{x - 56},{y - 24 - i * 26} v18 a56,16 0 0 0 112,0 v-18Z", "#c98a2b") + ellipse(x, y - 24 - i * 26, 56, 16, OCHRE) + ellipse(x, y - 24 - i * 26, 38, 10, "#efc06a")
            for i in range(n)
        )

    return paper + bars + axis + line + coins(1040, 5) + coins(1100, 2, 610) + coins(990, 1, 614)


def bread():  # 800 x 600
    chance = Random(4)
    wall = rect(0, 0, 800, 600, "#a65a44") + "".join(
        rect(x + (28 if row % 2 else 0) - 30, row * 34, 52, 30, chance.choice(["#b5654c", "#ad5f48", "#bd7055"]), rx=4) for row in range(13) for x in range(0, 860, 56)
    )
    arch = path("M120,440 V250 A190,190 0 0 1 500,250 V440Z", "#7b3d30") + path("M150,440 V256 A160,160 0 0 1 470,256 V440Z", "#2c1a1c")
    keys = "".join(group(rect(-17, -196, 34, 40, "#d3a273", rx=4), f"translate(310,250) rotate({a})") for a in range(-84, 85, 14))
    fire = "".join(ellipse(310, 420, rx, ry, c, opacity=o) for rx, ry, c, o in [(150, 140, "#c4472f", 0.55), (116, 104, "#ea7d33", 0.7), (76, 66, "#ffc75a", 0.85)])
    flames = path("M236,440 Q226,380 262,340 Q264,380 286,390 Q280,330 318,290 Q316,350 346,372 Q356,350 352,330 Q396,380 384,440Z", "#ffdf8c")
    counter = rect(0, 436, 800, 164, "#c98f5a") + rect(0, 436, 800, 16, "#e0ad76") + "".join(rect(x, 452, 4, 148, "#b57d4a") for x in (160, 360, 590))

    def loaf(x, y, s, a):
        spots = "".join(ellipse(dx, dy, 9, 5, "#a8642f", opacity=0.75) for dx, dy in [(-48, -6), (-20, 8), (6, -10), (34, 6), (54, -6), (-4, 16)])
        return group(ellipse(0, 7, 92, 31, "#a86c38") + ellipse(0, 0, 90, 30, "#edbf7a") + ellipse(-10, -6, 64, 17, "#f7d79b") + spots, f"translate({x},{y}) rotate({a}) scale({s})")

    loaves = "".join(loaf(*l) for l in [(130, 540, 1, -3), (140, 516, 0.96, 2), (134, 492, 0.94, -2), (330, 552, 1.02, 3), (324, 528, 0.98, -1), (560, 558, 0.9, 0), (230, 570, 0.9, 5)])
    scale = (
        rect(622, 450, 120, 16, NAVY, rx=6) + stroke("M682,452 V250", NAVY, 12) + circle(682, 246, 13, OCHRE) + stroke("M580,276 L784,252", NAVY, 9)
        + stroke("M584,278 l-34,96 M584,278 l34,96 M780,254 l-34,96 M780,254 l30,96", "#d8c39a", 3)
        + path("M540,374 H628 Q620,404 584,404 Q548,404 540,374Z", OCHRE) + path("M736,350 H824 Q816,380 780,380 Q744,380 736,350Z", OCHRE) + loaf(584, 366, 0.44, 0) + rect(762, 324, 36, 26, "#6e7682", rx=4)
    )
    steam = "".join(stroke(f"M{x},470 q-14,-22 0,-44 t0,-44", WHITE, 6, opacity=0.45) for x in (96, 140, 184))
    return wall + arch + fire + flames + keys + counter + group(scale, "translate(-38,0)") + loaves + steam


def theatre():
    back = fade("back", 0, 0, 1200, 540, "#1d1730", "#33244a", "#4b3156")
    moon = circle(600, 210, 120, "#f3d9a4", opacity=0.16)
    set_sea = waves(430, 1200, "#2b3a63", 80, 16, 540) + waves(470, 1200, "#24305a", 96, 18, 540)
    floor = poly("150,520 1050,520 1200,610 0,610", "#b27a4c") + "".join(poly(f"{600 + k * 90},520 {604 + k * 90},520 {606 + k * 120},610 {600 + k * 120},610", "#8f5d38") for k in range(-5, 6))
    spot = poly("560,0 640,0 760,566 440,566", "#ffefc2", opacity=0.2) + ellipse(600, 566, 162, 30, "#ffefc2", opacity=0.55)
    actor = (
        ellipse(604, 572, 60, 9, NIGHT, opacity=0.4) + path("M566,568 L574,430 Q600,392 630,430 L642,568 H612 L604,490 L594,568Z", "#20283c")
        + circle(602, 380, 25, "#d9a273") + path("M574,378 Q574,346 604,346 Q632,348 630,374Z", "#20283c")
        + stroke("M626,434 L668,386 L684,346", "#20283c", 17) + group(poly("-24,-24 24,-24 17,22 -17,22", TEAL) + ellipse(0, -24, 24, 7, "#3c8488") + stroke("M-24,-24 Q0,-58 24,-24", MIST, 3), "translate(694,328) rotate(34)")
        + stroke("M578,436 L552,490 L562,520", "#20283c", 17)
    )

    def curtain(flip):
        folds = "".join(path(f"M{x},0 Q{x + 22},300 {x - 14 + x * 0.05:g},610 H{x + 40} Q{x + 58},300 {x + 46},0Z", c) for x, c in zip(range(-20, 240, 44), [BRICK, "#9c3b33", BRICK, "#8a322d", "#b9503f", "#9c3b33"]))
        tied = path("M-30,0 H280 Q250,240 150,330 Q210,420 230,610 H-30Z", BRICK) + "".join(
            path(f"M{x},0 Q{x * 0.9:g},230 {x * 0.5 + 12:g},330 Q{x * 0.7 + 6:g},430 {x * 0.8:g},610 h16 Q{x * 0.75 + 22:g},430 {x * 0.55 + 26:g},330 Q{x + 18},200 {x + 24},0Z", "#8a322d") for x in (30, 90, 150, 208)
        ) + path("M-10,318 Q80,352 160,322 L164,344 Q80,376 -10,344Z", OCHRE)
        return group(rect(-20, 0, 256, 610, "#8a322d") + folds + tied, "translate(1200,0) scale(-1,1)" if flip else "")

    valance = "".join(path(f"M{x},0 H{x + 150} V60 Q{x + 75},126 {x},60Z", "#9c3b33" if i % 2 else BRICK) + stroke(f"M{x},60 Q{x + 75},126 {x + 150},60", OCHRE, 6) for i, x in enumerate(range(0, 1200, 150)))
    apron = rect(0, 606, 1200, 69, "#241a2e") + rect(0, 604, 1200, 10, "#6d4630")
    heads = "".join(circle(x, 668 - (i % 2) * 10, 32, "#140f1d") + ellipse(x, 712 - (i % 2) * 10, 58, 34, "#140f1d") for i, x in enumerate(range(40, 1200, 94)))
    return back + moon + set_sea + floor + spot + actor + curtain(False) + curtain(True) + valance + apron + heads


def library():
    chance = Random(12)
    wall = fade("wall", 0, 0, 1200, 675, "#6d4a3a", "#8a5f45")
    colours = [CORAL, BRICK, NAVY, SEA, TEAL, OCHRE, "#d9c08a", PLUM, OLIVE, "#7a4a3a", "#c9b690"]

    def shelf(x, w):
        out = rect(x - 14, 0, w + 28, 570, "#5a3a2a") + rect(x, 14, w, 546, "#3d2720")
        for row in range(6):
            base, at = 98 + row * 92, x + 4
            while at < x + w - 22:
                width, height = chance.randint(12, 26), chance.randint(50, 72)
                if chance.random() < 0.06:
                    at += 22
                    continue
                c = chance.choice(colours)
                out += rect(at, base - height, width, height, c, rx=2) + rect(at, base - height + 10, width, 5, CREAM, opacity=0.45)
                at += width + 2
            out += rect(x - 6, base, w + 12, 12, "#7a5138")
        return out

    window = (
        path("M470,470 V190 A130,130 0 0 1 730,190 V470Z", "#5a3a2a") + path("M488,456 V194 A112,112 0 0 1 712,194 V456Z", "#fbe6b4")
        + path("M488,456 V380 Q560,330 620,366 T712,350 V456Z", "#8cc4c4") + circle(650, 220, 40, WHITE, opacity=0.8)
        + stroke("M600,84 V456 M488,250 H712 M488,352 H712", "#5a3a2a", 8)
    )
    light = poly("488,456 712,456 860,675 340,675", "#ffe9b0", opacity=0.25)
    floor = rect(0, 566, 1200, 109, "#a9744d") + "".join(rect(0, y, 1200, 3, "#8f5f3d") for y in (592, 626))
    ladder = stroke("M900,600 L980,60 M956,606 L1032,66", "#c99a62", 11) + "".join(stroke(f"M{904 + t * 72:.0f},{566 - t * 486:.0f} l58,6", "#c99a62", 9) for t in [i / 9 for i in range(10)])
    table = (
        rect(430, 520, 340, 18, "#5f3b28", rx=4) + rect(456, 538, 18, 110, "#5f3b28") + rect(726, 538, 18, 110, "#5f3b28")
        + path("M556,474 Q600,436 644,474Z", LEAF) + rect(596, 474, 8, 38, OCHRE) + rect(574, 512, 52, 9, OCHRE, rx=4) + ellipse(600, 482, 46, 8, "#ffe9a8", opacity=0.8)
        + path("M660,518 q26,-16 48,-2 q22,-14 46,2 v4 h-94Z", WHITE) + rect(450, 500, 70, 10, CORAL) + rect(456, 490, 58, 10, NAVY) + rect(452, 510, 66, 10, OCHRE)
    )
    reader = path("M494,648 Q490,560 540,556 Q592,560 588,648Z", SEA) + circle(541, 530, 25, "#3a2622") + rect(508, 640, 66, 10, "#5f3b28", rx=4)
    return wall + floor + shelf(30, 380) + shelf(790, 380) + window + light + ladder + table + reader


def stadium():
    chance = Random(1)
    sky = fade("sky", 0, 0, 1200, 300, "#14233f", "#2e4a73", "#6b7fa0")
    stand = path("M0,150 Q600,90 1200,150 V400 H0Z", "#22314d") + path("M0,130 Q600,70 1200,130 V156 Q600,98 0,156Z", MIST)
    crowd = ""
    for row in range(14):
        for k in range(100):
            x = k * 12.2 + (row % 2) * 6
            y = 176 + row * 14 - 56 * (1 - ((x - 600) / 600) ** 2) * 0.9
            c = chance.choice([SEA, TEAL, MIST, SEA, CREAM] if x < 600 else [CORAL, OCHRE, BRICK, CORAL, CREAM])
            crowd += circle(x, y, 4.6, c, opacity=f"{0.55 + row * 0.03:.2f}")
    boards = path("M0,372 Q600,322 1200,372 V398 Q600,348 0,398Z", NAVY) + "".join(path(f"M{x},{372 - 50 * (1 - ((x - 600) / 600) ** 2) * 0.5:.0f} h90 v24 h-90Z", c, opacity=0.9) for x, c in [(60, CORAL), (240, OCHRE), (480, TEAL), (660, CREAM), (860, CORAL), (1040, OCHRE)])
    pitch = path("M0,396 Q600,348 1200,396 V675 H0Z", "#4f8a4f")
    stripes = "".join(poly(f"{600 + (k - 6) * 130},360 {600 + (k - 5) * 130},360 {600 + (k - 5) * 210},675 {600 + (k - 6) * 210},675", "#5b9a57") for k in range(0, 13, 2))
    lines = stroke("M-20,430 H1220 M600,372 V675", WHITE, 4, opacity=0.85) + ellipse(600, 540, 150, 62, "none", stroke=WHITE, stroke_width=4, opacity=0.85) + circle(600, 540, 5, WHITE)
    lamps = "".join(
        stroke(f"M{x},150 V30", "#0f1a30", 9) + rect(x - 56, 4, 112, 48, "#0f1a30", rx=6)
        + "".join(circle(x - 40 + a * 20, 18 + b * 20, 7, "#fff6d2") for a in range(5) for b in range(2))
        + poly(f"{x - 50},40 {x + 50},40 {x + d + 260},675 {x + d - 260},675", "#fff6d2", opacity=0.1) + circle(x, 28, 110, "#fff6d2", opacity=0.12)
        for x, d in [(150, 220), (1050, -220)]
    )

    def player(x, y, s, shirt, shorts=WHITE):
        return group(
            ellipse(0, 4, 34, 7, NIGHT, opacity=0.3) + stroke("M-8,-44 L-20,0 M8,-44 L30,-14 L22,4", "#d9a273", 10) + rect(-16, -62, 32, 24, shorts, rx=6)
            + path("M-18,-56 L-22,-108 Q0,-120 22,-108 L18,-56Z", shirt) + stroke("M-20,-102 L-40,-74 M20,-102 L42,-84", "#d9a273", 9) + circle(0, -130, 14, "#6b4630"),
            f"translate({x},{y}) scale({s})",
        )

    players = player(330, 500, 0.8, SEA) + player(470, 600, 1.15, SEA) + player(760, 480, 0.7, CORAL, NAVY) + player(880, 610, 1.2, CORAL, NAVY) + player(1040, 520, 0.85, SEA) + player(160, 560, 0.95, CORAL, NAVY)
    ball = ellipse(552, 622, 14, 4, NIGHT, opacity=0.4) + circle(552, 606, 13, WHITE) + poly("552,600 558,604 556,611 548,611 546,604", NIGHT)
    confetti = "".join(rect(chance.uniform(0, 1200), chance.uniform(60, 560), 8, 5, chance.choice([CORAL, OCHRE, MIST, WHITE]), opacity=0.8) for _ in range(70))
    return sky + stand + crowd + boards + pitch + stripes + lines + lamps + players + ball + confetti


def cat():  # 640 x 640, flat
    night = rect(0, 0, 640, 640, NAVY) + circle(400, 210, 150, "#f6dfa6") + circle(440, 176, 22, "#e8cb85") + circle(350, 250, 14, "#e8cb85") + circle(420, 270, 10, "#e8cb85")
    dots = stars(Random(8), 34, 640, 330, "#f6dfa6")
    sea = rect(0, 360, 640, 200, SEA) + "".join(rect(x, y, w, 7, "#8cc4c4", rx=3.5) for x, y, w in [(320, 384, 170), (360, 410, 110), (290, 436, 150), (370, 462, 90), (60, 400, 70), (130, 440, 90), (540, 430, 80)])
    wall = rect(0, 500, 640, 140, CREAM) + rect(0, 500, 640, 18, WHITE) + "".join(rect(x, y, 70, 8, "#eadbb9", rx=4) for x, y in [(60, 560), (300, 590), (480, 550), (180, 612), (540, 610)])
    fur, dark = "#e38b3f", "#b9622a"
    body = (
        path("M170,510 Q150,400 206,330 Q230,300 262,300 Q296,300 320,330 Q372,400 352,510Z", fur)
        + path("M196,258 L186,180 L238,216 Q262,208 288,216 L340,180 L330,258 Q336,318 262,322 Q190,318 196,258Z", fur)
        + poly("200,206 222,218 202,236", dark) + poly("326,206 304,218 324,236", dark)
        + stroke("M244,222 v30 M262,218 v38 M280,222 v30", dark, 8) + stroke("M182,420 q24,10 40,0 M178,456 q28,12 50,0 M342,420 q-24,10 -40,0 M346,456 q-28,12 -50,0 M234,344 q28,14 56,0 M230,376 q32,14 64,0", dark, 9)
        + stroke("M336,498 Q430,520 428,572 Q424,610 390,604", fur, 30) + stroke("M404,606 l-14,-2", dark, 30)
    )
    return night + dots + sea + wall + body


def oud():  # 640 x 640, flat
    wall = rect(0, 0, 640, 640, TEAL) + rect(0, 520, 640, 120, "#b98252") + "".join(rect(0, y, 640, 4, "#a06d42") for y in (520, 556, 598))
    shade = group(ellipse(0, 0, 160, 20, NIGHT, opacity=0.22), "translate(262,580)")
    face = (
        path("M0,-150 C60,-120 150,-20 150,90 C150,190 80,240 0,240 C-80,240 -150,190 -150,90 C-150,-20 -60,-120 0,-150Z", "#7a4a2e")
        + path("M0,-136 C52,-108 138,-16 138,90 C138,180 74,228 0,228 C-74,228 -138,180 -138,90 C-138,-16 -52,-108 0,-136Z", "#e8be7c")
        + "".join(stroke(f"M{x},{-100 + abs(x) * 1.1:g} V{214 - abs(x) * 0.45:g}", "#dcae68", 3) for x in range(-110, 111, 20))
        + circle(0, 60, 52, "#7a4a2e") + circle(0, 60, 44, "#3d2720") + "".join(group(ellipse(0, -24, 9, 19, "#c98f4e"), f"translate(0,60) rotate({a})") for a in range(0, 360, 45)) + circle(0, 60, 9, "#e8be7c")
        + "".join(circle(s * 62, -8, 18, "#3d2720") + circle(s * 62, -8, 9, "#c98f4e") for s in (-1, 1)) + rect(-64, 168, 128, 16, "#5a3422", rx=5)
    )
    neck = path("M-24,-128 L-19,-300 H19 L24,-128Z", "#5a3422") + path("M-20,-300 H20 L84,-372 L56,-396 L14,-348Z", "#7a4a2e") + "".join(
        stroke(f"M{x},{y} l{dx},{dy}", NIGHT, 7) for x, y, dx, dy in [(36, -330, 30, 16), (52, -348, 30, 16), (68, -366, 30, 16), (26, -352, -24, -18), (40, -370, -24, -18)]
    )
    strings = "".join(stroke(f"M{-15 + i * 6},-298 L{-40 + i * 16},172", WHITE, 2) for i in range(6))
    mallet = group(rect(-6, -100, 12, 110, "#8a5a3c", rx=5) + rect(-40, -136, 80, 42, "#5f3b28", rx=8), "translate(566,560) rotate(-74)")
    curls = "".join(stroke(f"M{x},{y} q18,-26 30,-4 q4,18 -14,14", "#f0d29c", 6) for x, y in [(70, 590), (130, 612), (470, 612), (40, 556), (188, 590)])
    return wall + shade + group(neck + face + strings, "translate(272,384) rotate(12) scale(0.82)") + mallet + curls


def chess():  # 640 x 640, flat
    back = rect(0, 0, 640, 640, SAND) + circle(320, 270, 230, "#f7e6c4")
    squares = "".join(
        poly(f"{320 + (k - 4) * 70},440 {320 + (k - 3) * 70},440 {320 + (k - 3) * 82},500 {320 + (k - 4) * 82},500", SEA if k % 2 else CREAM)
        + poly(f"{320 + (k - 4) * 82},500 {320 + (k - 3) * 82},500 {320 + (k - 3) * 98},570 {320 + (k - 4) * 98},570", CREAM if k % 2 else SEA)
        + poly(f"{320 + (k - 4) * 98},570 {320 + (k - 3) * 98},570 {320 + (k - 3) * 116},640 {320 + (k - 4) * 116},640", SEA if k % 2 else CREAM)
        for k in range(-1, 9)
    )
    knight = (
        ellipse(322, 556, 150, 26, NIGHT, opacity=0.3) + path("M200,548 Q196,516 232,506 H410 Q446,516 442,548 Q320,578 200,548Z", NIGHT) + rect(238, 478, 166, 34, "#1c3650", rx=16)
        + path("M246,482 Q236,400 300,350 Q318,330 304,312 Q270,320 240,344 Q214,364 190,344 Q168,322 186,300 L236,220 Q244,180 278,162 L284,116 L318,150 Q420,170 430,290 Q434,400 400,482Z", NIGHT)
        + path("M318,150 Q420,170 430,290 Q434,400 400,482 H372 Q404,390 392,300 Q380,200 318,150Z", "#1f4060") + circle(272, 226, 10, SAND) + circle(206, 318, 5, SAND) + stroke("M196,336 q20,6 34,-8", SAND, 4)
    )
    return back + squares + knight
