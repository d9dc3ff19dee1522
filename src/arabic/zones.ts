// What people call a time zone by: its city.
import type { Language } from "./dates.ts";

/** The cities of the Arab world's zones, and those that its papers are also written in. */
const arabicCities: Readonly<Record<string, string>> = {
  "Asia/Damascus": "دمشق",
  "Asia/Beirut": "بيروت",
  "Africa/Cairo": "القاهرة",
  "Asia/Amman": "عمّان",
  "Asia/Riyadh": "الرياض",
  "Asia/Baghdad": "بغداد",
  "Asia/Dubai": "دبي",
  "Asia/Gaza": "غزة",
  "Asia/Hebron": "الخليل",
  "Asia/Jerusalem": "القدس",
  "Asia/Kuwait": "الكويت",
  "Asia/Qatar": "الدوحة",
  "Asia/Bahrain": "المنامة",
  "Asia/Muscat": "مسقط",
  "Asia/Aden": "عدن",
  "Africa/Casablanca": "الدار البيضاء",
  "Africa/Tunis": "تونس",
  "Africa/Algiers": "الجزائر",
  "Africa/Tripoli": "طرابلس",
  "Africa/Khartoum": "الخرطوم",
  "Africa/Nouakchott": "نواكشوط",
  "Africa/Mogadishu": "مقديشو",
  "Africa/Djibouti": "جيبوتي",
  "Europe/Istanbul": "إسطنبول",
  "Europe/London": "لندن",
  "Europe/Paris": "باريس",
  "Europe/Berlin": "برلين",
  "America/New_York": "نيويورك",
};

const otherNames: Readonly<Record<string, string>> = { "Asia/Qatar": "Doha", "Asia/Bahrain": "Manama" };

/** The city of an IANA zone: "دمشق", "Damascus"; one without an Arabic name here keeps its Latin one. */
export function zoneCity(zone: string, language: Language): string {
  const latin = otherNames[zone] ?? zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");
  return language === "ar" ? (arabicCities[zone] ?? latin) : latin;
}
