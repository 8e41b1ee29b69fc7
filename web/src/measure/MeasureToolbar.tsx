import { useMemo } from "react";
import { useCommands } from "../ui/commands";
import { isPanelOpen, showPanel, usePanelOpen } from "./panelState";

/** Opens and closes the measuring panel. */
export function MeasureToolbar() {
  const isOpen = usePanelOpen();
  const command = useMemo(
    () => ({
      id: "measure panel",
      title: "Measurements: show or hide",
      group: "Measure",
      keys: ["K"],
      run: () => showPanel(!isPanelOpen()),
      isOn: isOpen,
    }),
    [isOpen],
  );
  useCommands(useMemo(() => [command], [command]));
  return (
    <div className="tools" role="group" aria-label="Measuring">
      <button
        type="button"
        className={isOpen ? "tool on" : "tool"}
        aria-pressed={isOpen}
        aria-label={command.title}
        title={`${command.title} (K)`}
        onClick={command.run}
      >
        <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          <path d="M4 16L16 4M2.500 13.500l4 4M13.500 2.500l4 4M8 10l1.500 1.500M10.500 7.500L12 9" />
        </svg>
      </button>
    </div>
  );
}
