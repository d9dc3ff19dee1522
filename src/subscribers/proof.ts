// How we know of an act of consent, as it stands in the ledger. Pure.

/**
 * What is kept with an act: the form or link it came by, whose token it was, from which network (never a whole address),
 * and what the publisher said of an import. `network` is blanked when the person is erased.
 */
export type Proof = {
  /** `home`, `section`, `page`, `embed`, `api`, `import`; `link` (a signed one), `one-click`, `mail`, `publisher`. */
  via: string;
  network?: string;
  /** Purpose and key of a signed link, such as `confirm/k1`; the name of an API token. */
  token?: string;
};
