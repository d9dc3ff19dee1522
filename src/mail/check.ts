// Whether templates may be used: each mail is rendered with them, in both languages, and looked at.
import { assembleFault } from "./assemble.ts";
import type { MailData } from "./data.ts";
import { isTemplateName, messageOf, type TemplateReader } from "./liquid.ts";
import { fillPersonal, type Personal, type RenderedMail } from "./personal.ts";
import { createMailRenderer } from "./render.ts";
import { mailSample, markup, sampleMails } from "./samples.ts";
import { tracedMjml } from "./trace.ts";

/** What is wrong with a template. The line is null where something is missing. */
export type TemplateFault = { file: string; line: number | null; message: string };

/** What no mail may hold: programs drop such a mail, or call it dangerous. Looked for in templates, where each has its line. */
const forbidden: readonly [RegExp, string][] = [
  [/<\s*(script|iframe|object|embed|form|input|link|base|video|audio|svg)\b/i, "mail programs take no <$1>"],
  [/\son[a-z]+\s*=/i, "mail programs take no scripts in attributes"],
  [/(javascript|vbscript)\s*:/i, "an address cannot be a script"],
  [/@import|@font-face|<mj-font\b/i, "fonts and styles from elsewhere tell others who reads"],
  [/http-equiv\s*=\s*["']?refresh/i, "a mail cannot lead elsewhere by itself"],
  [/\|\s*raw\b/, "the filter raw writes what people typed into the markup as it is"],
  [/<mj-include\b/i, "another file is taken in by {% render %} or {% reuse %}"],
];

/**
 * Tries templates out.
 *
 * @param reader gives all of them, those of the publisher's before ours
 * @param theirs the texts that are the publisher's, by file name
 * @returns what is wrong; nothing if they may be used
 */
export async function checkTemplates(
  reader: TemplateReader,
  theirs: ReadonlyMap<string, string>,
): Promise<TemplateFault[]> {
  const faults = [...theirs].flatMap(([file, text]) => faultsIn(file, text));
  if (faults.length > 0) return faults;
  const renderer = createMailRenderer(() => reader);
  for (const name of sampleMails) {
    for (const language of ["ar", "en"] as const) {
      const sample = mailSample(name, language, markup);
      try {
        const mail = await renderer.renderWhole(name, sample);
        const missing = faultsOf(name, sample, mail);
        const assembled = missing.length > 0 ? mail : await renderer.render(name, sample);
        if (assembled.html !== mail.html)
          missing.push({ file: `${name}.mjml`, line: null, message: assembleFault });
        faults.push(...missing);
      } catch (error) {
        faults.push(...(await located(reader, theirs, name, sample, error)));
      }
      if (faults.length > 0) return distinct(faults); // of what is wrong in one mail, most is wrong in all
    }
  }
  return [];
}

export type TriedTemplate = { ok: true; html: string; text: string } | { ok: false; faults: TemplateFault[] };

/**
 * A mail as it would come out, with invented stories and addresses that lead nowhere, for whoever changes its templates.
 *
 * @param reader gives all of them, those that are tried before the others
 * @param tried the texts that are tried, by file name
 * @param paper how it looks: the paper's own name, colour and logo
 */
export async function tryTemplates(
  reader: TemplateReader,
  tried: ReadonlyMap<string, string>,
  name: (typeof sampleMails)[number],
  language: "ar" | "en",
  paper: Pick<MailData["publisher"], "name" | "colour" | "logoUrl">,
): Promise<TriedTemplate> {
  const faults = [...tried].flatMap(([file, text]) => faultsIn(file, text));
  if (faults.length > 0) return { ok: false, faults };
  const sample = mailSample(name, language, "");
  const data = { ...sample, publisher: { ...sample.publisher, ...paper } };
  try {
    const mail = await createMailRenderer(() => reader).renderWhole(name, data);
    const missing = faultsOf(name, data, mail);
    return missing.length > 0
      ? { ok: false, faults: missing }
      : { ok: true, ...fillPersonal(mail, personal) };
  } catch (error) {
    return { ok: false, faults: await located(reader, tried, name, data, error) };
  }
}

/** The mails that a template is a part of. */
export function mailsWith(reader: TemplateReader, file: string): (typeof sampleMails)[number][] {
  return sampleMails.filter((name) =>
    ["mjml", "txt"].some((end) => filesOf(reader, `${name}.${end}`).has(file)),
  );
}

/** A template with all that it takes in. */
function filesOf(reader: TemplateReader, first: string): Set<string> {
  const files = new Set([first]);
  for (const file of files) for (const name of namesTakenIn(reader, file)) files.add(name); // a set is walked to what was added last
  return files;
}

/**
 * Files that no mail uses: neither its own nor taken in by one that is used, such as one whose name is misspelt.
 *
 * @param files the names of the publisher's files
 */
export function unusedTemplates(reader: TemplateReader, files: readonly string[]): string[] {
  const used = sampleMails.flatMap((name) =>
    ["mjml", "txt"].flatMap((end) => [...filesOf(reader, `${name}.${end}`)]),
  );
  return files.filter((file) => !used.includes(file));
}

/** What a template may take in: every name that stands in it in quotation marks. */
function namesTakenIn(reader: TemplateReader, file: string): string[] {
  try {
    return [...reader(file).matchAll(/["']([a-z0-9-]+\.(?:mjml|txt))["']/g)].map(([, name = ""]) => name);
  } catch {
    return []; // it is not there, which is told elsewhere
  }
}

function faultsIn(file: string, text: string): TemplateFault[] {
  if (!isTemplateName(file))
    return [{ file, line: null, message: "is no name of a template, such as digest.mjml" }];
  return text.split("\n").flatMap((line, i) =>
    forbidden.flatMap(([pattern, message]) => {
      const found = pattern.exec(line);
      return found ? [{ file, line: i + 1, message: message.replace("$1", found[1] ?? "") }] : [];
    }),
  );
}

/** Liquid names file and line; MJML counts lines of what was filled in, which is traced back. */
async function located(
  reader: TemplateReader,
  theirs: ReadonlyMap<string, string>,
  name: string,
  data: MailData,
  error: unknown,
): Promise<TemplateFault[]> {
  const said = messageOf(error);
  const [, named, line] = /(?:file:([^\s,]+), )?line:(\d+)/.exec(said) ?? [];
  if (line !== undefined) {
    const message = said.replace(/^Template \S+: /, "").replace(/,( file:\S+,)? line:[\s\S]*$/, "");
    const word = / ([\w.[\]"']+)$/.exec(message)?.[1] ?? "";
    // Of a value that is not there Liquid tells the line, and not the file.
    const found = [...theirs].find(([, text]) => text.split("\n")[Number(line) - 1]?.includes(word))?.[0];
    return [{ file: named ?? found ?? `${name}.mjml`, line: Number(line), message }];
  }
  const traced = await tracedMjml(reader, name, data).catch(() => []);
  return traced.length > 0 ? traced : [{ file: `${name}.mjml`, line: null, message: said }];
}

const personal: Personal = {
  unsubscribeUrl: "https://check.example/unsubscribe/1",
  preferencesUrl: "https://check.example/preferences/2",
  worthUrl: "https://check.example/worth/3",
  webUrl: "https://check.example/issues/4",
  address: "reader@check.example",
};

/** What each reader of a newsletter must find. */
const places = ["unsubscribeUrl", "preferencesUrl"] as const;

/** What a rendered mail lacks, or has too much. */
function faultsOf(name: string, data: MailData, rendered: RenderedMail): TemplateFault[] {
  const { html, text } = fillPersonal(rendered, personal);
  const faults: TemplateFault[] = [];
  const fault = (end: "mjml" | "txt", message: string) =>
    faults.push({ file: `${name}.${end}`, line: null, message });
  const lines = new Set(text.split("\n"));
  const leads = (url: string, called: string) => {
    if (!html.includes(`href="${url}"`)) fault("mjml", `lacks the link {{ ${called} }}`);
    if (!lines.has(url)) fault("txt", `lacks {{ ${called} }} alone on a line`);
  };
  if ("groups" in data) {
    for (const place of places) leads(personal[place], `personal.${place}`);
    for (const [i, { url }] of data.stories.entries()) leads(url, `story.url (of story ${i + 1})`);
  }
  if ("action" in data && data.action) leads(data.action.link, "action.link");
  if (!html.includes(data.publisher.postalAddress)) fault("mjml", "lacks {{ publisher.postalAddress }}");
  if (!text.includes(data.publisher.postalAddress)) fault("txt", "lacks {{ publisher.postalAddress }}");
  if (!html.includes(`<html lang="${data.language}" dir="${data.dir}"`))
    fault("mjml", 'begins with <mjml lang="{{ language }}" dir="{{ dir }}">');
  const tag = forbiddenTag.exec(html)?.[1];
  if (tag !== undefined) fault("mjml", `comes out with <${tag}>, which mail programs do not take`);
  if (tellsWho(html))
    fault(
      "mjml",
      "has what is one reader's own in another place than a link of theirs: a picture's address would tell who opens the mail",
    );
  if (html.includes("<i data-check>")) fault("mjml", "writes a text into the markup without escaping it");
  return faults;
}

/** Looked for in what comes out, too: a tag may be put together of pieces. */
const forbiddenTag = /<\s*(script|iframe|object|embed|form|input|base|video|audio|svg)\b/i;

/** Whether what is one reader's own stands anywhere but as the address of a link of theirs, or as text. */
function tellsWho(html: string): boolean {
  const { address, ...links } = personal;
  let rest = html.replaceAll(`>${address}<`, "><");
  for (const link of Object.values(links))
    rest = rest.replaceAll(`href="${link}"`, "").replaceAll(`>${link}<`, "><");
  return [address, ...Object.values(links)].some(
    (own) => rest.includes(own) || rest.includes(encodeURIComponent(own)),
  );
}

const distinct = (faults: readonly TemplateFault[]) => [
  ...new Map(faults.map((it) => [JSON.stringify(it), it])).values(),
];
