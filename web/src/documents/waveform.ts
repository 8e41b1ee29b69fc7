import { type DataSet, items, meaning, numbers, text } from "./dicomJson";

/** One lead or signal in its own unit (PS3.3 C.10.9). */
export interface Channel {
  label: string;
  unit: string;
  samples: Float32Array;
}

export interface WaveformGroup {
  label: string;
  samplesPerSecond: number;
  channels: Channel[];
}

const SAMPLE_BYTES: Record<string, number> = { SS: 2, US: 2, SB: 1, UB: 1 };

/** Reads a multiplex group: samples of all channels in turn, little endian. */
export function readGroup(group: DataSet, bytes: Uint8Array): WaveformGroup {
  const interpretation = text(group, "54001006");
  const width = SAMPLE_BYTES[interpretation];
  if (!width) throw new Error(`Samples written as ${interpretation || "nothing"} cannot be drawn here.`);
  const definitions = items(group, "003A0200");
  const count = definitions.length;
  const length = Math.min(
    numbers(group, "003A0010")[0] ?? 0,
    Math.floor(bytes.byteLength / Math.max(1, width * count)),
  );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sample = (at: number): number => {
    if (interpretation === "SS") return view.getInt16(2 * at, true);
    if (interpretation === "US") return view.getUint16(2 * at, true);
    return interpretation === "SB" ? view.getInt8(at) : view.getUint8(at);
  };
  return {
    label: text(group, "003A0020") || "Waveform",
    samplesPerSecond: numbers(group, "003A001A")[0] ?? 1,
    channels: definitions.map((definition, channel) => {
      const sensitivity = numbers(definition, "003A0210")[0] ?? 1;
      const correction = numbers(definition, "003A0212")[0] || 1;
      const baseline = numbers(definition, "003A0213")[0] ?? 0;
      const samples = new Float32Array(length);
      for (let at = 0; at < length; at++) {
        samples[at] = sample(at * count + channel) * sensitivity * correction + baseline;
      }
      return {
        label: text(definition, "003A0203") || meaning(definition, "003A0208") || `Channel ${channel + 1}`,
        unit: unitOf(definition),
        samples,
      };
    }),
  };
}

/** Channel Sensitivity Units Sequence. */
function unitOf(definition: DataSet): string {
  const [code] = items(definition, "003A0211");
  return code ? text(code, "00080100") : "";
}

/** An SVG path of a signal; of many samples in one pixel it keeps the highest and the lowest. */
export function pathOf(samples: Float32Array, width: number, height: number, low: number, high: number): string {
  const scale = height / Math.max(1e-9, high - low);
  const y = (value: number) => (height - (value - low) * scale).toFixed(1);
  const perPixel = samples.length / Math.max(1, width);
  let path = "";
  for (let x = 0; x < width; x++) {
    const from = Math.floor(x * perPixel);
    const to = Math.max(from + 1, Math.floor((x + 1) * perPixel));
    let least = Infinity;
    let most = -Infinity;
    for (let at = from; at < to && at < samples.length; at++) {
      const value = samples[at] ?? 0;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    if (least === Infinity) break;
    path += `${path ? "L" : "M"}${x} ${y(most)}`;
    if (least !== most) path += `L${x} ${y(least)}`;
  }
  return path;
}
