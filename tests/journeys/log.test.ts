// What the log tells of requests: never what stands in a link of ours.
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "../../src/platform/index.ts";
import { startNashra, type TestNashra } from "../support/nashra.ts";

let nashra: TestNashra;
const lines: string[] = [];
beforeAll(async () => {
  nashra = await startNashra({ log: createLog("debug", { write: (line) => void lines.push(line) }) });
});
afterAll(() => nashra.stop());

const token = "MS0xLTA.k1.abcdefghijklmnopqrstuv";

test.each([
  ...["confirm", "unsubscribe", "unsubscribe/return", "preferences", "worth", "c", "newsroom/login"],
  // As programs between a mail and us write links anew.
  ...["/confirm", "Confirm", "newsroom//login"],
])("/%s/TOKEN is told without the token", async (path) => {
  for (const between of ["/", "%2F", "%2f"]) {
    lines.length = 0;
    await nashra.app.request(`http://localhost:3000/${path}${between}${token}?also=${token}`);
    expect(lines.join()).toContain('"msg":"request"');
    expect(lines.join()).not.toContain(token);
  }
});
