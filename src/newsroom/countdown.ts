// How long until something, in words. Pure.
import { type Digits, plural } from "../arabic/index.ts";
import type { Language } from "../web/index.ts";

const inDays = { zero: "", one: "يوم", two: "يومين", few: "# أيام", many: "# يومًا", other: "# يوم" };
const inHours = { zero: "", one: "ساعة", two: "ساعتين", few: "# ساعات", many: "# ساعة", other: "# ساعة" };
const inMinutes = {
  zero: "",
  one: "دقيقة",
  two: "دقيقتين",
  few: "# دقائق",
  many: "# دقيقة",
  other: "# دقيقة",
};
const english = (n: number, one: string) => `${n} ${one}${n === 1 ? "" : "s"}`;

/** "بعد 3 ساعات و5 دقائق", "in 3 hours and 5 minutes": the two largest units; what is due is now. */
export function untilWords(from: Temporal.Instant, to: Temporal.Instant, language: Language, digits: Digits) {
  const minutes = Math.ceil((to.epochMilliseconds - from.epochMilliseconds) / 60_000);
  if (minutes <= 0) return language === "ar" ? "الآن" : "now";
  const parts = [
    [Math.floor(minutes / 1440), inDays, "day"],
    [Math.floor((minutes % 1440) / 60), inHours, "hour"],
    [minutes % 60, inMinutes, "minute"],
  ] as const;
  const first = parts.findIndex(([n]) => n > 0);
  const said = parts
    .slice(first, first + 2)
    .filter(([n]) => n > 0)
    .map(([n, forms, one]) => (language === "ar" ? plural(n, forms, digits) : english(n, one)));
  return language === "ar" ? `بعد ${said.join(" و")}` : `in ${said.join(" and ")}`;
}
