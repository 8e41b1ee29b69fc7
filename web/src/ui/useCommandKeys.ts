import { useEffect } from "react";
import { commandFor, keyOf } from "./commands";

/** True while the person is typing, when letters are text and not commands. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest("textarea, select, [contenteditable], input:not([type=range])") !== null;
}

const ALSO_WHILE_TYPING = new Set(["Escape", "ArrowDown", "ArrowUp", "Enter", "Ctrl+k"]);

/** Runs the command whose key is pressed; the one place where the page listens to keys. */
export function useCommandKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = keyOf(event);
      if (event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      if (isTyping(event.target) && !ALSO_WHILE_TYPING.has(key)) return;
      // A focused button or link keeps what Enter and Space mean to it.
      const target = event.target instanceof HTMLElement ? event.target : null;
      if ((key === "Enter" || key === "Space") && target?.closest("a, summary, button:not(.shot):not(.tool)")) return;
      const command = commandFor(key);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
