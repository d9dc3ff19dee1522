// Addresses as people and logs may see them: some hold a key, by which whoever reads it gets in. Pure.

/** Names of parameters that hold keys; an author, a keyword and a passage are none. */
const secretName =
  /key(?!word)|token|secret|pass(?!age)|pwd|auth(?!or)|signature|^sig$|credential|session|^sid$|jwt/i;

/** Long, of letters and digits mixed as no person writes them. */
const looksRandom = (value: string) =>
  /^[\w+/=-]{20,}$/.test(value) &&
  (/^[\da-f-]+$/i.test(value) || (/\d/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value)));

const isKey = (name: string, value: string) => value !== "" && (secretName.test(name) || looksRandom(value));

const address = /\b[a-z][a-z\d+.-]*:\/\/[^\s<>"]+/gi;
const login = /^([a-z][a-z\d+.-]*:\/\/)[^/?#\s]*@/i;
const parameter = /([?&#;])([^=&#;?]+)=([^&#]*?)(?=[.,:;!)\]]*(?:[&#]|$))/g;

/** A text in which every address stands without name, password, and the values of parameters that look like keys. */
export const withoutKeys = (text: string): string =>
  text.replace(address, (it) =>
    it
      .replace(login, "$1…@")
      .replace(parameter, (whole, sign: string, name: string, value: string) =>
        isKey(name, value) ? `${sign}${name}=…` : whole,
      ),
  );

/** The same address without login and without parameters that look like keys, for what readers are to see. */
export function openAddress(url: URL): URL {
  const open = new URL(url);
  open.username = "";
  open.password = "";
  for (const [name, value] of url.searchParams) if (isKey(name, value)) open.searchParams.delete(name);
  return open;
}
