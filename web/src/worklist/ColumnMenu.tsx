import { Icon } from "../ui/icons";
import { useSettings } from "../ui/settings";
import { useMedia } from "../ui/useMedia";
import { chosenColumns, COLUMNS, NARROW, movedColumn, withColumn } from "./columns";

/** Chooses and orders the columns of the list. */
export function ColumnMenu() {
  const [{ columns }, remember] = useSettings();
  const shown = chosenColumns(columns, useMedia(NARROW));
  const ids = shown.map((column) => column.id);
  const hidden = COLUMNS.filter((column) => !shown.includes(column));
  return (
    <details
      className="menu"
      onBlur={(event) => {
        if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        event.currentTarget.open = false;
      }}
    >
      <summary title="Columns">
        <Icon name="columns" />
        <span className="visually-hidden">Columns</span>
      </summary>
      <div className="menu-body">
        {[...shown, ...hidden].map((column) => {
          const isShown = shown.includes(column);
          return (
            <div key={column.id} className="menu-line">
              <label>
                <input
                  type="checkbox"
                  checked={isShown}
                  onChange={() => remember({ columns: withColumn(ids, column.id) })}
                />
                {column.title}
              </label>
              <button
                type="button"
                className="tiny"
                disabled={!isShown}
                aria-label={`Move ${column.title} to the left`}
                onClick={() => remember({ columns: movedColumn(ids, column.id, -1) })}
              >
                <Icon name="up" />
              </button>
              <button
                type="button"
                className="tiny"
                disabled={!isShown}
                aria-label={`Move ${column.title} to the right`}
                onClick={() => remember({ columns: movedColumn(ids, column.id, 1) })}
              >
                <Icon name="down" />
              </button>
            </div>
          );
        })}
        <button type="button" className="quiet" onClick={() => remember({ columns: null })}>
          As usual
        </button>
      </div>
    </details>
  );
}
