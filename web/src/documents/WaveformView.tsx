import { useEffect, useMemo, useRef, useState } from "react";
import { instancePath } from "../api/client";
import { momentOf } from "../viewer/clock";
import type { Shown } from "../viewer/Viewport";
import { type DataSet, fetchBytes, items, meaning, text } from "./dicomJson";
import { type Channel, pathOf, readGroup, type WaveformGroup } from "./waveform";

/** Pixels for one second and one millivolt: the proportions of paper at 25 mm/s and 10 mm/mV. */
const SECOND_PX = 100;
const MILLIVOLT_PX = 40;
const LEAD_HEIGHT = 84;

/** An electrocardiogram or another trace on millimetre paper. */
export function WaveformView({ shown, set, moment }: { shown: Shown; set: DataSet; moment: () => number | null }) {
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
      {groups?.map((group, at) => <Group key={at} group={group} secondsIn={() => secondsInto(shown, moment())} />)}
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

/** How far into the trace a moment lies, in seconds; null where their times are not known. */
function secondsInto({ instance }: Shown, moment: number | null): number | null {
  const began = momentOf(instance.acquiredAt, 0);
  return began === null || moment === null ? null : (moment - began) / 1000;
}

function Group({ group, secondsIn }: { group: WaveformGroup; secondsIn: () => number | null }) {
  const seconds = (group.channels[0]?.samples.length ?? 0) / group.samplesPerSecond;
  const line = useRef<HTMLDivElement>(null);
  const latest = useRef(secondsIn);
  latest.current = secondsIn;
  useEffect(() => {
    let turn = 0;
    // The line goes with the loop beside it, frame by frame.
    const follow = () => {
      const at = latest.current();
      const isInside = at !== null && at >= 0 && at <= seconds;
      if (line.current) {
        line.current.hidden = !isInside;
        line.current.style.left = `${(at ?? 0) * SECOND_PX}px`;
      }
      turn = requestAnimationFrame(follow);
    };
    follow();
    return () => cancelAnimationFrame(turn);
  }, [seconds]);
  return (
    <section className="trace">
      <div ref={line} className="loop-now" title="What the loop shows now" hidden />
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
