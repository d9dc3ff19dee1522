// Whom a digest's letters come from: the paper, or a sender of its own; whether it is signed for, and what the doctor says of its domain.
import type { Digest } from "../digests/index.ts";
import type { Finding } from "../doctor/index.ts";
import { domainOf } from "../mail/index.ts";
import {
  Actions,
  Auto,
  Badge,
  Block,
  Button,
  bothLanguages,
  Facts,
  Field,
  Form,
  Ltr,
  Notice,
} from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { digestPath } from "./digests.tsx";
import type { House } from "./house.ts";
import { Findings } from "./settings-doctor.tsx";

export type TypedSender = { address: string; name: string };

export const senderWords = bothLanguages({
  ar: {
    title: "مرسِلها",
    now: "من",
    papers: "كما للصحيفة",
    own: "خاص بها",
    signed: "توقيع DKIM",
    isSigned: (domain: string) => `يُوقّع عن \u2068${domain}\u2069`,
    notSigned: (domain: string) =>
      `لا مفتاح يوقّع عن \u2068${domain}\u2069، والصناديق الكبيرة ترفض ما لا توقيع له. أنشئ مفتاحًا على الخادم:`,
    address: "عنوان المرسِل",
    addressHelp: "نطاقه هو ما يُوقّع عنه، وبه يُختار طريق الخروج. اتركه خاليًا ليكون عنوان الصحيفة.",
    name: "اسم المرسِل",
    nameHelp: "اتركه خاليًا ليكون اسم الصحيفة.",
    optional: "اختياري",
    wrong: "لا يصلح هذا عنوانًا يُرسل منه بريد. اكتبه مثل \u2068morning@alerts.example\u2069.",
    save: "احفظ المرسِل",
    check: "افحص نطاقه",
    found: "ما وُجد عنه",
    late: "لم ينته الفحص في أربعين ثانية. أعده.",
  },
  en: {
    title: "Sender",
    now: "From",
    papers: "the paper’s",
    own: "its own",
    signed: "DKIM",
    isSigned: (domain: string) => `a key signs for ${domain}`,
    notSigned: (domain: string) =>
      `No key signs for ${domain}, and large mailboxes refuse what is not signed. Make one on the server:`,
    address: "Address of the sender",
    addressHelp:
      "Its domain is what is signed for, and chooses the way out. Leave it empty for the paper’s address.",
    name: "Name of the sender",
    nameHelp: "Leave it empty for the paper’s name.",
    optional: "optional",
    wrong: "This is no address that mail can come from. One looks like morning@alerts.example.",
    save: "Save the sender",
    check: "Look at its domain",
    found: "What was found of it",
    late: "The doctor was not done within forty seconds. Try again.",
  },
});

export async function SenderBlock(props: {
  at: Desk;
  digest: Digest;
  house: House;
  tried: { typed: TypedSender; wrong: boolean } | null;
  found: readonly Finding[] | "late" | null;
}) {
  const { at, digest, house, tried, found } = props;
  const { language } = at;
  const t = senderWords[language];
  const { sender } = digest;
  const address = sender.address ?? house.mailFrom;
  const domain = domainOf(address);
  const signed = await house.signs(domain);
  return (
    <Block id="sender" title={t.title}>
      <Facts
        facts={[
          {
            name: t.now,
            value: (
              <>
                <Auto>{sender.name ?? at.desk.publisher.name}</Auto> <Ltr>{address || "—"}</Ltr>{" "}
                <Badge>{sender.address === null ? t.papers : t.own}</Badge>
              </>
            ),
          },
          {
            name: t.signed,
            value: signed ? (
              <Badge tone="ok">{t.isSigned(domain)}</Badge>
            ) : (
              <>
                {t.notSigned(domain)} <Ltr code>{`npx nashra dkim create SELECTOR --domain ${domain}`}</Ltr>
              </>
            ),
          },
        ]}
      />
      <Form action={`${digestPath(digest)}/sender`} label={t.title}>
        <input
          type="hidden"
          name="seen"
          value={JSON.stringify({ address: sender.address, name: sender.name })}
        />
        <Field
          name="address"
          id="field-sender-address"
          kind="email"
          label={t.address}
          help={t.addressHelp}
          optional={t.optional}
          value={tried?.typed.address ?? sender.address}
          error={tried?.wrong ? t.wrong : null}
          maxLength={320}
          autocomplete="off"
        />
        <Field
          name="name"
          id="field-sender-name"
          label={t.name}
          help={t.nameHelp}
          optional={t.optional}
          value={tried?.typed.name ?? sender.name}
          maxLength={100}
          autocomplete="off"
        />
        <Actions>
          <Button>{t.save}</Button>
          {house.senderDoctor !== null && (
            <button
              class="button button-quiet"
              type="submit"
              formaction={`${digestPath(digest)}/sender/check#sender`}
              formnovalidate
            >
              {t.check}
            </button>
          )}
        </Actions>
      </Form>
      {found === "late" && <Notice tone="error">{t.late}</Notice>}
      {Array.isArray(found) && <Findings at={at} found={found} />}
    </Block>
  );
}
