import { type KeyboardEvent, useRef, useState } from "react";
import { Icon } from "../ui/icons";
import "../access/access.css";

const EVERY = "*";

/** Departments in words: `Every department`, `Echo Lab, Vascular`, `None`. */
export function placesInWords(departments: readonly string[]): string {
  if (departments.includes(EVERY)) return "Every department";
  return departments.join(", ") || "No department";
}

interface PlacesProps {
  departments: readonly string[];
  change: (departments: string[]) => void;
  legend?: string;
}

/** Chooses departments: every one, or some by name as (0008,1040) has them. */
export function Places({ departments, change, legend = "Departments" }: PlacesProps) {
  const isEvery = departments.includes(EVERY);
  return (
    <fieldset>
      <legend>{legend}</legend>
      <label className="choice">
        <input type="checkbox" checked={isEvery} onChange={(event) => change(event.target.checked ? [EVERY] : [])} />
        Every department
      </label>
      {!isEvery && <Chips values={departments} change={change} what="department" hint="As the scanner names it" maxLength={64} />}
    </fieldset>
  );
}

interface ChipsProps {
  values: readonly string[];
  change: (values: string[]) => void;
  what: string;
  hint: string;
  maxLength: number;
}

/** Values that are added and taken off one by one. */
export function Chips({ values, change, what, hint, maxLength }: ChipsProps) {
  const [text, setText] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const add = () => {
    const value = text.trim();
    setText("");
    box.current?.focus();
    if (value && !values.includes(value)) change([...values, value]);
  };
  const typed = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    // The form around is not done yet.
    event.preventDefault();
    add();
  };
  return (
    <>
      {values.length > 0 && (
        <ul>
          {values.map((value) => (
            <li key={value}>
              {value}
              <button type="button" className="tiny" aria-label={`Take off the ${what} ${value}`} onClick={() => change(values.filter((one) => one !== value))}>
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <span className="add">
        <input
          ref={box}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={typed}
          placeholder={hint}
          aria-label={`Add a ${what}`}
          maxLength={maxLength}
          autoComplete="off"
          spellCheck={false}
        />
        <button type="button" onClick={add} disabled={!text.trim()}>
          Add
        </button>
      </span>
    </>
  );
}

interface MenuProps extends PlacesProps {
  id: string;
  whose: string;
  /** Of which department is what a program stores, where its objects name none. */
  own?: string;
  changeOwn?: (department: string) => void;
  codes?: readonly string[];
  changeCodes?: (codes: string[]) => void;
}

/** A cell that tells the departments, and the physician's codes, and opens to change them. */
export function PlacesMenu({ id, whose, departments, change, codes, changeCodes, own, changeOwn }: MenuProps) {
  const words = placesInWords(departments);
  return (
    <>
      <button type="button" className="quiet" popoverTarget={id} aria-label={`Departments of ${whose}: ${words}`}>
        {words}
      </button>
      {own && <div className="faint">stores for: {own}</div>}
      {codes && codes.length > 0 && <div className="faint">{codes.join(", ")}</div>}
      <div id={id} popover="auto" className="popup">
        <div className="places">
          <Places departments={departments} change={change} />
          {changeOwn && <OwnDepartment own={own ?? ""} change={changeOwn} />}
          {codes && changeCodes && (
            <fieldset>
              <legend>Physician’s codes, by which studies name them</legend>
              <Chips values={codes} change={changeCodes} what="code" hint="4711^LOCAL: value^scheme" maxLength={128} />
            </fieldset>
          )}
        </div>
      </div>
    </>
  );
}

function OwnDepartment({ own, change }: { own: string; change: (department: string) => void }) {
  const box = useRef<HTMLInputElement>(null);
  const keep = () => {
    const wanted = box.current?.value.trim() ?? own;
    if (wanted !== own) change(wanted);
  };
  return (
    <fieldset>
      <legend>Department of what it stores, where its images name none</legend>
      <span className="add">
        <input
          // Made anew when somebody takes a change back.
          key={own}
          ref={box}
          defaultValue={own}
          onKeyDown={(event) => event.key === "Enter" && keep()}
          placeholder="As the scanner would name it"
          aria-label="Department of what it stores"
          maxLength={64}
          autoComplete="off"
          spellCheck={false}
        />
        <button type="button" onClick={keep}>
          Keep
        </button>
      </span>
    </fieldset>
  );
}
