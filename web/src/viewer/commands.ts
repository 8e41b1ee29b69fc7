import { useMemo, useSyncExternalStore } from "react";
import type { Command } from "../ui/commands";
import type { Desk } from "./desk";
import { LAYOUT_NAMES } from "./workspace";

/** What the viewer's surroundings do for its commands. */
export interface Surroundings {
  leave: () => void;
  /** Opens the study so many lines below this one in the list; undefined at the list's end. */
  goOn: (by: number) => (() => void) | undefined;
  selectNext: (by: number) => void;
  placeSelected: (index: number) => void;
  fullScreen: () => void;
  toggleFilmstrip: () => void;
  toggleMagnifier: () => void;
  magnifies: boolean;
  toggleAdjusting: () => void;
  adjusts: boolean;
  nextStress: () => void;
  hasStress: boolean;
  compare: () => void;
  hasPriors: boolean;
  dropTool: () => boolean;
  toggleFigures: () => void;
}

const PAN_PX = 40;

/** Every action of the viewer, with its keys. */
export function useViewerCommands(desk: Desk, around: Surroundings): readonly Command[] {
  const workspace = useSyncExternalStore(desk.store.subscribe, desk.store.snapshot);
  useSyncExternalStore(desk.subscribe, desk.snapshot);
  const isLoop = (desk.activeShown?.instance.numberOfFrames ?? 0) > 1;
  const isImage = desk.activeCine !== undefined;
  const hasTakes = desk.activeShown !== undefined && desk.takesOf(desk.activeShown.instance).length > 1;
  const { layout, sync, isMaximised, hanging } = workspace;
  return useMemo(
    () => [
      ...playback(desk, isLoop, sync !== "off"),
      ...looks(desk, isImage),
      ...moves(desk, isImage),
      {
        id: "magnifier",
        title: "Magnifier",
        group: "Image",
        keys: ["g"],
        run: around.toggleMagnifier,
        isOn: around.magnifies,
      },
      {
        id: "adjust",
        title: "Drag for brightness and contrast",
        group: "Image",
        keys: ["l"],
        run: around.toggleAdjusting,
        isOn: around.adjusts,
      },
      ...LAYOUT_NAMES.map((name, at) => ({
        id: `layout ${name}`,
        title: `Layout ${name}`,
        group: "Screen",
        keys: [`Shift+${at + 1}`],
        run: () => desk.lay(name),
        isOn: layout === name && !isMaximised,
      })),
      { id: "maximise", title: "Maximise the active viewport", group: "Screen", keys: ["x"], run: () => desk.maximise(), isOn: isMaximised },
      { id: "next viewport", title: "Next viewport", group: "Screen", keys: ["n"], run: () => desk.activateNext(1) },
      { id: "previous viewport", title: "Previous viewport", group: "Screen", keys: ["N"], run: () => desk.activateNext(-1) },
      { id: "next screen", title: "Next screen", group: "Screen", keys: ["PageDown", "."], run: () => desk.turnScreen(1) },
      { id: "previous screen", title: "Previous screen", group: "Screen", keys: ["PageUp", ","], run: () => desk.turnScreen(-1) },
      { id: "as taken", title: "Hang images as they were taken", group: "Screen", keys: ["q"], run: () => desk.hang("as taken", 0), isOn: hanging === "as taken" },
      { id: "stress", title: "Shuffle the stress screens: by view, by stage", group: "Screen", keys: ["s"], run: around.nextStress, isPossible: around.hasStress, isOn: hanging.startsWith("stress") },
      { id: "next take", title: "Another take of the same view and stage", group: "Screen", keys: ["O"], run: () => desk.nextTake(), isPossible: hasTakes },
      { id: "compare", title: "Compare with the study before", group: "Screen", keys: ["c"], run: around.compare, isPossible: around.hasPriors, isOn: hanging === "compare" },
      { id: "full screen", title: "Full screen", group: "Screen", keys: ["F"], run: around.fullScreen },
      { id: "filmstrip", title: "Show or hide the filmstrip", group: "Screen", keys: ["t"], run: around.toggleFilmstrip },
      { id: "next image", title: "Choose the next image in the filmstrip", group: "Filmstrip", keys: ["ArrowDown", "j"], run: () => around.selectNext(1) },
      { id: "previous image", title: "Choose the previous image in the filmstrip", group: "Filmstrip", keys: ["ArrowUp", "k"], run: () => around.selectNext(-1) },
      { id: "place", title: "Place the chosen image in the active viewport", group: "Filmstrip", keys: ["Enter"], run: () => around.placeSelected(-1) },
      ...Array.from({ length: 9 }, (_, at) => ({
        id: `place ${at + 1}`,
        title: `Place the chosen image in viewport ${at + 1}`,
        group: "Filmstrip",
        keys: [`${at + 1}`],
        run: () => around.placeSelected(at),
      })),
      ...([["next study", "Next study of the list", "}", 1], ["previous study", "Previous study of the list", "{", -1]] as const).map(
        ([id, title, key, by]) => {
          const go = around.goOn(by);
          return { id, title, group: "General", keys: [key], run: () => go?.(), isPossible: go !== undefined };
        },
      ),
      { id: "undo", title: "Undo", group: "General", keys: ["Ctrl+z"], run: () => desk.store.undo(), isPossible: desk.store.canUndo },
      { id: "redo", title: "Redo", group: "General", keys: ["Ctrl+y", "Ctrl+Shift+z", "Ctrl+Z"], run: () => desk.store.redo(), isPossible: desk.store.canRedo },
      { id: "figures", title: "Show how many frames were late", group: "General", keys: ["L"], run: around.toggleFigures },
      {
        id: "leave",
        title: "Back: from a tool, a maximised viewport, the study",
        group: "General",
        keys: ["Escape"],
        run: () => {
          if (around.dropTool()) return;
          if (isMaximised) desk.maximise();
          else around.leave();
        },
      },
    ],
    [desk, around, isLoop, isImage, hasTakes, layout, sync, isMaximised, hanging, workspace],
  );
}

function playback(desk: Desk, isLoop: boolean, inStep: boolean): Command[] {
  const group = "Play";
  const isPossible = isLoop;
  return [
    { id: "play", title: "Play or pause", group, keys: ["Space"], run: () => desk.toggle(), isPossible },
    { id: "play all", title: "Play or pause all", group, keys: ["Shift+Space", "p"], run: () => desk.toggleAll() },
    { id: "step back", title: "One frame back", group, keys: ["ArrowLeft"], run: () => desk.step(-1), isPossible },
    { id: "step on", title: "One frame on", group, keys: ["ArrowRight"], run: () => desk.step(1), isPossible },
    { id: "ten back", title: "Ten frames back", group, keys: ["Shift+ArrowLeft"], run: () => desk.step(-10), isPossible },
    { id: "ten on", title: "Ten frames on", group, keys: ["Shift+ArrowRight"], run: () => desk.step(10), isPossible },
    { id: "first frame", title: "First frame", group, keys: ["Home"], run: () => desk.go(0), isPossible },
    { id: "last frame", title: "Last frame", group, keys: ["End"], run: () => desk.go(1e9), isPossible },
    { id: "slower", title: "Slower", group, keys: ["-"], run: () => desk.faster(-1), isPossible },
    { id: "faster", title: "Faster", group, keys: ["+", "="], run: () => desk.faster(1), isPossible },
    { id: "real speed", title: "Speed as taken", group, keys: ["0"], run: () => desk.setSpeed(1), isPossible },
    { id: "bounce", title: "Forth and back", group, keys: ["b"], run: () => desk.bounce(), isPossible, isOn: desk.active.bounces === true },
    { id: "beat", title: "Loop one heart beat, then the next", group, keys: ["h"], run: () => desk.nextBeat(), isPossible, isOn: desk.active.beat !== null },
    { id: "trim first", title: "Begin the loop at this frame", group, keys: ["["], run: () => desk.trimTo("first"), isPossible },
    { id: "trim last", title: "End the loop at this frame", group, keys: ["]"], run: () => desk.trimTo("last"), isPossible },
    { id: "untrim", title: "Play all frames", group, keys: ["\\"], run: () => desk.untrim(), isPossible },
    { id: "sync", title: "Loops in step: off, by heart beat, by stage, by time", group, keys: ["y"], run: () => desk.nextSync(), isOn: inStep },
  ];
}

function looks(desk: Desk, isPossible: boolean): Command[] {
  const group = "Image";
  return [
    { id: "invert", title: "Invert", group, keys: ["i"], run: () => desk.look({ inverted: !desk.active.look.inverted }), isPossible, isOn: desk.active.look.inverted },
    { id: "next palette", title: "Next palette", group, keys: ["P"], run: () => desk.nextPalette(), isPossible },
    { id: "brighter", title: "Brighter", group, keys: ["Shift+ArrowUp"], run: () => desk.brighten(0.04), isPossible },
    { id: "darker", title: "Darker", group, keys: ["Shift+ArrowDown"], run: () => desk.brighten(-0.04), isPossible },
    { id: "more contrast", title: "More contrast", group, keys: [">"], run: () => desk.harden(1.1), isPossible },
    { id: "less contrast", title: "Less contrast", group, keys: ["<"], run: () => desk.harden(1 / 1.1), isPossible },
    { id: "rotate", title: "Rotate a quarter turn", group, keys: ["r"], run: () => desk.rotate(), isPossible },
    { id: "flip", title: "Mirror left and right", group, keys: ["m"], run: () => desk.flip(), isPossible },
    { id: "reset", title: "Reset this image", group, keys: ["R"], run: () => desk.reset(), isPossible },
  ];
}

function moves(desk: Desk, isPossible: boolean): Command[] {
  const group = "Image";
  return [
    { id: "fit", title: "Fit", group, keys: ["f"], run: () => desk.fit(), isPossible },
    { id: "actual size", title: "One to one", group, keys: ["o"], run: () => desk.actualSize(), isPossible },
    { id: "zoom in", title: "Zoom in", group, keys: ["z"], run: () => desk.zoom(1.25), isPossible },
    { id: "zoom out", title: "Zoom out", group, keys: ["Z"], run: () => desk.zoom(1 / 1.25), isPossible },
    { id: "pan left", title: "Move left", group, keys: ["Ctrl+ArrowLeft"], run: () => desk.pan(-PAN_PX, 0), isPossible },
    { id: "pan right", title: "Move right", group, keys: ["Ctrl+ArrowRight"], run: () => desk.pan(PAN_PX, 0), isPossible },
    { id: "pan up", title: "Move up", group, keys: ["Ctrl+ArrowUp"], run: () => desk.pan(0, -PAN_PX), isPossible },
    { id: "pan down", title: "Move down", group, keys: ["Ctrl+ArrowDown"], run: () => desk.pan(0, PAN_PX), isPossible },
  ];
}
