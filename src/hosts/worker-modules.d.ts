// What wrangler's bundler and workerd add to the modules that TypeScript knows.
declare module "cloudflare:workers" {
  /** Keeps the isolate alive for this work, at most 30 seconds longer than the reply. */
  export function waitUntil(work: Promise<unknown>): void;
}
declare module "*.mjml" {
  const text: string;
  export default text;
}
declare module "*.txt" {
  const text: string;
  export default text;
}
