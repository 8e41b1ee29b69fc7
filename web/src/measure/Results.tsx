import type { ShownFrame } from "../viewer/tools";
import { type Label, type Measurement } from "./model";
import type { MeasureStore, State } from "./store";
import { orderedValues, QUANTITY_WORDS, quantityText, titleOf, valueText } from "./words";

/** Chooses what is measured next. */
export function LabelChooser({ state, choose }: { state: State; choose: (key: string) => void }) {
  return (
    <label className="measure-label">
      Next
      <select value={state.label} onChange={(event) => choose(event.target.value)}>
        <option value="">without a label</option>
        <Options labels={state.labels} />
      </select>
    </label>
  );
}

function Options({ labels }: { labels: readonly Label[] }) {
  const groups = [...new Set(labels.map((label) => label.group))];
  return groups.map((group) => (
    <optgroup key={group} label={group}>
      {labels
        .filter((label) => label.group === group)
        .map((label) => (
          <option key={label.key} value={label.key}>
            {label.key} – {label.name}
          </option>
        ))}
    </optgroup>
  ));
}

interface ResultsProps {
  state: State;
  store: MeasureStore;
  shown: ShownFrame | undefined;
  show: (sopInstanceUID: string, frame: number) => void;
}

/** Everything measured: each with its value, who and when; means of repeats; what follows. */
export function Results({ state, store, shown, show }: ResultsProps) {
  if (state.measurements.length === 0) {
    return <p className="measure-empty">Nothing is measured in this study.</p>;
  }
  const repeated = state.saved?.means.filter((mean) => mean.count > 1) ?? [];
  const derived = state.saved?.derived ?? [];
  return (
    <>
      <ul className="measure-results" aria-label="Results">
        {state.measurements.map((measurement) => (
          <Row
            key={measurement.trackingUID}
            measurement={measurement}
            state={state}
            store={store}
            isShown={measurement.figures.some(
              (figure) => figure.sopInstanceUID === shown?.instance.sopInstanceUID && figure.frame === shown.frame,
            )}
            show={show}
          />
        ))}
      </ul>
      {(repeated.length > 0 || derived.length > 0) && (
        <table className="measure-derived">
          <caption>Computed</caption>
          <tbody>
            {repeated.map((mean) => (
              <tr key={mean.label}>
                <th scope="row">{mean.label}</th>
                <td>{quantityText(mean.number, mean.unit)}</td>
                <td className="how">mean of {mean.count}</td>
              </tr>
            ))}
            {derived.map((value) => (
              <tr key={value.name}>
                <th scope="row">{value.name}</th>
                <td>{quantityText(value.number, value.unit)}</td>
                <td className="how" title={`From ${value.inputs.join(", ")}`}>
                  {value.equation}
                  {value.warning && <strong> {value.warning}</strong>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface RowProps {
  measurement: Measurement;
  state: State;
  store: MeasureStore;
  isShown: boolean;
  show: (sopInstanceUID: string, frame: number) => void;
}

function Row({ measurement, state, store, isShown, show }: RowProps) {
  const uid = measurement.trackingUID;
  const isSelected = state.selection?.trackingUID === uid;
  const label = state.labels.find((one) => one.key === measurement.label);
  const values = orderedValues(measurement.values, label);
  const isMark = measurement.tool === "arrow" || measurement.tool === "note";
  const choose = () => {
    store.select(isSelected ? null : { trackingUID: uid, handle: 0 });
    const [figure] = measurement.figures;
    if (!isSelected && figure) show(figure.sopInstanceUID, figure.frame);
  };
  const fitting = state.labels.filter(
    (one) => one.tools.includes(measurement.tool) && values.some((value) => value.quantity === one.quantity),
  );
  return (
    <li className={isSelected ? "chosen" : ""}>
      <button
        type="button"
        className="measure-row"
        aria-pressed={isSelected}
        onClick={choose}
      >
        <span className="what">{titleOf(measurement)}</span>
        <span className="value">{values[0] ? valueText(values[0]) : ""}</span>
        <span className="when">
          {timeText(measurement.measuredAt)} · {measurement.measuredBy.toLowerCase()}
          {measurement.manualScale ? " · calibrated by hand" : ""}
          {isShown ? "" : ` · on another image or frame`}
        </span>
      </button>
      {isSelected && (
        <div className="measure-details">
          {values.slice(1).map((value) => (
            <span key={value.quantity}>
              {QUANTITY_WORDS[value.quantity]} {valueText(value)}
            </span>
          ))}
          {isMark ? (
            <input
              aria-label="Words"
              placeholder="Words"
              maxLength={1024}
              defaultValue={measurement.text ?? ""}
              onBlur={(event) => store.name(uid, { text: event.target.value })}
              onKeyDown={(event) => {
                event.stopPropagation();
                if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
              }}
            />
          ) : (
            fitting.length > 0 && (
              <select
                aria-label="Label"
                value={measurement.label}
                onChange={(event) => store.name(uid, { label: event.target.value })}
              >
                <option value="">without a label</option>
                <Options labels={fitting} />
              </select>
            )
          )}
          <button type="button" onClick={() => store.remove(uid)}>
            Delete <kbd>Del</kbd>
          </button>
        </div>
      )}
    </li>
  );
}

function timeText(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? ""
    : at.toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
}
