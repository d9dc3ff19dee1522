// What an inbox shows of an issue before it is opened, as two pages show it.
import type { inboxLines } from "../digests/index.ts";
import { Auto, Badge, Block, bothLanguages, type Language, Table } from "../web/index.ts";

const words = bothLanguages({
  ar: {
    inbox: "في صندوق الوارد",
    caption: "ما يُقرأ قبل أن تُفتح الرسالة",
    place: "أين",
    subject: "الموضوع",
    preheader: "ما يليه",
    places: { phone: "هاتف", desktop: "حاسوب" },
  },
  en: {
    inbox: "In the inbox",
    caption: "What is read before the mail is opened",
    place: "Where",
    subject: "Subject",
    preheader: "Behind it",
    places: { phone: "Phone", desktop: "Desktop" },
  },
});

export function Inbox({ lines, language }: { lines: ReturnType<typeof inboxLines>; language: Language }) {
  const t = words[language];
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
    </Block>
  );
}
