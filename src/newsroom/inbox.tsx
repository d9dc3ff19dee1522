// What an inbox shows of an issue before it is opened, as two pages show it.
import type { inboxLines } from "../digests/index.ts";
import { Auto, Badge, Block, bothLanguages, Table } from "../web/index.ts";
import type { Desk } from "./desk.ts";
import { numberWord } from "./words.ts";

const words = bothLanguages({
  ar: {
    inbox: "في صندوق الوارد",
    caption: "ما يُقرأ قبل أن تُفتح الرسالة",
    place: "أين",
    subject: "الموضوع",
    preheader: "ما يليه",
    places: { phone: "هاتف", desktop: "حاسوب" },
    length: (n: string, most: string) => `طول الموضوع ${n}، ويُرى منه على الهاتف نحو ${most}.`,
  },
  en: {
    inbox: "In the inbox",
    caption: "What is read before the mail is opened",
    place: "Where",
    subject: "Subject",
    preheader: "Behind it",
    places: { phone: "Phone", desktop: "Desktop" },
    length: (n: string, most: string) => `The subject has ${n} characters; a phone shows about ${most}.`,
  },
});

export function Inbox({ lines, at }: { lines: ReturnType<typeof inboxLines>; at: Desk }) {
  const { language, paper } = at;
  const t = words[language];
  const n = (value: number) => numberWord(value, language, paper);
  return (
    <Block id="inbox" title={t.inbox}>
      <Table
        caption={t.caption}
        columns={[{ label: t.place }, { label: t.subject }, { label: t.preheader }]}
        rows={(["phone", "desktop"] as const).map((place) => [
          <Badge>{t.places[place]}</Badge>,
          <Auto>{lines[place].subject}</Auto>,
          <Auto>{lines[place].preheader}</Auto>,
        ])}
      />
      <p class={lines.length > lines.shown ? "field-error" : "field-help"}>
        {t.length(n(lines.length), n(lines.shown))}
      </p>
    </Block>
  );
}
