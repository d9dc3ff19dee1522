// Whether mail can be sent to a domain at all, as far as the host can look that up.

/**
 * Asks the DNS about a domain in A-labels. `takes-none`: there is no such domain, or it says that it takes no mail (RFC 7505),
 * or it has no address that mail could go to (RFC 5321 §5.1). `unknown`: nobody answered in time, or this host cannot ask;
 * whoever asks goes on as if it takes mail. Bounded in time; never throws.
 */
export type MailDomains = (domain: string) => Promise<"takes-mail" | "takes-none" | "unknown">;
