import { useEffect, useRef } from "react";
import { type Command, useAllCommands } from "./commands";

/** Every key that does something here. */
export function KeySheet({ close }: { close: () => void }) {
  const all = useAllCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const groups = new Map<string, Command[]>();
  for (const command of all) {
    if (!command.keys?.length) continue;
    const group = groups.get(command.group) ?? [];
    if (!group.some((one) => one.id === command.id)) group.push(command);
    groups.set(command.group, group);
  }
  return (
    <dialog ref={dialog} className="key-sheet" aria-label="Keys" onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <header>
        <h2>Keys</h2>
        <button type="button" className="quiet" onClick={close}>
          Close
        </button>
      </header>
      <div className="key-groups">
        {[...groups].map(([group, commands]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.map((command) => (
                <div key={command.id}>
                  <dt>{command.title}</dt>
                  <dd>
                    {command.keys?.map((key) => (
                      <kbd key={key}>{sign(key)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>Pointer</h3>
          <dl>
            {POINTER.map(([what, how]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd>{how}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </dialog>
  );
}

const POINTER: readonly [string, string][] = [
  ["Move the image, or use the active tool", "drag"],
  ["Brightness and contrast", "drag with the right button"],
  ["Frames of a loop", "wheel"],
  ["Zoom", "Ctrl + wheel, or two fingers"],
  ["Maximise", "double click"],
  ["Place an image", "drag it from the filmstrip"],
];

const SIGNS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

function sign(key: string): string {
  return key
    .split(/(?<=.)\+(?=.)/)
    .map((part) => SIGNS[part] ?? part)
    .join(" + ");
}
