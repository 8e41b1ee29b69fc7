import { type FormEvent } from "react";
import { type Filter, KIND_WORDS, type Kind, NOTHING } from "./words";

/** What to look for; looking begins with Enter. */
export function FilterForm({ filter, look }: { filter: Filter; look: (filter: Filter) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const text = (name: string) => String(typed.get(name) ?? "");
    look({
      patient: text("patient"),
      who: text("who"),
      kind: text("kind") as Kind,
      from: text("from"),
      to: text("to"),
      refused: typed.has("refused"),
    });
  };
  const isNarrowed = JSON.stringify(filter) !== JSON.stringify(NOTHING);
  return (
    <form className="audit-filter" aria-label="Look for" onSubmit={submit}>
      <label>
        Patient ID
        <input name="patient" defaultValue={filter.patient} autoComplete="off" spellCheck={false} />
      </label>
      <label>
        User name, program or AE title
        <input name="who" defaultValue={filter.who} autoComplete="off" spellCheck={false} autoCapitalize="none" />
      </label>
      <label>
        Kind
        <select name="kind" defaultValue={filter.kind}>
          {Object.entries(KIND_WORDS).map(([kind, words]) => (
            <option key={kind} value={kind}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        From
        <input type="date" name="from" defaultValue={filter.from} />
      </label>
      <label>
        To
        <input type="date" name="to" defaultValue={filter.to} />
      </label>
      <label className="box">
        <input type="checkbox" name="refused" defaultChecked={filter.refused} />
        Only refusals
      </label>
      <button type="submit" className="main-act">
        Look
      </button>
      {isNarrowed && (
        <button type="button" className="quiet" onClick={() => look(NOTHING)}>
          Show everything
        </button>
      )}
    </form>
  );
}
