// The table of replies, row by row: whose fault a no is, and what becomes of the letter.
import { describe, expect, test } from "vitest";
import type { Stage } from "../platform/index.ts";
import { replies, type Truth } from "./feedback/replies.fixture.ts";
import { type Fault, faultOf, refusalRules } from "./refusals.ts";
import { outcomeOf } from "./state.ts";

const refused = (reply: string, stage: Stage) =>
  ({ kind: "refused", code: Number(reply.slice(0, 3)), reply, stage }) as const;

describe.each<[row: string, [Stage, string, Fault, "requeued" | "deferred" | "ended", tries?: number][]]>([
  [
    "530 534 535: credentials",
    [
      ["mail", "530 5.7.0 Must issue a STARTTLS command first", "credentials", "requeued"],
      ["mail", "534 5.7.9 Mechanism too weak", "credentials", "requeued"],
      ["rcpt", "535 5.7.8 Authentication credentials invalid", "credentials", "requeued"],
      ["rcpt", "530 Authentication required", "credentials", "requeued"],
    ],
  ],
  [
    "421, 4.3.x, 4.4.x: the server",
    [
      ["mail", "421 4.3.2 All server ports are busy", "server", "requeued"],
      ["rcpt", "421 closing", "server", "requeued"],
      ["dot", "421 4.4.2 timeout", "server", "requeued"],
      ["rcpt", "452 4.3.1 Insufficient system storage", "server", "requeued"],
      ["data", "451 4.3.0 try again", "server", "requeued"],
      ["rcpt", "450 4.4.3 Host not found, try again", "server", "requeued"],
    ],
  ],
  [
    "4.7.x rate, 4.5.3, 452 too many: less of us",
    [
      ["rcpt", "450 4.7.1 Error: too much mail from 192.0.2.7", "rate", "deferred"],
      [
        "rcpt",
        "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume",
        "rate",
        "deferred",
      ],
      ["dot", "421-4.7.28 Our system has detected an unusual rate of unsolicited mail", "rate", "deferred"],
      ["rcpt", "451 4.7.500 Server busy. Please try again later", "rate", "deferred"],
      ["rcpt", "452 4.5.3 Too many recipients", "rate", "deferred"],
      ["rcpt", "452 too many connections", "rate", "deferred"],
    ],
  ],
  [
    "450 and 451 in the first try: greylist",
    [
      ["rcpt", "450 4.7.1 <x@host.example>: Recipient address rejected: Greylisted", "greylist", "deferred"],
      ["rcpt", "450 4.2.0 <x@host.example>: Recipient address rejected: Greylisted", "greylist", "deferred"],
      ["rcpt", "451 come back", "greylist", "deferred"],
      ["dot", "451 4.7.1 Greylisting in action", "greylist", "deferred"],
      ["rcpt", "451 come back", "later", "deferred", 2],
      ["rcpt", "450 4.7.1 Client host rejected: cannot find your reverse hostname", "later", "deferred", 2],
    ],
  ],
  [
    "4.1.x 4.2.x, 5.2.2, 552 at RCPT: the mailbox, today",
    [
      ["rcpt", "452 4.2.2 over quota", "soft", "deferred"],
      ["rcpt", "450 4.1.1 unverified address", "soft", "deferred"],
      ["rcpt", "450 5.1.1 not here", "soft", "deferred"], // the basic code decides about trying again
      ["rcpt", "552 5.2.2 mailbox full", "soft", "ended"],
      ["dot", "552 5.2.2 mailbox full", "soft", "ended"],
      ["rcpt", "552 exceeded storage allocation", "soft", "ended"],
    ],
  ],
  [
    "RCPT 5.1.1-3 5.1.6 5.1.10, 5.4.1 of Exchange, null MX, NXDOMAIN: nobody there",
    [
      ["rcpt", "550 5.1.1 not here", "hard", "ended"],
      ["rcpt", "550 5.1.2 no such domain", "hard", "ended"],
      ["rcpt", "501 5.1.3 bad address", "hard", "ended"],
      ["rcpt", "550 5.1.6 mailbox has moved", "hard", "ended"],
      ["rcpt", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", "hard", "ended"],
      ["rcpt", "550 5.4.1 Recipient address rejected: Access denied. [AM0EUR02FT006]", "hard", "ended"],
      ["rcpt", "556 5.1.10 Domain does not accept mail (nullMX)", "hard", "ended"],
      ["rcpt", "550 5.4.310 DNS domain dead.example does not exist", "hard", "ended"],
      ["rcpt", "550 5.4.1 no answer from host", "soft", "ended"], // no Exchange
    ],
  ],
  [
    "RCPT 5.2.1; 550, 551, 553 without a code or with x.y.0: perhaps nobody there",
    [
      ["rcpt", "550 5.2.1 The email account that you tried to reach is disabled", "unclear", "ended"],
      ["rcpt", "550 not here", "unclear", "ended"],
      ["rcpt", "551 not here", "unclear", "ended"],
      ["rcpt", "553 5.3.0 not here", "unclear", "ended"],
      ["rcpt", "550 5.0.0 not here", "unclear", "ended"],
      ["rcpt", "550 Blocked using zen.spamhaus.org", "sender", "ended"], // its words tell of us
    ],
  ],
  [
    "5.7.x, 5.1.7-8, 5xx at MAIL: us",
    [
      ["rcpt", "550 5.7.1 Service unavailable; Client host blocked", "sender", "ended"],
      [
        "dot",
        "550-5.7.26 This mail has been blocked because the sender is unauthenticated",
        "sender",
        "ended",
      ],
      ["dot", "550 5.7.515 Access denied", "sender", "ended"],
      ["mail", "550 5.1.8 Sender address rejected: Domain not found", "sender", "ended"],
      ["mail", "553 5.1.7 bad sender", "sender", "ended"],
      ["mail", "550 no", "sender", "ended"],
      ["mail", "554 5.3.0 no", "sender", "ended"],
    ],
  ],
  [
    "5.2.3 5.3.4 5.6.x, 552 and 554 after the dot: the message",
    [
      ["mail", "552 5.3.4 Message size exceeds fixed limit", "content", "ended"],
      ["dot", "552-5.2.3 Your message exceeded the limits", "content", "ended"],
      ["dot", "554 5.6.0 not this", "content", "ended"],
      ["dot", "552 no", "content", "ended"],
      ["dot", "554 no", "content", "ended"],
    ],
  ],
  [
    "500-504, 5.5.x: our commands",
    [
      ["mail", "500 5.5.2 what?", "commands", "deferred"],
      ["mail", "503 5.5.1 one at a time", "commands", "deferred"],
      ["rcpt", "501 syntax", "commands", "deferred"],
      ["data", "554 5.5.1 no valid recipients", "commands", "deferred"],
      ["dot", "504 no", "commands", "deferred"],
    ],
  ],
  ["what was not asked", [["before", "553 no SMTPUTF8: the address is not ASCII", "unfit", "ended"]]],
])("%s", (_, rows) => {
  test.each(rows)("%s: %s", (stage, reply, fault, becomes, tries = 1) => {
    const outcome = outcomeOf(refused(reply, stage), tries, 0.5);
    expect(outcome.fault).toBe(fault);
    expect({ state: outcome.state, uncounted: "uncounted" in outcome }).toEqual({
      state: becomes === "ended" ? "rejected" : "deferred",
      uncounted: becomes === "requeued",
    });
  });
});

test.each(refusalRules.map((rule) => [rule.fault, rule.line, rule] as const))(
  "%s: %s",
  (fault, line, { at }) => {
    expect(faultOf(refused(line, at?.[0] ?? "rcpt"), 1)).toBe(fault);
  },
);

test("no reply that speaks against us or our message ends somebody's subscription at once, and few that are about nobody are missed", () => {
  const said = replies.flatMap(([from, , words, truth]) => {
    const [, reply] = /(?:^|smtp; ?)([45]\d\d[ -].*)$/.exec(words) ?? [];
    return reply === undefined ? [] : [{ from, reply, truth, fault: faultOf(refused(reply, "rcpt"), 1) }];
  });
  expect(said.length).toBeGreaterThan(80);
  const wrong = said.filter(({ truth, fault }) => fault === "hard" && truth !== "hard");
  expect(wrong).toEqual([]);
  const about: Readonly<Record<Truth, readonly Fault[]>> = {
    hard: ["hard", "unclear"],
    soft: ["soft", "server", "rate", "greylist", "later"],
    sender: ["sender", "rate", "greylist", "credentials", "later", "commands"],
    content: ["content"],
  };
  const missed = said.filter(({ truth, fault }) => !about[truth].includes(fault));
  expect({
    share: missed.length / said.length < 0.12,
    missed: missed.length / said.length < 0.12 ? [] : missed,
  }).toEqual({ share: true, missed: [] });
});
