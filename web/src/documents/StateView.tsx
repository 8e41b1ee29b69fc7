import { instancePath } from "../api/client";
import type { Shown } from "../viewer/Viewport";
import { FITTED } from "../viewer/geometry";
import { PLAIN } from "../viewer/look";
import type { Cell } from "../viewer/workspace";
import type { DataSet } from "./dicomJson";
import { readPresentationState } from "./presentationState";

interface Props {
  shown: Shown;
  set: DataSet;
  open: (uid: string, as?: Partial<Cell>) => void;
  isHere: (uid: string) => boolean;
}

/** A presentation state has no picture: it offers the images it is about, shown its way. */
export function StateView({ shown, set, open, isHere }: Props) {
  const state = readPresentationState(set);
  const here = [...state.images.keys()].filter(isHere);
  const away = state.images.size - here.length;
  return (
    <div className="notice">
      <h2>{state.label}</h2>
      <p>
        A presentation state says how {state.images.size === 1 ? "an image is" : "images are"} to be shown
        {state.marks.length > 0 && `, with ${state.marks.length} marks`}.
      </p>
      {here.map((uid, at) => (
        <button
          key={uid}
          type="button"
          onClick={() => open(uid, { look: { ...PLAIN, ...state.look }, view: { ...FITTED, ...state.view } })}
        >
          Show image {at + 1} this way
        </button>
      ))}
      {away > 0 && <p>{away === 1 ? "One image" : `${away} images`} of it are not in the open studies.</p>}
      <p>
        <a href={instancePath(shown.address)} download>
          Download the DICOM file
        </a>
      </p>
    </div>
  );
}
