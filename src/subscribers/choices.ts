// What one can choose from, as the paper offers it, and how it is called. Pure.
type Language = "ar" | "en";

/** A newsletter as forms name it. */
export type DigestChoice = {
  id: number;
  slug: string;
  name: string;
  nameEn: string | null;
  /** The hours of its day, where it has several to choose from. */
  slots?: readonly { name: string; time: string }[];
  /** Whether it ever sends breaking news. */
  hasBreaking?: boolean;
  /** When it comes, in words. */
  when?: string;
  /** False where it is switched off. */
  on?: boolean;
};

/** A section of the paper that newsletters can be narrowed down to. */
export type SectionChoice = { id: number; slug: string; title: string; titleEn: string | null };

/** All that can be chosen: the first newsletter is meant where a form names none. */
export type Offer = { digests: readonly DigestChoice[]; sections: readonly SectionChoice[] };

/** What is offered to new readers: not what is switched off, unless all of it is and the paper only takes names. */
export function offeredToNew<Digest extends DigestChoice>(digests: readonly Digest[]): readonly Digest[] {
  const running = digests.filter(({ on }) => on !== false);
  return running.length > 0 ? running : digests;
}

export const digestName = (digest: DigestChoice, language: Language): string =>
  language === "en" ? (digest.nameEn ?? digest.name) : digest.name;

export const sectionName = (section: SectionChoice, language: Language): string =>
  language === "en" ? (section.titleEn ?? section.title) : section.title;

/** Names in a sentence, one behind the other. */
export const listed = (names: readonly string[], language: Language): string =>
  names.join(language === "ar" ? "، " : ", ");
