import { useState } from "react";
import { Icon } from "../ui/icons";
import { useSettings } from "../ui/settings";
import type { Only } from "./useReadingList";

interface Props {
  text: string;
  search: (text: string) => void;
  only: Only;
  setOnly: (only: Only) => void;
  /** How many urgent studies wait to be read. */
  urgent: number;
}

/** Searches that are one press away: those of every day, and a person's own. */
export function Filters({ text, search, only, setOnly, urgent }: Props) {
  const [{ filters }, remember] = useSettings();
  const [naming, setNaming] = useState(false);
  const isSaved = filters.some((filter) => filter.text === text);
  const usual = [
    { name: "All", text: "" },
    { name: "Today", text: isoDay(0) },
    { name: "Yesterday", text: isoDay(-1) },
  ];
  const save = (name: string) => {
    setNaming(false);
    if (name) remember({ filters: [...filters, { name, text }] });
  };
  return (
    <div className="filters" role="group" aria-label="Saved searches">
      {usual.map((filter) => (
        <button key={filter.name} type="button" className="chip" aria-pressed={filter.text === text} onClick={() => search(filter.text)}>
          {filter.name}
        </button>
      ))}
      {(["unread", "urgent"] as const).map((one) => (
        <button
          key={one}
          type="button"
          className={one === "urgent" && urgent > 0 ? "chip waiting" : "chip"}
          aria-pressed={only === one}
          title={one === "unread" ? "Nobody has read them as they are now (n)" : "Urgent, and not read (s)"}
          onClick={() => setOnly(only === one ? "all" : one)}
        >
          {one === "unread" ? "Unread" : `Urgent ${urgent}`}
        </button>
      ))}
      {filters.map((filter) => (
        <span key={filter.name} className="chip-pair">
          <button type="button" className="chip own" title={filter.text} aria-pressed={filter.text === text} onClick={() => search(filter.text)}>
            {filter.name}
          </button>
          <button
            type="button"
            className="tiny"
            aria-label={`Forget the search ${filter.name}`}
            onClick={() => remember({ filters: filters.filter((one) => one !== filter) })}
          >
            <Icon name="close" />
          </button>
        </span>
      ))}
      {text !== "" && !isSaved && !usual.some((one) => one.text === text) && !naming && (
        <button type="button" className="chip" onClick={() => setNaming(true)}>
          <Icon name="star" /> Save this search
        </button>
      )}
      {naming && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save(String(new FormData(event.currentTarget).get("name") ?? "").trim());
          }}
        >
          <input name="name" className="name-search" defaultValue={text} autoFocus aria-label="Name of the search" onBlur={() => setNaming(false)} />
        </form>
      )}
    </div>
  );
}

/** A day as DICOM and people mean it: where the reader is. */
function isoDay(daysFromNow: number): string {
  const day = new Date();
  day.setDate(day.getDate() + daysFromNow);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
