import { useSyncExternalStore } from "react";
import { useAllCommands } from "../ui/commands";
import { Icon, type IconName } from "../ui/icons";
import { keepFocus } from "../ui/useCommandKeys";
import type { Desk } from "./desk";
import { extensions } from "./extensions";
import { PALETTES, type PaletteName } from "./look";
import { LAYOUT_NAMES, LAYOUTS, type LayoutName } from "./workspace";

/** A button for a command: its words, its key and its state come from the command itself. */
export function CommandButton({ id, icon }: { id: string; icon: IconName }) {
  const command = useAllCommands().findLast((one) => one.id === id);
  const key = command?.keys?.[0];
  const label = command?.title ?? id;
  return (
    <button
      type="button"
      className={command?.isOn ? "tool on" : "tool"}
      disabled={!command || command.isPossible === false}
      aria-pressed={command?.isOn}
      aria-label={label}
      title={key ? `${label} (${key})` : label}
      onClick={() => command?.run()}
    >
      <Icon name={icon} />
    </button>
  );
}

export function Toolbar({ desk }: { desk: Desk }) {
  const { layout, isMaximised } = useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  const { palette } = desk.active.look;
  return (
    <div className="toolbar" role="toolbar" aria-label="Viewer" onMouseDown={keepFocus}>
      <CommandButton id="filmstrip" icon="strip" />
      <div className="tools" role="group" aria-label="Layout">
        {LAYOUT_NAMES.map((name) => (
          <LayoutButton key={name} name={name} isOn={layout === name && !isMaximised} desk={desk} />
        ))}
      </div>
      <div className="tools" role="group" aria-label="Position">
        <CommandButton id="fit" icon="fit" />
        <CommandButton id="actual size" icon="actual" />
        <CommandButton id="zoom out" icon="zoomOut" />
        <CommandButton id="zoom in" icon="zoomIn" />
        <CommandButton id="magnifier" icon="glass" />
        <CommandButton id="rotate" icon="rotate" />
        <CommandButton id="flip" icon="flip" />
      </div>
      <div className="tools" role="group" aria-label="Grey values">
        <CommandButton id="adjust" icon="contrast" />
        <CommandButton id="invert" icon="invert" />
        <label className="field" title="Palette (P)">
          <Icon name="palette" />
          <span className="visually-hidden">Palette</span>
          <select
            value={palette}
            onChange={(event) => desk.look({ palette: event.target.value as PaletteName })}
          >
            {PALETTES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <CommandButton id="reset" icon="reset" />
        <CommandButton id="undo" icon="undo" />
      </div>
      <div className="tools" role="group" aria-label="Hanging">
        <CommandButton id="sync" icon="sync" />
        <CommandButton id="stress" icon="stress" />
        <CommandButton id="compare" icon="compare" />
      </div>
      {extensions.map(({ id, Toolbar: Tools }) => Tools && <Tools key={id} />)}
      <div className="tools" role="group" aria-label="Share">
        <CommandButton id="share" icon="download" />
        <CommandButton id="print sheet" icon="print" />
        <CommandButton id="copy link" icon="link" />
      </div>
      <span className="bar-space" />
      <CommandButton id="palette" icon="search" />
      <CommandButton id="keys" icon="keys" />
      <CommandButton id="theme" icon="light" />
      <CommandButton id="full screen" icon="screen" />
    </div>
  );
}

function LayoutButton({ name, isOn, desk }: { name: LayoutName; isOn: boolean; desk: Desk }) {
  const { rows, columns } = LAYOUTS[name];
  const key = `Shift+${LAYOUT_NAMES.indexOf(name) + 1}`;
  return (
    <button
      type="button"
      className={isOn ? "tool on" : "tool"}
      aria-pressed={isOn}
      aria-label={`Layout ${rows} by ${columns}`}
      title={`Layout ${name} (${key})`}
      onClick={() => desk.lay(name)}
    >
      <svg className="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <rect x="2.500" y="3.500" width="15" height="13" rx="1" fill="none" />
        {Array.from({ length: rows - 1 }, (_, at) => (
          <path key={`r${at}`} d={`M2.500 ${3.5 + (13 * (at + 1)) / rows}h15`} />
        ))}
        {Array.from({ length: columns - 1 }, (_, at) => (
          <path key={`c${at}`} d={`M${2.5 + (15 * (at + 1)) / columns} 3.500v13`} />
        ))}
      </svg>
    </button>
  );
}
