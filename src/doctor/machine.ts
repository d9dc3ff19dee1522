// The machine that the service runs on: its clock, its disk, its database. Pure: the host measures.
import type { Finding } from "./finding.ts";

const found = (
  check: Finding["check"],
  subject: string,
  state: Finding["state"],
  what: Finding["what"],
  todo: Finding["todo"] = null,
): Finding => ({ check, subject, state, what, todo, records: [] });

const mostSecondsOff = 60;

/**
 * @param newest the latest moment that the store knows of, in milliseconds since 1970; null where it is empty
 * @param web what the clock of whoever answers for us on the web said at the same moment; null where nobody did
 */
export function judgeClock(now: number, newest: number | null, web: number | null): Finding {
  const behind = newest === null ? 0 : Math.round((newest - now) / 1000);
  if (behind > mostSecondsOff)
    return found(
      "clock",
      "",
      "broken",
      {
        ar: `ساعة الجهاز متأخرة: في المخزن ما وقع بعدها بـ ${behind} ثانية.`,
        en: `The clock is behind: the store holds what happened ${behind} seconds later.`,
      },
      { ar: "اضبطها من الشبكة (NTP).", en: "Have it set over the network (NTP)." },
    );
  const off = web === null ? 0 : Math.round(Math.abs(web - now) / 1000);
  return off > mostSecondsOff
    ? found(
        "clock",
        "",
        "warning",
        {
          ar: `بين ساعة الجهاز وساعة من يجيب عن عنوانه العام ${off} ثانية.`,
          en: `The clock is ${off} seconds off that of whoever answers at the public address.`,
        },
        { ar: "اضبط الساعتين من الشبكة (NTP).", en: "Have both set over the network (NTP)." },
      )
    : found("clock", "", "ok", { ar: "الساعة مضبوطة.", en: "The clock is right, as far as can be told." });
}

const megabyte = 1_000_000;
/** A day of a million letters writes some 600 MB; with less than this nothing can be sent. */
const leastMegabytes = 300;
const fewMegabytes = 3000;

/** Null where the host could not tell. */
export function judgeDisk(folder: string, room: { free: number; database: number } | null): Finding {
  if (room === null)
    return found("disk", folder, "unknown", {
      ar: "لم يُعرف كم بقي من القرص.",
      en: "It could not be told how much of the disk is left.",
    });
  const [free, size] = [room.free / megabyte, room.database / megabyte].map(Math.round);
  const what = {
    ar: `بقي على القرص ${free} م.ب، وقاعدة البيانات ${size} م.ب.`,
    en: `${free} MB of the disk are left; the database takes ${size} MB.`,
  };
  const todo = {
    ar: "أفسح مكانًا: حين يمتلئ القرص يتوقف الإرسال.",
    en: "Make room: with a full disk nothing is sent.",
  };
  if (room.free < leastMegabytes * megabyte) return found("disk", folder, "broken", what, todo);
  // A copy of the database should fit beside it.
  if (room.free < Math.max(fewMegabytes * megabyte, room.database))
    return found("disk", folder, "warning", what, todo);
  return found("disk", folder, "ok", what);
}

/** `slow`: it took longer than it was given, and was stopped. */
export type DatabaseSeen =
  | { kind: "good" }
  | { kind: "faulty"; words: string }
  | { kind: "slow"; seconds: number }
  | { kind: "failed"; error: string };

export function judgeDatabase(file: string, seen: DatabaseSeen): Finding {
  switch (seen.kind) {
    case "good":
      return found("database", file, "ok", { ar: "قاعدة البيانات سليمة.", en: "The database is sound." });
    case "faulty":
      return found(
        "database",
        file,
        "broken",
        { ar: `قاعدة البيانات معطوبة: ${seen.words}`, en: `The database is damaged: ${seen.words}` },
        {
          ar: "أوقف الخدمة، وانسخ المجلد كما هو، وارجع إلى آخر نسخة احتياطية.",
          en: "Stop the service, copy the folder as it is, and go back to the last backup.",
        },
      );
    case "slow":
      return found(
        "database",
        file,
        "unknown",
        {
          ar: `لم ينته فحص قاعدة البيانات في ${seen.seconds} ثانية.`,
          en: `The check of the database did not end within ${seen.seconds} seconds.`,
        },
        {
          ar: "أعده في ساعة هادئة: nashra doctor --database-seconds 1800",
          en: "Run it in a quiet hour: nashra doctor --database-seconds 1800",
        },
      );
    case "failed":
      return found("database", file, "unknown", {
        ar: `لم يُفحص الملف: ${seen.error}`,
        en: `It could not be checked: ${seen.error}`,
      });
  }
}

/** A day's backup that failed once is noticed on the second day. */
const mostBackupHours = 48;

/**
 * @param hours since the last backup; null where there was none
 * @param hasReaders whether anybody would be lost
 */
export function judgeBackup(hours: number | null, hasReaders: boolean): Finding {
  const whole = hours === null ? null : Math.floor(hours);
  const what =
    whole === null
      ? { ar: "لم تُصنع نسخة احتياطية قط.", en: "No backup was ever made." }
      : {
          ar: `عمر آخر نسخة احتياطية ${whole} ساعة.`,
          en: `The last backup is ${whole} hours old.`,
        };
  const isFine = !hasReaders || (hours !== null && hours <= mostBackupHours);
  return isFine
    ? found("backup", "", "ok", what)
    : found("backup", "", "warning", what, {
        ar: "اصنع نسخة كل يوم، وضعها على جهاز آخر: nashra backup.",
        en: "Make one every day, and keep it on another machine: nashra backup.",
      });
}
