import { useEffect, useMemo, useState } from "react";
import { instancePath } from "../api/client";
import type { Shown } from "../viewer/Viewport";
import { type DataSet, fetchBytes, items, meaning, text } from "./dicomJson";
import { type Channel, pathOf, readGroup, type WaveformGroup } from "./waveform";

/** Pixels for one second and one millivolt: the proportions of paper at 25 mm/s and 10 mm/mV. */
const SECOND_PX = 100;
const MILLIVOLT_PX = 40;
const LEAD_HEIGHT = 84;

/** An electrocardiogram or another trace on millimetre paper. */
export function WaveformView({ shown, set }: { shown: Shown; set: DataSet }) {
  const [groups, setGroups] = useState<WaveformGroup[]>();
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    Promise.all(
      items(set, "54000100").map(async (group, at) =>
        readGroup(group, await fetchBytes(shown.address, `54000100/${at + 1}/54001010`, group["54001010"], leaving.signal)),
      ),
    )
      .then(setGroups)
      .catch((error: unknown) => {
        if (!leaving.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => leaving.abort();
  }, [shown, set]);
  const notes = items(set, "0040B020").flatMap((note) => {
    const words = text(note, "00700006") || [meaning(note, "0040A043"), text(note, "0040A30A")].filter(Boolean).join(" ");
    return words ? [words] : [];
  });
  return (
    <div className="waveform" tabIndex={0} role="document" aria-label="Waveform">
      <header>
        <h2>{shown.instance.sopClassName}</h2>
        <p className="soft">25 mm/s · 10 mm/mV in proportion, not in size</p>
      </header>
      {problem && <p role="alert">The trace could not be drawn: {problem}</p>}
      {!groups && !problem && <p className="empty">Reading the trace…</p>}
      {groups?.map((group, at) => <Group key={at} group={group} />)}
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note, at) => (
            <li key={at}>{note}</li>
          ))}
        </ul>
      )}
      <p>
        <a href={instancePath(shown.address)} download>
          Download the DICOM file
        </a>
      </p>
    </div>
  );
}

function Group({ group }: { group: WaveformGroup }) {
  const seconds = (group.channels[0]?.samples.length ?? 0) / group.samplesPerSecond;
  return (
    <section>
      <h3>
        {group.label} · {Math.round(10 * seconds) / 10} s · {group.samplesPerSecond} samples/s
      </h3>
      {group.channels.map((channel, at) => (
        <Lead key={at} channel={channel} width={Math.max(50, Math.round(seconds * SECOND_PX))} />
      ))}
    </section>
  );
}

/** Microvolts and millivolts have paper; any other unit is scaled to its own range. */
function rangeOf({ unit, samples }: Channel): { low: number; high: number } {
  const millivolt = unit === "uV" ? 1000 : unit === "mV" ? 1 : 0;
  let low = Infinity;
  let high = -Infinity;
  for (const value of samples) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low)) return { low: 0, high: 1 };
  const span = millivolt ? (LEAD_HEIGHT / MILLIVOLT_PX) * millivolt : high - low || 1;
  const middle = (low + high) / 2;
  const wanted = Math.max(span, high - low);
  return { low: middle - wanted / 2, high: middle + wanted / 2 };
}

function Lead({ channel, width }: { channel: Channel; width: number }) {
  const path = useMemo(() => {
    const { low, high } = rangeOf(channel);
    return pathOf(channel.samples, width, LEAD_HEIGHT, low, high);
  }, [channel, width]);
  return (
    <figure className="lead">
      <figcaption>
        {channel.label} <span>{channel.unit}</span>
      </figcaption>
      <svg width={width} height={LEAD_HEIGHT} role="img" aria-label={`Trace of ${channel.label}`}>
        <path d={path} />
      </svg>
    </figure>
  );
}
