// What only the host knows of the house it runs in, for the pages of the settings: the environment, the ways out for mail, the doctor
// and the publisher's templates. Each is null where a host has none.
import type { ShownSetting } from "../config.ts";
import type { Finding } from "../doctor/index.ts";
import type { sampleMails, TemplateFault, TriedTemplate, tryTemplates } from "../mail/index.ts";

/** A way out for mail, without what is secret. */
export type ShownTransport = { name: string; kind: string; at: string; user: string | null; carries: string };

/** What a server said to a letter that was sent to try it out. */
export type TransportTried = { accepted: boolean; kind: string; reply: string; signed: boolean };

export type ShownTemplates = {
  folder: string;
  /** The names of ours. */
  builtIn: readonly string[];
  /** Those of the publisher, what is wrong with them, and which no mail uses. */
  check: () => Promise<{ files: string[]; faults: TemplateFault[]; unused: string[] }>;
  /** The publisher's file of this name, or ours; null if there is neither. `mark` tells one text from another. */
  read: (name: string) => Promise<{ text: string; own: boolean; mark: string } | null>;
  /** The mails that it is a part of. */
  mailsWith: (name: string) => Promise<SampleMail[]>;
  /** A mail as it would come out with this text in the place of a file. Nothing is kept. */
  tryOut: (
    draft: { name: string; text: string },
    mail: SampleMail,
    language: "ar" | "en",
    paper: Parameters<typeof tryTemplates>[4],
  ) => Promise<TriedTemplate>;
  /**
   * Puts a text in the place of a file, or with null takes the publisher's file away, so that ours is used. All templates together
   * are tried before.
   *
   * @param seen the mark of the text that was changed: if it is another by now, nothing is written
   */
  save: (name: string, text: string | null, seen: string) => Promise<SavedTemplate>;
};

export type SampleMail = (typeof sampleMails)[number];

export type SavedTemplate =
  | { kind: "saved" }
  | { kind: "moved" }
  | { kind: "refused"; faults: TemplateFault[] }
  /** The folder cannot be written to. */
  | { kind: "unwritable"; why: string };

export type House = {
  /** Every setting of the environment; what is secret is told only as set or not. */
  environment: () => readonly ShownSetting[];
  /** In the order in which they stand in for each other. */
  transports: () => readonly ShownTransport[];
  /** Whom mail is from, where nobody says otherwise. */
  mailFrom: string;
  /** Whether a DKIM key signs what comes from a domain. */
  signs: (domain: string) => Promise<boolean>;
  /** Sends one letter by one transport alone; null if there is none of this name. */
  tryTransport: (name: string, to: string) => Promise<TransportTried | null>;
  /** Looks at all that mail needs; ends by itself. */
  doctor: (() => Promise<Finding[]>) | null;
  /** What needs a person of the disk and of certificates, as far as it is known: at once, as the first page asks each time. */
  watch: (() => Promise<Finding[]>) | null;
  /** Looks at what mail from one address needs; ends by itself. */
  senderDoctor: ((address: string) => Promise<Finding[]>) | null;
  templates: ShownTemplates | null;
};

/** A host that tells nothing of itself. */
export const bareHouse: House = {
  environment: () => [],
  transports: () => [],
  mailFrom: "",
  signs: async () => false,
  tryTransport: async () => null,
  doctor: null,
  senderDoctor: null,
  watch: null,
  templates: null,
};
