import { FetchProblem } from "./fetchFrames";
import { Mp4, shownOrder, type Sample } from "./mp4";

/** Coded pictures in the decoder at once. */
const IN_FLIGHT = 4;
/** While a frame is sought, those right before it are kept: who steps back wants them next. */
const KEPT_BEFORE = 6;
/** Further ahead than this, decoding begins anew at a key frame. */
const LONGEST_RUN = 90;
/** As the server says of a media type that it cannot give. */
const UNKNOWN = 415;
const MICROSECONDS = 1_000_000;
/** Of one video that is held while it is open; a longer one is left to the browser's own player. */
const MOST_BYTES = 512 * 2 ** 20;
/** A header may count fewer frames than the video holds, by this much. */
const MORE_THAN_SAID = 2;

/**
 * The frames of one stored video, each exactly, decoded by the browser from an MP4.
 *
 * Frames are counted as they are shown. One decoder runs forward; a frame behind it, or far ahead,
 * is reached from the key frame before it.
 */
export class Video {
  private readonly mp4 = new Mp4();
  private bytes = new Uint8Array(0);
  private length = 0;
  private told = 0;
  /** Place in decoding of each frame as it is shown, and the other way round. */
  private order: number[] = [];
  private rank: number[] = [];
  private isWhole = false;
  private isChecked = false;
  private decoder: VideoDecoder | undefined;
  /** The next sample for the decoder. */
  private next = 0;
  private failed = false;
  /** What left the decoder and nobody has taken. */
  private readonly ready = new Map<number, VideoFrame>();
  private lastOut = -1;
  private wanted = -1;
  private turn: Promise<unknown> = Promise.resolve();
  private wake: () => void = () => undefined;

  constructor(
    private readonly path: string,
    private readonly numberOfFrames: number,
    private readonly arrived: (frame: number, bytes: number) => void,
  ) {}

  /**
   * Fetches the video, as it comes.
   *
   * Throws where the browser does not know its coding, or where its frames are not those that the
   * object counts: then none of them could be named.
   */
  async fetch(signal: AbortSignal): Promise<void> {
    const response = await fetch(`${this.path}/rendered?accept=video/mp4`, { signal });
    if (!response.ok || !response.body) {
      const problem = (await response.json().catch(() => ({}))) as { detail?: string };
      throw new FetchProblem(problem.detail ?? `The server answered ${response.status}.`, response.status);
    }
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      this.take(value);
      await this.check();
    }
    this.isWhole = true;
    this.tellArrived();
    const count = this.mp4.samples.length;
    const said = this.numberOfFrames;
    if (!this.mp4.track || count < said || count > said + Math.max(MORE_THAN_SAID, said / 100)) {
      throw new FetchProblem(`The video holds ${count} frames, and its header says ${said}.`, UNKNOWN);
    }
  }

  /** Decodes one frame, counted from 0; who gets it closes it. One at a time: there is one decoder. */
  frame(wanted: number): Promise<VideoFrame> {
    const found = this.turn.then(() => this.decoded(wanted));
    this.turn = found.catch(() => undefined);
    return found;
  }

  close(): void {
    this.stop();
    this.bytes = new Uint8Array(0);
  }

  private async decoded(wanted: number): Promise<VideoFrame> {
    while (this.order[wanted] === undefined && !this.isWhole) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const sample = this.order[wanted];
    if (sample === undefined) throw new Error("no such frame");
    this.wanted = wanted;
    const isAhead = wanted > this.lastOut && sample - this.next < LONGEST_RUN;
    if (!this.ready.has(wanted) && !(isAhead && this.decoder?.state === "configured")) this.startFor(sample);
    for (;;) {
      const found = this.ready.get(wanted);
      this.ready.delete(wanted);
      if (found) return found;
      await this.goOn();
    }
  }

  private take(piece: Uint8Array): void {
    if (this.length + piece.length > MOST_BYTES) throw new FetchProblem("The video is too long to be held frame by frame.", UNKNOWN);
    if (this.length + piece.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + piece.length, 1 << 20));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(piece, this.length);
    this.length += piece.length;
    try {
      this.mp4.read(this.bytes.subarray(0, this.length));
    } catch {
      throw new FetchProblem("The video is not the MP4 that it should be.", UNKNOWN);
    }
    this.tellArrived();
    this.wake();
  }

  private tellArrived(): void {
    const { samples } = this.mp4;
    if (this.order.length !== samples.length) {
      this.order = shownOrder(samples);
      this.order.forEach((sample, frame) => (this.rank[sample] = frame));
    }
    for (; isHere(samples[this.told], this.length); this.told++) {
      const frame = this.rank[this.told] ?? 0;
      if (frame < this.numberOfFrames) this.arrived(frame, samples[this.told]?.size ?? 0);
    }
  }

  private async check(): Promise<void> {
    const { track } = this.mp4;
    if (!track || this.isChecked) return;
    this.isChecked = true;
    // Browsers keep their decoders from pages that came over plain HTTP.
    const isKnown = "VideoDecoder" in self && (await VideoDecoder.isConfigSupported(track)).supported;
    if (!isKnown) throw new FetchProblem("This browser does not know how the video is coded.", UNKNOWN);
  }

  private startFor(sample: number): void {
    this.stop();
    const { samples, track } = this.mp4;
    if (!track) throw new Error("no video track");
    this.failed = false;
    this.lastOut = -1;
    this.decoder = new VideoDecoder({
      output: (picture) => this.keep(picture),
      error: () => {
        this.failed = true;
        this.wake();
      },
    });
    this.decoder.configure({ ...track, optimizeForLatency: true });
    this.decoder.addEventListener("dequeue", () => this.wake());
    const shownAt = samples[sample]?.time ?? 0;
    this.next = sample;
    // Of two key frames the later serves, unless the frame is shown before it.
    while (this.next > 0 && !(samples[this.next]?.isKey && (samples[this.next]?.time ?? 0) <= shownAt)) this.next--;
  }

  /** Gives the decoder its next sample, or waits for what it has. */
  private async goOn(): Promise<void> {
    const { decoder } = this;
    if (!decoder || this.failed) throw new Error("the decoder gave up");
    const waking = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    const sample = this.mp4.samples[this.next];
    if (!sample && this.isWhole) {
      await decoder.flush();
      if (!this.ready.has(this.wanted)) throw new Error("the video ended before the frame");
      // After its end a decoder begins at a key frame again.
      this.lastOut = Infinity;
    } else if (sample && isHere(sample, this.length) && decoder.decodeQueueSize < IN_FLIGHT) {
      this.feed(decoder, sample);
    } else {
      await waking;
    }
  }

  private feed(decoder: VideoDecoder, sample: Sample): void {
    const data = this.bytes.slice(sample.offset, sample.offset + sample.size);
    const timestamp = MICROSECONDS * (this.rank[this.next] ?? 0);
    decoder.decode(new EncodedVideoChunk({ type: sample.isKey ? "key" : "delta", timestamp, data }));
    this.next++;
  }

  private keep(picture: VideoFrame): void {
    const frame = Math.round(picture.timestamp / MICROSECONDS);
    this.lastOut = Math.max(this.lastOut, frame);
    this.ready.get(frame)?.close();
    this.ready.set(frame, picture);
    for (const [held, other] of this.ready) {
      if (held >= frame - KEPT_BEFORE || held === this.wanted) continue;
      other.close();
      this.ready.delete(held);
    }
    this.wake();
  }

  private stop(): void {
    if (this.decoder && this.decoder.state !== "closed") this.decoder.close();
    this.decoder = undefined;
    for (const picture of this.ready.values()) picture.close();
    this.ready.clear();
  }
}

function isHere(sample: Sample | undefined, length: number): boolean {
  return sample !== undefined && sample.offset + sample.size <= length;
}
