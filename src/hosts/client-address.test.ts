import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { clientAddressOf } from "./client-address.ts";

const behind = (proxies?: string) => {
  const reading = readConfig(proxies === undefined ? {} : { NASHRA_PROXIES: proxies });
  if (!reading.ok) throw new Error(reading.problems.join());
  return clientAddressOf(reading.config.proxies);
};

describe("as set by default: a proxy on this machine", () => {
  const clientAddress = behind();

  test.each([
    ["198.51.100.7", undefined, "198.51.100.7"],
    ["2001:db8::7", undefined, "2001:db8::7"],
    ["::ffff:198.51.100.7", undefined, "198.51.100.7"],
    ["::FFFF:198.51.100.7", undefined, "198.51.100.7"],
    ["::ffff:c633:6407", undefined, "198.51.100.7"],
    [undefined, undefined, ""],
    [undefined, "203.0.113.9", ""],
  ])("%s without a header", (peer, header, whose) => expect(clientAddress(peer, header)).toBe(whose));

  test.each([
    ["198.51.100.7", "203.0.113.9"],
    ["198.51.100.7", "127.0.0.1"],
    ["2001:db8::7", "203.0.113.9"],
    ["::ffff:198.51.100.7", "203.0.113.9"],
    ["::2", "203.0.113.9"],
  ])("%s is nobody's proxy, whatever it writes", (peer, header) =>
    expect(clientAddress(peer, header)).toBe(peer.replace("::ffff:", "")),
  );

  test.each([
    ["127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["127.8.8.8", "203.0.113.9", "203.0.113.9"],
    ["::1", "203.0.113.9", "203.0.113.9"],
    ["::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["::ffff:7f00:1", "2001:db8::9", "2001:db8::9"],
    ["127.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"],
    ["127.0.0.1", "10.0.0.9", "10.0.0.9"],
  ])("%s asks for %s", (peer, header, whose) => expect(clientAddress(peer, header)).toBe(whose));

  test.each([
    ["1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["garbage, 203.0.113.9", "203.0.113.9"],
    ["1.1.1.1,203.0.113.9,127.0.0.1", "203.0.113.9"],
    ["1.1.1.1 ,\t203.0.113.9 , ::ffff:127.0.0.2, ::1", "203.0.113.9"],
    [",,203.0.113.9", "203.0.113.9"],
  ])("%j: the last that is no proxy; what stands before it may be invented", (header, whose) =>
    expect(clientAddress("127.0.0.1", header)).toBe(whose),
  );

  test.each([
    ["203.0.113.9:4711", "203.0.113.9"],
    ["[2001:db8::9]:4711", "2001:db8::9"],
    ["[2001:db8::9]", "2001:db8::9"],
  ])("%s, as some proxies write it", (header, whose) => expect(clientAddress("::1", header)).toBe(whose));

  test.each([
    "",
    " ",
    ",",
    "unknown",
    "_hidden",
    "203.0.113.9,",
    "203.0.113.9, unknown",
    "203.0.113.9, unknown, 127.0.0.1",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.9:",
    "203.0.113.9:x",
    "203.0.113.9/32",
    "for=203.0.113.9",
    "http://203.0.113.9",
    "127.0.0.1",
    "127.0.0.1, ::1",
    "[]",
    "[[::1]]",
    "2001:db8::9::1",
    "٢٠٣.٠.١١٣.٩",
    "203.0.113.9\0",
  ])("%j names nobody, so it is the peer", (header) =>
    expect(clientAddress("::ffff:127.0.0.1", header)).toBe("127.0.0.1"),
  );
});

test("a chain of proxies is walked as far as it is listed", () => {
  const clientAddress = behind("10.0.0.0/8,2001:db8:5::/48,192.0.2.4");
  const header = "1.1.1.1, 203.0.113.9, 2001:db8:5::77, 192.0.2.4";
  expect(clientAddress("10.1.2.3", header)).toBe("203.0.113.9");
  expect(clientAddress("::ffff:10.1.2.3", header)).toBe("203.0.113.9");
  expect(clientAddress("10.1.2.3", `${header}, 192.0.2.5`)).toBe("192.0.2.5");
  expect(clientAddress("127.0.0.1", header)).toBe("127.0.0.1");
});

test("without proxies nobody is believed", () =>
  expect(clientAddressOf([])("127.0.0.1", "203.0.113.9")).toBe("127.0.0.1"));

test("whatever a client writes before it, the proxy's own entry counts", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.oneof(fc.ipV4(), fc.ipV6()), (written, client) => {
      const clientAddress = behind("192.0.2.4");
      expect(clientAddress("192.0.2.4", `${written}, ${client}`)).toBe(clientAddress("192.0.2.4", client));
    }),
  ));

test("a header as long as headers may be is walked once", () =>
  expect(behind()("127.0.0.1", "127.0.0.1,".repeat(1600))).toBe("127.0.0.1"));
