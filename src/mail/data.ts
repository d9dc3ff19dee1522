// What the templates are given. Texts are plain text; the renderer escapes them.
import type { MailWords } from "./words.ts";

/** What every mail has: the paper, the language, the fixed words. */
type MailShell = {
  language: "ar" | "en";
  dir: "rtl" | "ltr";
  publisher: {
    name: string;
    url: string;
    logoUrl: string | null;
    /** Six hexadecimal digits, as `#8a1c2c`. */
    colour: string;
    /** May be empty. */
    postalAddress: string;
    /** Where else readers find the paper. */
    social: readonly { name: string; url: string }[];
  };
  subject: string;
  /** What a mailbox shows behind the subject: the second story, say; never the paper's name. */
  preheader: string;
  /** All of it is made up, and the mail says so. */
  sample: boolean;
  words: MailWords;
};

export type DigestStory = {
  title: string;
  url: string;
  /** May be empty. */
  summary: string;
  /** The summary in one line, for who lists titles; may be empty. */
  brief: string;
  section: string | null;
  /** Who it is from. */
  source: string;
  /** When it was published, in words. */
  time: string;
  /** JPEG or PNG, with its true size in pixels. */
  image: { url: string; alt: string; width: number; height: number } | null;
};

/** An edition of an issue. What differs per reader is spliced in afterwards: see personal.ts. */
export type DigestMail = MailShell & {
  digest: { name: string };
  /** Its day; of a weekly one its week. */
  dateLine: string;
  hijriLine: string | null;
  /** An editor's word above the stories. */
  intro: string | null;
  /** In their order; the first is the lead. */
  stories: readonly DigestStory[];
  /** All but the lead under their headings, as they are shown. */
  groups: readonly { heading: string; stories: readonly DigestStory[] }[];
};

/** What was wrong in an earlier issue, and what is right; `intro` has the editor's words. No story where it was withdrawn. */
export type CorrectionMail = DigestMail & {
  /** What was sent when. */
  notice: string;
};

/** A short mail that is no issue: it says one thing, and most have one button. */
export type LetterMail = MailShell & {
  title: string;
  text: string;
  action: { label: string; link: string } | null;
  /** In small print: how long the link works, what to do if it was not you. */
  notes: readonly string[];
};

/** The first mail after somebody confirmed: what they will get, and when. */
export type WelcomeMail = LetterMail & {
  digests: readonly { name: string; when: string }[];
};

export type MailData = DigestMail | CorrectionMail | LetterMail | WelcomeMail;
