/** Sends files to the archive over STOW-RS (PS3.18 10.5), each in a request of its own. */

export type UploadState = "waiting" | "sending" | "stored" | "refused" | "failed";

export interface Upload {
  id: number;
  name: string;
  bytes: number;
  /** Of which it is, where it names none; empty: the archive decides. */
  department: string;
  sent: number;
  state: UploadState;
  /** Why it was refused, or could not be sent. */
  reason: string;
}

/** Sends one file; resolves with what became of it. */
export type Send = (
  file: File,
  department: string,
  progress: (sent: number) => void,
) => Promise<{ state: "stored" | "refused" | "failed"; reason: string }>;

const AT_ONCE = 4;

/** A queue of files on their way in; failures stay in it and can be sent again. */
export class Uploader {
  private uploads: readonly Upload[] = [];
  private readonly files = new Map<number, File>();
  private readonly waiting: number[] = [];
  private next = 1;
  private running = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly send: Send) {}

  readonly snapshot = (): readonly Upload[] => this.uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(files: readonly File[], department = ""): void {
    const added = files.map((file): Upload => {
      const id = this.next++;
      this.files.set(id, file);
      this.waiting.push(id);
      const name = file.webkitRelativePath || file.name;
      return { id, name, bytes: file.size, department, sent: 0, state: "waiting", reason: "" };
    });
    this.set([...this.uploads, ...added]);
    this.run();
  }

  /** Sends again what could not be sent; what was refused would only be refused again. */
  retry(): void {
    for (const upload of this.uploads) {
      if (upload.state !== "failed") continue;
      this.waiting.push(upload.id);
      this.change(upload.id, { state: "waiting", sent: 0, reason: "" });
    }
    this.run();
  }

  /** Forgets what is done. */
  clear(): void {
    this.set(this.uploads.filter((one) => one.state === "waiting" || one.state === "sending"));
  }

  private run(): void {
    while (this.running < AT_ONCE) {
      const id = this.waiting.shift();
      const file = id === undefined ? undefined : this.files.get(id);
      if (id === undefined || !file) return;
      this.running++;
      const department = this.uploads.find((one) => one.id === id)?.department ?? "";
      void this.sendOne(id, file, department);
    }
  }

  private async sendOne(id: number, file: File, department: string): Promise<void> {
    this.change(id, { state: "sending" });
    const result = await this.send(file, department, (sent) => this.change(id, { sent })).catch((error: unknown) => ({
      state: "failed" as const,
      reason: error instanceof Error ? error.message : String(error),
    }));
    this.change(id, { ...result, sent: file.size });
    if (result.state !== "failed") this.files.delete(id);
    this.running--;
    this.run();
  }

  private change(id: number, change: Partial<Upload>): void {
    this.set(this.uploads.map((upload) => (upload.id === id ? { ...upload, ...change } : upload)));
  }

  private set(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}
