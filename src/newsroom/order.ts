// A list of stories, one of them moved. Pure.
import { type ArticleId, articleId } from "../articles/index.ts";

export type Move = { act: "up" | "down" } | { act: "place"; place: number };

/** The list with one of it moved; what would go beyond an end stays there. */
export function moved(list: readonly ArticleId[], id: ArticleId, move: Move): ArticleId[] {
  const from = list.indexOf(id);
  if (from < 0) return [...list];
  const wanted = move.act === "place" ? move.place - 1 : from + (move.act === "up" ? -1 : 1);
  const to = Math.max(0, Math.min(list.length - 1, wanted));
  return list.toSpliced(from, 1).toSpliced(to, 0, id);
}

/** More stories than an issue has. */
const most = 50;

/** A list as a form carries it, "4,7,2". Null if it is none, or names a story twice. */
export function listIn(text: string): ArticleId[] | null {
  if (!/^[1-9]\d{0,14}(,[1-9]\d{0,14})*$/.test(text)) return null;
  const ids = text.split(",").map(Number);
  return ids.length <= most && new Set(ids).size === ids.length ? ids.map(articleId) : null;
}
