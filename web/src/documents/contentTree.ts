import { calendarDay } from "../ui/words";
import { type DataSet, items, meaning, numbers, text, texts } from "./dicomJson";

/** One item of a report, ready to be read (PS3.3 C.17.3). */
export interface ContentItem {
  relation: string;
  kind: string;
  name: string;
  /** What it says, in words; empty for a container. */
  value: string;
  /** Objects it points to. */
  references: Reference[];
  children: ContentItem[];
}

export interface Reference {
  sopInstanceUID: string;
  sopClassUID: string;
  frames: number[];
}

const DEEPEST = 40;

/** Reads the content tree of a report. */
export function contentTree(set: DataSet, depth = 0): ContentItem {
  return {
    relation: text(set, "0040A010"),
    kind: text(set, "0040A040"),
    name: meaning(set, "0040A043"),
    value: valueOf(set),
    references: items(set, "00081199").map((one) => ({
      sopInstanceUID: text(one, "00081155"),
      sopClassUID: text(one, "00081150"),
      frames: numbers(one, "00081160"),
    })),
    children:
      depth >= DEEPEST ? [] : items(set, "0040A730").map((child) => contentTree(child, depth + 1)),
  };
}

function valueOf(set: DataSet): string {
  switch (text(set, "0040A040")) {
    case "TEXT":
      return text(set, "0040A160");
    case "CODE":
      return meaning(set, "0040A168");
    case "PNAME":
      return text(set, "0040A123").replaceAll("^", " ").trim();
    case "DATE":
      return dayOf(text(set, "0040A121"));
    case "TIME":
      return timeOf(text(set, "0040A122"));
    case "DATETIME": {
      const moment = text(set, "0040A120");
      return `${dayOf(moment.slice(0, 8))} ${timeOf(moment.slice(8, 14))}`.trim();
    }
    case "UIDREF":
      return text(set, "0040A124");
    case "NUM":
      return measured(set);
    case "SCOORD":
    case "SCOORD3D":
      return `${text(set, "00700023").toLowerCase()} of ${Math.floor(numbers(set, "00700022").length / 2)} points`;
    case "TCOORD":
      return text(set, "0040A130").toLowerCase();
    default:
      return "";
  }
}

function measured(set: DataSet): string {
  const [value] = items(set, "0040A300");
  if (!value) return meaning(set, "0040A301") || "not measured";
  const unit = items(value, "004008EA").map((code) => text(code, "00080100"))[0] ?? "";
  const written = texts(value, "0040A30A").join(", ");
  const shown = SHOWN_UNITS[unit] ?? unit.replaceAll(/[{}]/g, "");
  return [tidy(written), shown].filter(Boolean).join(" ");
}

/** UCUM units that people write otherwise. */
const SHOWN_UNITS: Record<string, string> = {
  "1": "",
  "{ratio}": "",
  "{H.B.}/min": "bpm",
  "{Hb}/min": "bpm",
  "mm[Hg]": "mmHg",
  Cel: "°C",
  deg: "°",
  cm2: "cm²",
  mm2: "mm²",
  cm3: "cm³",
  mm3: "mm³",
  "m2": "m²",
  wk: "weeks",
  d: "days",
};

/** `12.3400001` reads `12.34`; what is not a number stays. */
function tidy(written: string): string {
  const value = Number(written);
  if (written.trim() === "" || !Number.isFinite(value)) return written;
  return String(Number(value.toPrecision(6)));
}

function dayOf(date: string): string {
  return calendarDay(date.length >= 8 ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}` : date);
}

function timeOf(time: string): string {
  return time.length >= 4 ? `${time.slice(0, 2)}:${time.slice(2, 4)}` : time;
}
