// The pictures of feeds: enclosures and Media RSS. Pure.
import type { MediaNs } from "feedsmith";
import type { ArticleImage } from "../../articles/index.ts";

/** The address as found. */
export type FoundPicture = Partial<ArticleImage> & { url: string };

type Maybe<T> = T | null | undefined;
type Picture = { url: string } & Partial<Record<"type" | "alt" | "credit", Maybe<string>>> &
  Partial<Record<"length" | "width" | "height", Maybe<number>>>;

/** What a feed says of a picture, numbers and types only where they can be. */
export function picture({ url, type, length, width, height, alt, credit }: Picture): FoundPicture {
  const count = (value: Maybe<number>) =>
    Number.isSafeInteger(value) && (value ?? 0) > 0 ? (value ?? null) : null;
  const isType = /^image\/[a-z\d.+-]{1,60}$/i.test(type ?? "");
  return {
    url,
    type: isType ? (type?.toLowerCase() ?? null) : null,
    length: count(length),
    width: count(width),
    height: count(height),
    alt: alt ?? null,
    credit: credit ?? null,
  };
}

/** Media RSS: the widest picture, then the widest thumbnail. */
export function mediaPictures(media: MediaNs.ItemOrFeed | undefined): FoundPicture[] {
  if (!media) return [];
  const groups = [media, ...(media.groups ?? [])];
  const pictures = groups.flatMap(({ contents, description, credits }) =>
    (contents ?? []).flatMap((it) =>
      it.url && (it.medium === "image" || /^image\//i.test(it.type ?? "") || isPictureFile(it))
        ? [
            picture({
              ...it,
              url: it.url,
              length: it.fileSize,
              alt: it.description?.value ?? description?.value,
              credit: it.credits?.[0]?.value ?? credits?.[0]?.value,
            }),
          ]
        : [],
    ),
  );
  const thumbnails = [...groups, ...groups.flatMap(({ contents }) => contents ?? [])].flatMap((it) =>
    (it.thumbnails ?? []).flatMap(({ url, width, height }) => (url ? [picture({ url, width, height })] : [])),
  );
  const byWidth = (list: typeof pictures) => list.sort((a, b) => (b.width ?? 0) - (a.width ?? 0));
  return [...byWidth(pictures), ...byWidth(thumbnails)];
}

const isPictureFile = ({ url, type, medium }: MediaNs.Content) =>
  !type && !medium && /\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)/i.test(url ?? "");
