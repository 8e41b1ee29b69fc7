import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useChanges } from "../api/changes";
import { api, bodyOf } from "../api/client";
import type { components } from "../api/schema";
import { afterFirstPicture } from "../study/firstPicture";
import { useCommands } from "../ui/commands";
import type { ShownFrame } from "../viewer/tools";
import { showPanel } from "./panelState";

type StudyKeyImages = components["schemas"]["StudyKeyImages"];

/** Code of the title by which images are found for teaching (PS3.16 CID 7010). */
const FOR_TEACHING = "113004";

/** What can be marked, what is marked, and whether the form is open. */
export interface Marking {
  marked: StudyKeyImages | undefined;
  problem: string;
  mark: (reason: string, description: string) => Promise<boolean>;
  isPossible: boolean;
  isOpen: boolean;
  setOpen: (open: boolean) => void;
}

/** Marking of what the active viewport shows; its keys work while the panel is closed, too. */
export function useKeyImages(study: string, shown: ShownFrame | undefined): Marking {
  const { marked, problem, mark } = useMarked(study);
  const [isOpen, setOpen] = useState(false);
  const latest = useRef(shown);
  latest.current = shown;
  const markShown = useCallback(
    async (reason: string, description: string) => {
      const { current } = latest;
      if (!current) return false;
      const { sopInstanceUID, numberOfFrames } = current.instance;
      return mark(reason, description, sopInstanceUID, current.frame, numberOfFrames);
    },
    [mark],
  );
  const isPossible = shown !== undefined;
  const teaches = marked?.reasons.some((reason) => reason.code === FOR_TEACHING) ?? false;
  useCommands(
    useMemo(
      () => [
        {
          id: "key image",
          title: "Mark as key image",
          group: "Measure",
          keys: ["*"],
          run: () => {
            showPanel(true);
            setOpen(true);
          },
          isPossible,
        },
        {
          id: "teaching",
          title: "Mark for teaching",
          group: "Measure",
          keys: [";"],
          // The list of marks says that it was done.
          run: () => {
            showPanel(true);
            void markShown(FOR_TEACHING, "");
          },
          isPossible: isPossible && teaches,
        },
      ],
      [isPossible, teaches, markShown],
    ),
  );
  return { marked, problem, mark: markShown, isPossible, isOpen, setOpen };
}

/** Lists what is marked, and asks for the reason of a new mark. */
export function KeyImages({ marking, show }: { marking: Marking; show: (sopInstanceUID: string, frame: number) => void }) {
  const { marked, problem, mark, isPossible, isOpen, setOpen } = marking;
  return (
    <section className="key-images" aria-label="Key images">
      <header>
        <h3>Key images</h3>
        <button type="button" disabled={!isPossible} aria-keyshortcuts="*" onClick={() => setOpen(!isOpen)}>
          Mark this image <kbd>*</kbd>
        </button>
      </header>
      {problem && <p role="alert">{problem}</p>}
      {isOpen && isPossible && <MarkForm reasons={marked?.reasons ?? []} close={() => setOpen(false)} mark={mark} />}
      <ul>
        {marked?.selections.flatMap((selection) =>
          selection.images.map((image, at) => (
            <li key={`${selection.documentUID} ${at}`}>
              <button type="button" onClick={() => show(image.sopInstanceUID, image.frame ?? 1)}>
                <strong>{selection.reason}</strong> {selection.description}
                <span className="when">
                  {[image.frame ? `frame ${image.frame}` : "", selection.markedBy.toLowerCase()].filter(Boolean).join(" · ")}
                </span>
              </button>
            </li>
          )),
        )}
      </ul>
    </section>
  );
}

interface MarkFormProps {
  reasons: StudyKeyImages["reasons"];
  close: () => void;
  mark: (reason: string, description: string) => Promise<boolean>;
}

function MarkForm({ reasons, close, mark }: MarkFormProps) {
  const [reason, setReason] = useState(reasons[0]?.code ?? "");
  const [description, setDescription] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void mark(reason, description).then((isDone) => isDone && close());
      }}
      onKeyDown={(event) => {
        // Keys belong to the form, and not to the page around it.
        event.stopPropagation();
        if (event.key === "Escape") close();
      }}
    >
      <label>
        Reason
        <select autoFocus value={reason} onChange={(event) => setReason(event.target.value)}>
          {reasons.map(({ code, meaning }) => (
            <option key={code} value={code}>
              {meaning}
            </option>
          ))}
        </select>
      </label>
      <label>
        Words
        <input maxLength={1024} value={description} onChange={(event) => setDescription(event.target.value)} />
      </label>
      <button type="submit">Mark</button>
    </form>
  );
}

function useMarked(study: string) {
  const [marked, setMarked] = useState<StudyKeyImages>();
  const [problem, setProblem] = useState("");
  const params = useMemo(() => ({ path: { study_instance_uid: study } }), [study]);
  const load = useCallback(async () => {
    try {
      setMarked(bodyOf(await api.GET("/api/studies/{study_instance_uid}/key-images", { params })));
      setProblem("");
    } catch (error) {
      setProblem(`Key images could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
  }, [params]);
  useEffect(() => void afterFirstPicture().then(load), [load]);
  useChanges(useCallback((changed: string) => (changed === study || changed === "") && void load(), [study, load]));
  const mark = useCallback(
    async (reason: string, description: string, sopInstanceUID: string, frame: number, frames: number) => {
      try {
        const images = [{ sopInstanceUID, frame: frames > 1 ? frame : null }];
        const body = { reason, description, images };
        setMarked(bodyOf(await api.POST("/api/studies/{study_instance_uid}/key-images", { params, body })));
        setProblem("");
        return true;
      } catch (error) {
        setProblem(`Not marked: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      }
    },
    [params],
  );
  return { marked, problem, mark };
}
