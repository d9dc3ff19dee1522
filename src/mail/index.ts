// A template and its data become the bytes of a message: Liquid, MJML, what is personal, headers, encodings.
export { domainOf, parseAddress } from "./address.ts";
export type { DigestMail, DigestStory, LetterMail } from "./data.ts";
export { type DkimKey, dkimKey, dkimRecord, signMessage } from "./dkim.ts";
export { composeForward, isLoop } from "./forward.ts";
export {
  type ComposedMessage,
  composeMessage,
  leavingByMail,
  oneClickHeaders,
  prepareMessage,
} from "./message.ts";
export { fillPersonal } from "./personal.ts";
export { createMailRenderer, type MailRenderer, type TemplateReader } from "./render.ts";
export { mailWords } from "./words.ts";
