import { type ReactNode, useEffect, useRef, useState } from "react";
import type { InstanceAddress, InstanceDetail } from "../api/client";
import { count } from "../ui/words";
import { MaskStage } from "./MaskStage";
import { middleOf, type Rectangle, withSide } from "./rectangle";
import { copyOf, saveFile, type ShareFormat, type SharePreview } from "./server";
import { type Frames, useShare, wordsOf } from "./useShare";
import "./share.css";

export interface OnScreen {
  address: InstanceAddress;
  instance: InstanceDetail;
  /** From 0. */
  frame: number;
  trim: Frames;
}

const FORMATS: Record<ShareFormat, { title: string; what: string }> = {
  dicom: { title: "DICOM", what: "every pixel that stays is exact" },
  mp4: { title: "MP4", what: "a film, compressed with loss" },
  gif: { title: "GIF", what: "a film of 256 colours a frame" },
  png: { title: "PNG", what: "one picture, exact" },
};

/** Shows exactly what would leave of the loop or still on screen, and lets it leave. */
export function ShareDialog({ onScreen, close }: { onScreen: OnScreen; close: () => void }) {
  const { address, instance, trim } = onScreen;
  const isLoop = trim.last > trim.first;
  const [takesLoop, setTakesLoop] = useState(isLoop);
  const [frame, setFrame] = useState(onScreen.frame);
  const [format, setFormat] = useState<ShareFormat>(isLoop ? "mp4" : "png");
  const [drawn, setDrawn] = useState<Rectangle | null>(null);
  const [redraws, setRedraws] = useState(false);
  const [hasLooked, setLooked] = useState(false);
  const [state, setState] = useState<{ isBusy: boolean; words: string; isProblem?: boolean }>({ isBusy: false, words: "" });
  const still = { first: onScreen.frame, last: onScreen.frame };
  const share = useShare(address, takesLoop ? trim : still, takesLoop ? frame : onScreen.frame, drawn, redraws);
  const { preview } = share;
  const isMasked = (preview?.kept.length ?? 0) > 0;
  const isDrawing = redraws || (preview !== undefined && !isMasked);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const draw = (rectangle: Rectangle | null) => {
    setDrawn(rectangle);
    setRedraws(false);
    setLooked(false);
  };
  const take = (loop: boolean) => {
    setTakesLoop(loop);
    setFormat((before) => (before === "dicom" ? before : loop ? "mp4" : "png"));
    setLooked(false);
  };
  const refusal = preview?.formats.find((one) => one.format === format)?.refusal ?? "";
  const canLeave = isMasked && !isDrawing && hasLooked && !refusal && !state.isBusy;
  const save = async () => {
    setState({ isBusy: true, words: "The copy is being made…" });
    try {
      const { file, name } = await copyOf(share.picked, format);
      saveFile(file, name);
      setState({ isBusy: false, words: `Saved as ${name}` });
    } catch (error) {
      setState({ isBusy: false, words: wordsOf(error), isProblem: true });
    }
  };
  return (
    <dialog ref={dialog} className="share" aria-label="Save a copy without identity" onClose={close}>
      <header>
        <h2>Save a copy without identity</h2>
        <button type="button" className="quiet" onClick={close}>
          Close
        </button>
      </header>
      <div className="share-body">
        <section aria-label="What leaves">
          <MaskStage instance={instance} picture={share.picture} isDrawing={isDrawing} drawn={drawn} draw={draw} />
          {takesLoop && (
            <label className="share-scrub">
              <span>
                Frame {frame + 1} of {trim.first + 1}–{trim.last + 1}
              </span>
              <input
                type="range"
                min={trim.first}
                max={trim.last}
                value={frame}
                onChange={(event) => setFrame(Number(event.target.value))}
              />
            </label>
          )}
          <p className={isDrawing ? "share-says alarm" : "share-says"} role="status">
            {preview ? saying(preview, isDrawing) : "Looking at the picture…"}
          </p>
        </section>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (canLeave) void save();
          }}
        >
          {isLoop && (
            <fieldset>
              <legend>What</legend>
              <Choice name="what" isOn={takesLoop} choose={() => take(true)}>
                The loop, {count(trim.last - trim.first + 1, "frame")}
              </Choice>
              <Choice name="what" isOn={!takesLoop} choose={() => take(false)}>
                Frame {onScreen.frame + 1} alone
              </Choice>
            </fieldset>
          )}
          <fieldset>
            <legend>As</legend>
            {preview?.formats
              .filter((one) => !one.refusal || one.format === "dicom")
              .map((one) => (
                <Choice key={one.format} name="format" isOn={format === one.format} isPossible={!one.refusal} choose={() => setFormat(one.format)}>
                  {FORMATS[one.format].title} <small>{one.refusal || FORMATS[one.format].what}</small>
                </Choice>
              ))}
          </fieldset>
          <KeptSides instance={instance} drawn={drawn} isDrawing={isDrawing} draw={draw} redraw={() => setRedraws(true)} />
          {preview && <Leaving preview={preview} isDICOM={format === "dicom"} />}
          <label className="share-looked">
            <input type="checkbox" checked={hasLooked} disabled={!isMasked || isDrawing} onChange={(event) => setLooked(event.target.checked)} />
            I have looked: no name, date or number of a person is left in {takesLoop ? "the frames" : "the picture"}.
          </label>
          <button type="submit" className="main" disabled={!canLeave}>
            Save the copy
          </button>
          <p role="status" className={state.isProblem || share.problem ? "alarm" : ""}>
            {state.words || share.problem}
          </p>
        </form>
      </div>
    </dialog>
  );
}

function saying(preview: SharePreview, isDrawing: boolean): string {
  if (preview.maskSource === "no regions") return "The scanner marked no ultrasound region here. Draw a rectangle around what may be seen: nothing leaves before.";
  if (preview.maskSource === "region of everything") return "The scanner's region covers the whole picture, and with it any name. Draw a rectangle around what may be seen: nothing leaves before.";
  if (isDrawing) return "Draw a rectangle around what may be seen. Nothing outside the scanner's regions is added by it.";
  if (preview.maskSource === "drawn") return "Only what you have drawn around leaves; the rest is black.";
  if (preview.kept.length === 0) return "Nothing of the scanner's regions is within your rectangle. Draw it anew.";
  const regions = preview.kept.length === 1 ? "ultrasound region leaves" : `${preview.kept.length} ultrasound regions leave`;
  return `Only the scanner's ${regions}${preview.maskSource === "regions" ? "" : ", as far as you drew"}; the rest is black.`;
}

interface ChoiceProps {
  name: string;
  isOn: boolean;
  isPossible?: boolean;
  choose: () => void;
  children: ReactNode;
}

function Choice({ name, isOn, isPossible = true, choose, children }: ChoiceProps) {
  return (
    <label className="share-choice">
      <input type="radio" name={name} checked={isOn} disabled={!isPossible} onChange={choose} />
      <span>{children}</span>
    </label>
  );
}

interface SidesProps {
  instance: InstanceDetail;
  drawn: Rectangle | null;
  isDrawing: boolean;
  draw: (rectangle: Rectangle | null) => void;
  redraw: () => void;
}

/** The rectangle in numbers, for those who draw with the keyboard. */
function KeptSides({ instance, drawn, isDrawing, draw, redraw }: SidesProps) {
  return (
    <fieldset className="share-sides">
      <legend>Rectangle</legend>
      {drawn ? (
        (["left", "top", "right", "bottom"] as const).map((side) => (
          <label key={side}>
            {side}
            <input type="number" min={0} value={drawn[side]} onChange={(event) => draw(withSide(drawn, side, event.target.valueAsNumber, instance))} />
          </label>
        ))
      ) : (
        <button type="button" onClick={() => draw(middleOf(instance))}>
          Begin with the middle
        </button>
      )}
      {!isDrawing && (
        <button type="button" onClick={redraw}>
          {drawn ? "Draw again" : "Show less"}
        </button>
      )}
      {drawn && (
        <button type="button" onClick={() => draw(null)}>
          Forget it
        </button>
      )}
    </fieldset>
  );
}

/** The attributes of the copy, each of them. */
function Leaving({ preview, isDICOM }: { preview: SharePreview; isDICOM: boolean }) {
  if (!isDICOM) return <p className="share-header">No attribute of the object leaves: the file holds pictures alone.</p>;
  return (
    <details className="share-header">
      <summary>
        {count(preview.attributes.length, "attribute")} leave, {preview.numberRemoved} stay behind
      </summary>
      <div tabIndex={0} role="region" aria-label="Attributes of the copy">
        <table>
          <tbody>
            {preview.attributes.map(({ tag, name, value }) => (
              <tr key={tag}>
                <th scope="row">{name || tag}</th>
                <td>{value || "empty"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
