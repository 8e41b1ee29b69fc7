import { useEffect } from "react";
import { useSettings } from "./settings";

/** Dark is the house's default, whatever the desk says: images are read in dim rooms. */
export function useTheme(): { other: "dark" | "light"; change: () => void } {
  const [{ theme }, remember] = useSettings();
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  const other = theme === "dark" ? "light" : "dark";
  return { other, change: () => remember({ theme: other }) };
}

export function ThemeSwitch() {
  const { other, change } = useTheme();
  return (
    <button type="button" className="quiet" onClick={change}>
      {other === "light" ? "Light" : "Dark"} screen
    </button>
  );
}
