// Small WordPress exports, made to order, and bytes that come in pieces.

type Post = {
  id?: number;
  type?: string;
  status?: string;
  title?: string;
  content?: string;
  excerpt?: string;
  guid?: string;
  date?: string;
  password?: string;
  sticky?: boolean;
  /** Whatever else stands in the item, as XML. */
  more?: string;
};

const cdata = (text: string) => `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

export const itemXml = (it: Post): string => `
	<item>
		<title>${cdata(it.title ?? `خبر ${it.id ?? 1}`)}</title>
		<link>https://paper.test/${it.id ?? 1}/</link>
		<pubDate>Fri, 20 Mar 2026 08:00:00 +0000</pubDate>
		<dc:creator>${cdata("salma")}</dc:creator>
		<guid isPermaLink="false">${it.guid ?? `https://paper.test/?p=${it.id ?? 1}`}</guid>
		<description></description>
		<content:encoded>${cdata(it.content ?? `نص الخبر ${it.id ?? 1}.`)}</content:encoded>
		<excerpt:encoded>${cdata(it.excerpt ?? "")}</excerpt:encoded>
		<wp:post_id>${it.id ?? 1}</wp:post_id>
		<wp:post_date_gmt>${cdata(it.date ?? "2026-03-20 08:00:00")}</wp:post_date_gmt>
		<wp:status>${cdata(it.status ?? "publish")}</wp:status>
		<wp:post_type>${cdata(it.type ?? "post")}</wp:post_type>
		<wp:post_password>${cdata(it.password ?? "")}</wp:post_password>
		<wp:is_sticky>${it.sticky ? 1 : 0}</wp:is_sticky>${it.more ?? ""}
	</item>`;

export const metaXml = (key: string, value: string): string =>
  `\n<wp:postmeta><wp:meta_key>${cdata(key)}</wp:meta_key><wp:meta_value>${cdata(value)}</wp:meta_value></wp:postmeta>`;

export const attachmentXml = (id: number, url: string): string =>
  itemXml({
    id,
    type: "attachment",
    status: "inherit",
    more: `<wp:attachment_url>${cdata(url)}</wp:attachment_url>`,
  });

export const headXml = `<?xml version="1.0" encoding="UTF-8" ?>
<!-- generator="WordPress/6.1.9": no <item> yet -->
<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
	<title>الجريدة &amp; الملحق</title>
	<link>https://paper.test</link>
	<language>ar</language>
	<wp:wxr_version>1.2</wp:wxr_version>
	<wp:base_blog_url>https://paper.test</wp:base_blog_url>
	<wp:author><wp:author_login>${cdata("salma")}</wp:author_login><wp:author_display_name>${cdata("سلمى")}</wp:author_display_name></wp:author>
	<wp:category><wp:category_nicename>economy</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>${cdata("اقتصاد")}</wp:cat_name></wp:category>
	<wp:category><wp:category_nicename>%d8%b3%d9%88%d9%82</wp:category_nicename><wp:category_parent>economy</wp:category_parent><wp:cat_name>${cdata("أسواق &amp; أسعار")}</wp:cat_name></wp:category>
`;

export const exportXml = (...items: string[]): string => `${headXml}${items.join("")}\n</channel>\n</rss>\n`;

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The bytes from an octet on, in pieces of these sizes, again and again. */
export async function* inPieces(
  bytes: Uint8Array,
  sizes: readonly number[] = [65_536],
  from = 0,
): AsyncGenerator<Uint8Array> {
  for (let at = from, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield bytes.slice(at, at + size);
    at += size;
  }
}
