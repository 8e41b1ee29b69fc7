/** How values are written for a reader. */

/** `DOE^JANE^M^^` → `DOE, Jane`-like order without guessing capitals: `DOE, JANE M`. */
export function personName(name: string): string {
  const alphabetic = name.split("=").find((group) => group.replaceAll("^", "").trim()) ?? "";
  const [family = "", given = "", middle = "", prefix = "", suffix = ""] = alphabetic.split("^");
  const first = [prefix, given, middle].filter(Boolean).join(" ");
  const all = [family, first].filter(Boolean).join(", ");
  return (suffix ? `${all} ${suffix}` : all) || "No name";
}

const DAY = new Intl.DateTimeFormat(undefined, { day: "2-digit", month: "short", year: "numeric" });

/** A DICOM date has no zone: show that calendar day wherever the reader is. */
export function calendarDay(isoDate: string | null | undefined): string {
  if (!isoDate) return "";
  const [year, month, day] = isoDate.split("-").map(Number);
  if (!year || !month || !day) return isoDate;
  return DAY.format(new Date(year, month - 1, day));
}

/** `14:05:09.123` → `14:05`. */
export function clockTime(time: string | null | undefined): string {
  return time?.slice(0, 5) ?? "";
}

const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });

/** A moment in the reader's own terms: `3 minutes ago`. */
export function ago(isoMoment: string, now = Date.now()): string {
  const seconds = (Date.parse(isoMoment) - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ["day", 86400],
    ["hour", 3600],
    ["minute", 60],
  ];
  for (const [unit, length] of steps) {
    if (Math.abs(seconds) >= length) return AGO.format(Math.round(seconds / length), unit);
  }
  return AGO.format(0, "minute");
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString()} ${n === 1 ? one : many}`;
}

/** What the server says, as a sentence: `this link is over` → `This link is over.` */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
