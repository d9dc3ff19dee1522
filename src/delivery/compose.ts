// From an edition and a reader to the finished bytes of one letter.
import type { Keyring } from "../config.ts";
import {
  clickMark,
  type Digest,
  digestName,
  type Edition,
  type Issue,
  issuePath,
  scheduleWords,
  worthUrl,
} from "../digests/index.ts";
import {
  type ComposedMessage,
  composeMessage,
  type DkimKey,
  domainOf,
  leavingByMail,
  type MailRenderer,
  oneClickHeaders,
  prepareMessage,
  signMessage,
} from "../mail/index.ts";
import { hmac } from "../platform/index.ts";
import type { Publisher } from "../settings/index.ts";
import { makeLink, noticeMail } from "../subscribers/index.ts";
import type { Claimed, ClaimedDelivery, ClaimedNotice } from "./claim.ts";
import { type Marking, marked } from "./marks.ts";
import { editorMail, isForEditors } from "./tell-editors.ts";
import { returnPath } from "./verp.ts";

export type Sender = {
  /** The paper's address: all mail comes from it, but that of digests which have another. Their List-Id is made of its domain all the same. */
  mailFrom: string;
  /** Where a mail lets its sender out: read by the inbound side. */
  mailLeave: string;
  /** The host that bounces come to; null where they go to `mailFrom`. */
  mailBounce: string | null;
  /** The relays that are told which letter it is by a mark in it. */
  marks?: readonly Marking[];
  site: URL;
  keys: Keyring;
  publisher: Publisher;
  /** The keys that sign what leaves now, each what comes from its domain; none if there are none. */
  dkim: readonly DkimKey[];
};

/** What stands in From. */
export type From = { name: string; address: string };

/** Whom letters of a digest come from. */
export const fromOf = (
  { mailFrom, publisher }: Pick<Sender, "mailFrom" | "publisher">,
  { sender }: Pick<Digest, "sender">,
  language: "ar" | "en",
): From => ({
  name: sender.name ?? paperName(publisher, language),
  address: sender.address ?? mailFrom,
});

/** A mailing list's name (RFC 2919) stays as long as the digest is there, whoever it comes from: readers' filters go by it. */
export const listId = ({ mailFrom }: Pick<Sender, "mailFrom">, { id }: Pick<Digest, "id">): string =>
  `digest-${id}.${domainOf(mailFrom)}`;

/**
 * The Message-ID of a letter (RFC 5322 §3.6.4): the same in every try, with no address in it, and not to be guessed.
 *
 * @param name what the letter is, such as `delivery 12`
 * @param domain the sender's
 */
export async function messageIdOf(
  { keys: [key] }: Pick<Sender, "keys">,
  name: string,
  domain: string,
): Promise<string> {
  const mac = (await hmac(key, `nashra message\n${name}`)).slice(0, 24).replace(/[-_]/g, "0");
  return `<${name.replace(" ", ".")}.${mac}@${domain}>`;
}

/**
 * Where failures of a letter are told to (MAIL FROM). The same in every try, or greylisting starts anew: so a retry's is made
 * with the key that its Message-ID was made with, where the ring has that still.
 */
export async function returnPathOf(
  sender: Pick<Sender, "keys" | "mailFrom" | "mailBounce">,
  letter: Claimed,
): Promise<string> {
  const { keys, mailFrom, mailBounce } = sender;
  if (mailBounce === null) return mailFrom;
  const [first, ...others] = keys;
  const { messageId } = letter;
  for (const key of messageId === null ? [] : others) {
    // Its own domain: the digest may have another sender by now.
    const domain = domainOf(messageId ?? "").slice(0, -1);
    if ((await messageIdOf({ keys: [key] }, nameOf(letter), domain)) === messageId)
      return returnPath(key, mailBounce, letter);
  }
  return returnPath(first, mailBounce, letter);
}

/** What {@link messageIdOf} calls a letter. */
export const nameOf = ({ table, id }: Claimed): string =>
  `${table === "deliveries" ? "delivery" : "notice"} ${id}`;

const paperName = (publisher: Publisher, language: "ar" | "en") =>
  language === "ar" ? publisher.name : publisher.nameEn;

/** What all letters of an edition have in common, encoded once. */
export type PreparedEdition = ReturnType<typeof prepareMessage>;

type Carried = { digest: Digest; issue: Issue; edition: Edition };

export function prepareEdition(sender: Sender, { digest, issue, edition }: Carried): PreparedEdition {
  const { site } = sender;
  const { language } = edition;
  const from = fromOf(sender, digest, language);
  return prepareMessage({
    from,
    replyTo: from,
    subject: edition.subject,
    language,
    html: edition.html,
    text: edition.text,
    purpose: {
      kind: "bulk",
      list: { id: listId(sender, digest), phrase: digestName(digest, language) },
      unattended: issue.kind === "digest" && issue.approvedBy === null, // an editor confirmed the others
      feedbackId: `i${issue.id}:d${digest.id}:${issue.kind}:nashra`,
      help: new URL(`/subscribe?digest=${encodeURIComponent(digest.slug)}`, site),
      owner: new URL(`mailto:${from.address}`),
      archive: new URL(issuePath(issue), site),
    },
  });
}

/** One reader's letter of an edition. What is personal is filled in here and nowhere else. */
export async function composeDelivery(
  sender: Sender,
  { prepared, ...carried }: Carried & { prepared?: PreparedEdition },
  letter: ClaimedDelivery,
  message: { id: string; date: Temporal.Instant },
): Promise<SignedMessage> {
  const { site, keys, mailLeave } = sender;
  const leaving = { subscriber: letter.subscriberId, digest: carried.digest.id };
  const unsubscribe = await makeLink(keys, site, "unsubscribe", leaving, message.date);
  const token = unsubscribe.slice(unsubscribe.lastIndexOf("/") + 1);
  const preferences = { subscriber: letter.subscriberId };
  const compose = prepared ?? prepareEdition(sender, carried);
  const own = {
    to: { name: "", address: letter.address },
    date: message.date,
    messageId: message.id,
    unsubscribe: oneClickHeaders(site, token, leavingByMail(mailLeave, token)),
    personal: {
      unsubscribeUrl: unsubscribe,
      preferencesUrl: await makeLink(keys, site, "preferences", preferences, message.date),
      worthUrl: await worthUrl(keys, site, carried.issue, {
        subscriber: letter.subscriberId,
        language: letter.language,
      }),
      webUrl: site.origin + issuePath(carried.issue),
      address: letter.address,
      // Of an edition that was built while clicks were counted by reader: as they are counted now.
      clickMark:
        sender.publisher.clicks === "personal"
          ? await clickMark(keys, carried.issue.id, letter.subscriberId, message.date)
          : "",
    },
  };
  const { address } = fromOf(sender, carried.digest, letter.language);
  return signed(sender, address, await marked(sender, letter, compose(own)), message.date);
}

/** A notice: to somebody who is or may become a subscriber, or to an editor. @throws on one that nobody here writes */
export async function composeNotice(
  sender: Sender,
  mail: Pick<MailRenderer, "render">,
  digests: readonly Digest[],
  letter: ClaimedNotice,
  message: { id: string; date: Temporal.Instant },
): Promise<SignedMessage> {
  const { publisher, site, keys, mailFrom } = sender;
  const name = paperName(publisher, letter.language);
  const timed = digests.map((digest) => ({
    ...digest,
    when: scheduleWords(digest.schedule, letter.language, publisher.digits),
  }));
  const deps = { publisher, site, keys, digests: timed, date: message.date };
  const { template, data } = isForEditors(letter.kind)
    ? editorMail({ ...letter, kind: letter.kind }, publisher, site, digests)
    : await noticeMail(letter, deps);
  const composed = composeMessage({
    from: { name, address: mailFrom },
    to: { name: "", address: letter.address },
    replyTo: { name, address: mailFrom },
    subject: data.subject,
    date: message.date,
    messageId: message.id,
    language: letter.language,
    ...(await mail.render(template, data)),
    purpose: { kind: "auto" },
    personal: null,
    unsubscribe: null,
  });
  return signed(sender, mailFrom, await marked(sender, letter, composed), message.date);
}

/** With the address in its From, by which its transport is chosen. */
export type SignedMessage = ComposedMessage & { from: string };

/** A message with the signatures of those keys that sign now for the domain it comes from: DMARC counts no others. */
export async function signed(
  { dkim }: Pick<Sender, "dkim">,
  from: string,
  composed: ComposedMessage,
  date: Temporal.Instant,
): Promise<SignedMessage> {
  const domain = domainOf(from).toLowerCase();
  const keys = dkim.filter((key) => key.domain.toLowerCase() === domain);
  return { ...composed, from, bytes: await signMessage(composed.bytes, keys, date, composed) };
}
