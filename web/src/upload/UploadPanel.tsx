import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useCommands } from "../ui/commands";
import { Icon } from "../ui/icons";
import { count } from "../ui/words";
import { useSession } from "../account/session";
import { droppedFiles } from "./droppedFiles";
import { sendByStow } from "./stow";
import { Uploader } from "./uploader";

/** Lives as long as the page: an upload goes on while a person reads. */
const uploader = new Uploader(sendByStow);

/** Takes files and folders dropped anywhere, and says what became of each. */
export function UploadPanel() {
  const uploads = useSyncExternalStore(uploader.subscribe, uploader.snapshot);
  const [isOver, setOver] = useState(false);
  const [asked, setAsked] = useState<readonly File[]>([]);
  const departments = useSession()?.departments ?? [];
  const mustChoose = departments.length > 1 && !departments.includes("*");
  const take = (files: readonly File[]) => {
    if (mustChoose) setAsked((before) => [...before, ...files]);
    else uploader.add(files);
  };
  const [isOpen, setOpen] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  useDrop(setOver, take);
  useResume(uploads.some((one) => one.state === "failed"));
  useEffect(() => folder.current?.setAttribute("webkitdirectory", ""), []);
  useCommands(
    useMemo(
      () => [
        { id: "upload files", title: "Send files to the archive", group: "Archive", keys: ["u"], run: () => files.current?.click() },
        { id: "upload folder", title: "Send a folder to the archive", group: "Archive", keys: ["U"], run: () => folder.current?.click() },
      ],
      [],
    ),
  );
  const taken = (input: HTMLInputElement) => {
    take([...(input.files ?? [])].filter((file) => file.name !== "DICOMDIR"));
    input.value = "";
  };
  return (
    <>
      <input ref={files} type="file" multiple hidden onChange={(event) => taken(event.target)} aria-label="Files to send" />
      <input ref={folder} type="file" multiple hidden onChange={(event) => taken(event.target)} aria-label="Folder to send" />
      {isOver && (
        <div className="drop-here">
          <Icon name="upload" />
          Drop files or folders to send them to the archive
        </div>
      )}
      {asked.length > 0 ? (
        <WhichDepartment
          files={asked.length}
          departments={departments}
          choose={(department) => {
            uploader.add(asked, department);
            setAsked([]);
          }}
          cancel={() => setAsked([])}
        />
      ) : (
        uploads.length > 0 && <Progress isOpen={isOpen} setOpen={setOpen} />
      )}
    </>
  );
}

interface WhichProps {
  files: number;
  departments: readonly string[];
  choose: (department: string) => void;
  cancel: () => void;
}

/** Asks somebody of several departments for whom the files are; those that name one keep theirs. */
function WhichDepartment({ files, departments, choose, cancel }: WhichProps) {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <section className="uploads" aria-label="Department of the files">
      <header>
        <strong>For which department {files === 1 ? "is this file" : `are these ${files} files`}?</strong>
      </header>
      <p className="faint">Where a file names a department itself, that counts.</p>
      <p className="row">
        {departments.map((department, at) => (
          <button key={department} ref={at === 0 ? first : undefined} type="button" onClick={() => choose(department)}>
            {department}
          </button>
        ))}
        <button type="button" className="quiet" onClick={cancel}>
          Do not send
        </button>
      </p>
    </section>
  );
}

function Progress({ isOpen, setOpen }: { isOpen: boolean; setOpen: (open: boolean) => void }) {
  const uploads = useSyncExternalStore(uploader.subscribe, uploader.snapshot);
  const of = (...states: string[]) => uploads.filter((one) => states.includes(one.state)).length;
  const whole = uploads.reduce((sum, one) => sum + one.bytes, 0);
  const sent = uploads.reduce((sum, one) => sum + one.sent, 0);
  const busy = of("waiting", "sending");
  const failed = of("failed");
  const refused = of("refused");
  return (
    <section className="uploads" aria-label="Files on their way in">
      <header>
        <strong role="status">
          {busy ? `Sending: ${of("stored")} of ${uploads.length} stored` : `${count(of("stored"), "file")} stored`}
          {refused > 0 && `, ${refused} refused`}
          {failed > 0 && `, ${failed} not sent`}
        </strong>
        <button type="button" className="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Hide list" : "List"}
        </button>
        {failed > 0 && !busy && (
          <button type="button" onClick={() => uploader.retry()}>
            Send again
          </button>
        )}
        {!busy && (
          <button type="button" className="quiet" onClick={() => uploader.clear()}>
            Close
          </button>
        )}
      </header>
      <progress max={Math.max(1, whole)} value={sent} aria-label="Sent" />
      {isOpen && (
        <ul>
          {uploads.slice(-500).map((one) => (
            <li key={one.id} className={one.state}>
              <span>{one.name}</span>
              <em>{one.reason || one.state}</em>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const TRIED_AGAIN_MS = 15_000;

/** What could not be sent goes on by itself when the archive is back; what was stored is not sent twice. */
function useResume(hasFailed: boolean): void {
  useEffect(() => {
    if (!hasFailed) return;
    const again = () => uploader.retry();
    const timer = window.setInterval(again, TRIED_AGAIN_MS);
    window.addEventListener("online", again);
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", again);
    };
  }, [hasFailed]);
}

function useDrop(setOver: (over: boolean) => void, take: (files: readonly File[]) => void): void {
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    let depth = 0;
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => holdsFiles(event) && setOver(++depth > 0);
    const leave = (event: DragEvent) => holdsFiles(event) && setOver(--depth > 0);
    const over = (event: DragEvent) => holdsFiles(event) && event.preventDefault();
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void droppedFiles(event.dataTransfer).then((files) => latest.current(files));
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, [setOver]);
}
