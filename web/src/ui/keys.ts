import { useEffect } from "react";

/** True while the person is typing, when letters are text and not commands. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select") !== null;
}

export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** Binds keys (`event.key`) to actions for as long as the component is on screen. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) && !["Escape", "ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return;
      const act = keys[event.key];
      if (act) {
        event.preventDefault();
        act(event);
      }
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [keys]);
}
