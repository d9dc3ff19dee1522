// DKIM signatures, verified by dkimpy, which is not ours.
import { spawnSync } from "node:child_process";

const program = `
import sys, json, dkim
given = json.load(sys.stdin)
dns = lambda name, timeout=5: given["dns"].get((name if isinstance(name, str) else name.decode()).rstrip("."), "").encode()
def holds(message):
    try: return dkim.DKIM(message.encode("latin-1")).verify(dnsfunc=dns)
    except dkim.DKIMException: return False
print(json.dumps([holds(message) for message in given["messages"]]))
`;
const python = "/usr/bin/python3";

export const hasVerifier = (): boolean => spawnSync(python, ["-c", "import dkim"]).status === 0;

/** Whether the first signature of each mail holds. @param messages octets as latin1 @param dns records by their names */
export function signaturesHold(messages: readonly string[], dns: Record<string, string>): boolean[] {
  const { status, stdout, stderr } = spawnSync(python, ["-c", program], {
    input: JSON.stringify({ messages, dns }),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(stderr);
  const held: unknown = JSON.parse(stdout);
  return messages.map((_, i) => Array.isArray(held) && held[i] === true);
}
