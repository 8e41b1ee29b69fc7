/** Anything that moves with time: called once for each picture that the screen shows. */
export interface Ticking {
  tick: (nowMs: number) => void;
}

/** The one animation clock: all viewports move in the same turn, so synchronised loops agree. */
export class FrameClock {
  private readonly ticking = new Set<Ticking>();
  private turn = 0;

  constructor(
    private readonly request: (callback: (nowMs: number) => void) => number = (callback) =>
      requestAnimationFrame(callback),
    private readonly cancel: (turn: number) => void = (turn) => cancelAnimationFrame(turn),
  ) {}

  add(one: Ticking): void {
    this.ticking.add(one);
    if (!this.turn) this.turn = this.request(this.beat);
  }

  remove(one: Ticking): void {
    this.ticking.delete(one);
    if (this.ticking.size === 0 && this.turn) {
      this.cancel(this.turn);
      this.turn = 0;
    }
  }

  private readonly beat = (nowMs: number): void => {
    for (const one of [...this.ticking]) one.tick(nowMs);
    this.turn = this.ticking.size > 0 ? this.request(this.beat) : 0;
  };
}

/** The moment of a frame or sample so many ms after an acquisition began; null where that is not known. */
export function momentOf(acquiredAt: string | null, ms: number): number | null {
  // Both clocks are the scanner's own: what zone it is in does not matter for their difference.
  const began = acquiredAt === null ? NaN : Date.parse(`${acquiredAt}Z`);
  return Number.isNaN(began) ? null : began + ms;
}
