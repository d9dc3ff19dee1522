// The machine's half of a report: the fields of a delivery status (RFC 3464, 6533) or of a complaint (RFC 5965). Pure.

/** Fields by their names in lower case; of one that stands twice, the first. */
export type Fields = ReadonlyMap<string, string>;

/** More than a report about one recipient has; the rest is not looked at. */
const mostText = 50_000;
const mostGroups = 20;

/**
 * Groups of fields with blank lines between, folded lines put together. A line that is no field belongs to none, but for a server's
 * words, which some programs fold without a space before them.
 */
export function fieldGroups(text: string): Fields[] {
  const groups: Map<string, string>[] = [];
  let group = new Map<string, string>();
  let last: string | null = null;
  const close = () => {
    if (group.size > 0) groups.push(group);
    group = new Map();
    last = null;
  };
  for (const line of text.slice(0, mostText).split(/\r?\n/)) {
    if (groups.length === mostGroups) break;
    if (line.trim() === "") close();
    else if (/^[ \t]/.test(line) && last !== null) group.set(last, `${group.get(last) ?? ""} ${line.trim()}`);
    else {
      const [, name, value = ""] = /^([!-9;-~]{1,60})[ \t]{0,5}:(.*)$/.exec(line) ?? [];
      const words = name === undefined && last === "diagnostic-code" ? group.get(last) : undefined;
      if (words !== undefined) {
        group.set("diagnostic-code", `${words} ${line.trim()}`);
        continue;
      }
      last = name?.toLowerCase() ?? null;
      if (last === null) continue;
      if (group.has(last)) last = null;
      else group.set(last, value.trim());
    }
  }
  close();
  return groups;
}

/** What a report says of one recipient. */
export type RecipientStatus = {
  action: "failed" | "delayed" | "other";
  status: string | null;
  /** What the server said, without the word before it that says which kind it is. */
  words: string;
  /** The address as the report names it, without `rfc822;`. */
  recipient: string | null;
};

/**
 * What a delivery status says: of the first recipient that failed, else of the first there is. Null where it says nothing of any.
 *
 * Reports that leave fields out, or put the message's and the recipient's in one group, are read as well.
 */
export function recipientStatus(text: string): RecipientStatus | null {
  const about = fieldGroups(text).filter((it) =>
    ["action", "status", "final-recipient", "diagnostic-code"].some((name) => it.has(name)),
  );
  const all = about.map((it): RecipientStatus => {
    const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(it.get("status") ?? "")?.[0] ?? null;
    return {
      action: actionOf(it.get("action"), status),
      status,
      words: untyped(it.get("diagnostic-code") ?? ""),
      recipient: addressOf(it.get("final-recipient"), it.get("original-recipient")),
    };
  });
  return all.find(({ action }) => action === "failed") ?? all[0] ?? null;
}

function actionOf(action: string | undefined, status: string | null): RecipientStatus["action"] {
  const word = /^[a-z]+/.exec(action?.toLowerCase() ?? "")?.[0];
  if (word === "failed" || word === "delayed") return word;
  if (word !== undefined) return "other"; // relayed, delivered, expanded: no failure
  return status?.startsWith("5") ? "failed" : "other";
}

/** The first that is an address, without `rfc822;` and brackets, else the first that is anything. */
function addressOf(...values: readonly (string | undefined)[]): string | null {
  const named = values
    .map((value = "") => untyped(value).replace(/^<|>$/g, ""))
    .filter((value) => value !== "");
  return named.find((value) => value.includes("@")) ?? named[0] ?? null;
}

/** `smtp; 550 No` → `550 No`; `rfc822;a@b` → `a@b`. */
const untyped = (value: string): string => value.replace(/^[\w-]{1,30}\s*;\s*/, "").trim();
