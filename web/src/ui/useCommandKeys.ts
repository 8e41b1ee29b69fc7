import { useEffect } from "react";
import { commandFor, keyOf } from "./commands";

/** True while the person is typing, when letters are text and not commands. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.closest("textarea, select, [contenteditable], input:not([type=range])") !== null;
}

const ALWAYS = new Set(["Escape", "Ctrl+k"]);
const WHILE_SEARCHING = new Set(["ArrowDown", "ArrowUp", "Enter"]);

/** While a person writes, only what leaves the text alone; a search box leaves its list the arrows. */
function isForText(key: string, target: EventTarget | null): boolean {
  if (!isTyping(target) || ALWAYS.has(key)) return false;
  const searches = target instanceof HTMLInputElement && target.type === "search";
  return !(searches && WHILE_SEARCHING.has(key));
}

/** A focused button or link keeps what Enter and Space mean to it; a picture leaves Space to play. */
function meansTheControl(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter") return target.closest("a, summary, button") !== null;
  return key === "Space" && target.closest("summary, button:not(.shot)") !== null;
}

/** Keeps the focus where it was when a button is pressed with the pointer, so that keys go on. */
export function keepFocus(event: { target: EventTarget; preventDefault: () => void }): void {
  if (event.target instanceof Element && event.target.closest("button")) event.preventDefault();
}

/** Runs the command whose key is pressed; the one place where the page listens to keys. */
export function useCommandKeys(): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const key = keyOf(event);
      if (event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      // An open menu closes by Escape, unless somebody else takes that key.
      if (key === "Escape" && document.querySelector(":popover-open")) return;
      if (isForText(key, event.target)) return;
      if (meansTheControl(key, event.target)) return;
      const command = commandFor(key);
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, []);
}
