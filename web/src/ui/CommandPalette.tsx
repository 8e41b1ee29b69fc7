import { useEffect, useMemo, useRef, useState } from "react";
import { type Command, useAllCommands } from "./commands";
import { matching } from "./matching";

/** Everything that can be done here, found by its words. */
export function CommandPalette({ close }: { close: () => void }) {
  const all = useAllCommands();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => matching(distinct(all), text), [all, text]);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    document.getElementById(`command-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const run = (command: Command | undefined) => {
    if (!command || command.isPossible === false) return;
    close();
    command.run();
  };
  return (
    <dialog ref={dialog} className="palette" aria-label="Commands" onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <input
        type="search"
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found[at] ? `command-${at}` : undefined}
        aria-label="Find a command"
        placeholder="What do you want to do?"
        value={text}
        autoFocus
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") run(found[at]);
          // A search field would use Escape to empty itself first.
          else if (event.key === "Escape") close();
          else return;
          event.preventDefault();
        }}
      />
      <ul id="commands" role="listbox" aria-label="Commands">
        {found.map((command, row) => (
          <li
            key={command.id}
            id={`command-${row}`}
            role="option"
            aria-selected={row === at}
            aria-disabled={command.isPossible === false}
            className={row === at ? "chosen" : ""}
            onPointerMove={() => setAt(row)}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.isOn && <em>on</em>}
            <small>{command.group}</small>
            {command.keys?.[0] && <kbd>{command.keys[0]}</kbd>}
          </li>
        ))}
        {found.length === 0 && <li className="none">Nothing is called “{text}”.</li>}
      </ul>
    </dialog>
  );
}

/** A later command of the same name replaces an earlier one. */
function distinct(commands: readonly Command[]): Command[] {
  return [...new Map(commands.map((command) => [command.id, command])).values()];
}
