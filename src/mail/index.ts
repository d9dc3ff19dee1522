// A template and its data become the bytes of a message: Liquid, MJML, what is personal, headers, encodings.

export { domainOf, parseAddress, senderAddress } from "./address.ts";
export { faultAdvice } from "./advice.ts";
export { encodedOctets } from "./body.ts";

export {
  checkTemplates,
  mailsWith,
  type TemplateFault,
  type TriedTemplate,
  tryTemplates,
  unusedTemplates,
} from "./check.ts";
export type { CorrectionMail, DigestMail, DigestStory, LetterMail, WelcomeMail } from "./data.ts";
export { directedHtml } from "./direction.ts";
export { type DkimKey, dkimKey, dkimRecord, signMessage } from "./dkim.ts";
export { composeForward, isLoop } from "./forward.ts";
export { isTemplateName, type TemplateReader } from "./liquid.ts";
export {
  type ComposedMessage,
  composeMessage,
  leavingByMail,
  oneClickHeaders,
  prepareMessage,
} from "./message.ts";
export { fillPersonal, placeOf } from "./personal.ts";
export { createMailRenderer, type MailRenderer, type TemplateSource } from "./render.ts";
export { sampleMails } from "./samples.ts";
export { countedWords, mailWords } from "./words.ts";
