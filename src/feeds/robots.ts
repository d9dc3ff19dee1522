// What crawlers may read, and where they find the newest.

/**
 * robots.txt (RFC 9309): everything but what is for editors and programs and the links of mails, and the sitemap of the last two days' news.
 * Feeds and their pages stay open, as crawlers must see that the pages say `noindex`.
 */
export const robotsTxt = (site: URL): string => `User-agent: *
Disallow: /newsroom
Disallow: /api
Disallow: /c/

Sitemap: ${new URL("/news-sitemap.xml", site).href}
`;
