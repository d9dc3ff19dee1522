// What DNS says, as the checks ask for it. The host hands it in.

/** `none`: the name, or a record of this kind, is certainly not there. `unknown`: nobody answered. */
export type Answer<Row> = { kind: "found"; rows: readonly Row[] } | { kind: "none" } | { kind: "unknown" };

export type Dns = {
  txt: (name: string) => Promise<Answer<string>>;
  mx: (name: string) => Promise<Answer<{ preference: number; host: string }>>;
  /** Of both families. */
  addresses: (name: string) => Promise<Answer<string>>;
  /** The names of an address. */
  names: (address: string) => Promise<Answer<string>>;
};

export const rowsOf = <Row>(answer: Answer<Row>): readonly Row[] =>
  answer.kind === "found" ? answer.rows : [];

/** The tags of a record such as `v=DMARC1; p=none`, their names in lower case. */
export const tagsOf = (record: string): Map<string, string> =>
  new Map(
    record.split(";").flatMap((part): [string, string][] => {
      const [, name, value = ""] = /^\s*([a-z0-9_]+)\s*=\s*([\s\S]*?)\s*$/i.exec(part) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value]];
    }),
  );

/** Whether two names are of one organisation, as far as can be told without a list of public suffixes: one lies below the other. */
export const isWithin = (name: string, above: string): boolean =>
  name === above || name.endsWith(`.${above}`);
