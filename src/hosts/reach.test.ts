import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { mayReach } from "./reach.ts";

const rangesOf = (text: string) => {
  const reading = readConfig({ NASHRA_FETCH_ALLOW: text });
  if (!reading.ok) throw new Error(reading.problems.join());
  return reading.config.fetchAllow;
};

test.each([
  ["8.8.8.8", true],
  ["151.101.1.195", true],
  ["172.32.0.1", true],
  ["2606:4700::1111", true],
  ["2a00:1450:4001::200e", true],
  ["0.0.0.0", false],
  ["10.1.2.3", false],
  ["100.64.0.1", false],
  ["127.0.0.1", false],
  ["127.255.255.254", false],
  ["169.254.169.254", false],
  ["172.16.0.1", false],
  ["172.31.255.255", false],
  ["192.168.0.1", false],
  ["198.18.0.1", false],
  ["224.0.0.1", false],
  ["255.255.255.255", false],
  ["::", false],
  ["::1", false],
  ["::ffff:127.0.0.1", false],
  ["::ffff:7f00:1", false],
  ["::ffff:a9fe:a9fe", false],
  ["0:0:0:0:0:ffff:a00:1", false],
  ["::7f00:1", false],
  ["64:ff9b::7f00:1", false],
  ["2002:7f00:1::", false],
  ["fd00::1", false],
  ["fc00::1", false],
  ["fe80::1", false],
  ["fec0::1", false],
  ["ff02::1", false],
  ["2001:db8::1", false],
  ["no address", false],
  ["", false],
])("%s may be reached: %s", (address, may) => expect(mayReach([])(address)).toBe(may));

test.each([
  ["10.1.2.3", "10.0.0.0/8", true],
  ["11.1.2.3", "10.0.0.0/16", true],
  ["10.2.0.1", "10.1.0.0/16", false],
  ["::ffff:10.1.2.3", "10.0.0.0/8", true],
  ["::ffff:a01:203", "10.0.0.0/8", true],
  ["::1", "127.0.0.0/8", false],
  ["127.0.0.1", "::1", false],
  ["fd12::1", "fd12::/16", true],
  ["fd13::1", "fd12::/16", false],
  ["::ffff:8.8.8.8", "10.0.0.0/8", false],
  ["10.1.2.3", "::/0", false],
  ["192.168.1.1", "10.0.0.0/8,192.168.1.1", true],
])("%s with %s listed: %s", (address, list, may) => expect(mayReach(rangesOf(list))(address)).toBe(may));
