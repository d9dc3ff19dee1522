// Written by draw.py: what a feed says about each picture (RSS enclosures want the true length in bytes).
type SamplePicture = { type: string; width: number; height: number; length: number };

export const samplePictures: Record<string, SamplePicture> = {
  "harbour-dusk.jpg": { type: "image/jpeg", width: 1600, height: 900, length: 57156 },
  "river.jpg": { type: "image/jpeg", width: 1600, height: 900, length: 48427 },
  "ferry.jpg": { type: "image/jpeg", width: 800, height: 600, length: 25543 },
  "containers.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 51051 },
  "telescope.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 34613 },
  "turtle.jpg": { type: "image/jpeg", width: 800, height: 600, length: 31994 },
  "solar.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 71493 },
  "parliament.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 41699 },
  "rain.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 59549 },
  "market.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 41546 },
  "school.jpg": { type: "image/jpeg", width: 800, height: 600, length: 27098 },
  "train.jpg": { type: "image/jpeg", width: 1600, height: 900, length: 68493 },
  "cyclists.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 44758 },
  "olives.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 43613 },
  "bread.jpg": { type: "image/jpeg", width: 800, height: 600, length: 40394 },
  "theatre.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 46607 },
  "library.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 78800 },
  "stadium.jpg": { type: "image/jpeg", width: 1200, height: 675, length: 84174 },
  "chart.png": { type: "image/png", width: 1200, height: 675, length: 8935 },
  "cat.png": { type: "image/png", width: 640, height: 640, length: 8204 },
  "oud.png": { type: "image/png", width: 640, height: 640, length: 17196 },
  "chess.png": { type: "image/png", width: 640, height: 640, length: 9704 },
};
