// Whom a digest's letters come from, as the command line gives it; and whether they would be signed.
import { InvalidArgumentError, Option } from "commander";
import type { Digest } from "../digests/index.ts";
import { domainOf, senderAddress } from "../mail/index.ts";
import type { Nashra } from "./node.ts";

/** `from` may be {@link none}: the paper's again, its name too where none is given. */
export type SenderOptions = { from?: string; fromName?: string };

export const none = "none";

/** Options for `digest add` and `digest set`; made anew for each command. */
export const senderOptions = (): readonly Option[] => [
  new Option(
    "--from <address>",
    "the sender of its letters, whose domain is signed for and chooses the transport; none: NASHRA_MAIL_FROM",
  ).argParser((text) => (text === none ? none : addressIn(text))),
  new Option("--from-name <name>", 'the name beside it; "" is the paper\'s'),
];

function addressIn(text: string): string {
  const address = senderAddress(text);
  if (address === null)
    throw new InvalidArgumentError(
      `"${text}" is no address that mail can come from, such as morning@alerts.example.`,
    );
  return address;
}

/** A domain as an address has it: in A-labels and small letters. */
export function domainNamed(text: string): string {
  const address = senderAddress(`a@${text}`);
  if (address === null) throw new InvalidArgumentError(`"${text}" is no domain.`);
  return domainOf(address);
}

/** What is to be said of a sender whose letters nobody signs; null where they are signed, or come from the paper's own address. */
export async function unsignedWords(
  { ticking }: Pick<Nashra, "ticking">,
  { sender }: Digest,
): Promise<string | null> {
  if (sender.address === null) return null;
  const domain = domainOf(sender.address);
  const keys = await ticking.dkim();
  if (keys.some((key) => key.domain.toLowerCase() === domain)) return null;
  return `No DKIM key signs for ${domain} yet, and large mailboxes refuse unsigned letters: nashra dkim create SELECTOR --domain ${domain}, its record into DNS, nashra dkim use SELECTOR --domain ${domain}. Then look: nashra doctor.`;
}
