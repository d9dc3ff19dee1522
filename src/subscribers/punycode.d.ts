// What is used of punycode.js (RFC 3492), which brings no types.
declare module "punycode.js" {
  const punycode: {
    /** A domain with each A-label as it is read. @throws RangeError on one that is none */
    toUnicode(domain: string): string;
  };
  export default punycode;
}
