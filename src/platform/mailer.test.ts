import { expect, test } from "vitest";
import { mailerOf, type SendResult } from "./mailer.ts";

test("what becomes of a letter is told with the name of the transport that had it", async () => {
  const mailer = mailerOf("relay", {
    async send(_envelope, _message, { over }) {
      const outcome = { kind: "refused", code: 550, reply: "550 no", stage: "rcpt" } as const;
      await over(outcome);
      return outcome;
    },
    close: async () => {},
  });
  const told: SendResult[] = [];
  const returned = await mailer.send(
    { from: "b@bounce.example", to: "salma@reader.example", sender: "paper@news.example" },
    new Uint8Array(),
    { mayLeave: async () => true, over: async (result) => void told.push(result) },
  );
  const expected = { kind: "refused", code: 550, reply: "550 no", stage: "rcpt", transport: "relay" };
  expect([returned, ...told]).toEqual([expected, expected]);
  expect(mailer.transportFor("paper@news.example")).toBe("relay");
});
