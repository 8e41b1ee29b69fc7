import { useEffect, useState } from "react";

type Theme = "dark" | "light";
const KEY = "sonarium.theme";

function remembered(): Theme {
  return localStorage.getItem(KEY) === "light" ? "light" : "dark";
}

/** Dark is the house's default, whatever the desk says: images are read in dim rooms. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState<Theme>(remembered);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
    localStorage.setItem(KEY, theme);
  }, [theme]);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button type="button" className="quiet" onClick={() => setTheme(other)}>
      {other === "light" ? "Light" : "Dark"} screen
    </button>
  );
}
