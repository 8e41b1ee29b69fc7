import type { InstanceDetail } from "../api/client";
import type { LayoutName } from "./workspace";

/** Which objects lie side by side: by stage and view, by mode, or as they were taken. */

/** What lies on the table together. */
export interface Screen {
  title: string;
  layout: LayoutName;
  uids: (string | null)[];
}

export type StressOrder = "by view" | "by stage";

/** The smallest layout that holds so many objects. */
export function layoutFor(count: number): LayoutName {
  if (count <= 1) return "1×1";
  if (count === 2) return "1×2";
  if (count <= 4) return "2×2";
  if (count <= 6) return "2×3";
  if (count <= 9) return "3×3";
  return "4×4";
}

/** Objects as they were taken, so many on each screen. */
export function screensInOrder(instances: readonly InstanceDetail[], layout: LayoutName, each: number): Screen[] {
  const screens: Screen[] = [];
  for (let at = 0; at < instances.length; at += each) {
    const uids = instances.slice(at, at + each).map((instance) => instance.sopInstanceUID);
    screens.push({ title: `${at + 1}–${at + uids.length} of ${instances.length}`, layout, uids });
  }
  return screens;
}

interface Labelled {
  key: string;
  title: string;
  order: number;
}

function stageOf(instance: InstanceDetail): Labelled | undefined {
  const { stageName, stageNumber } = instance;
  if (!stageName && stageNumber === null) return undefined;
  const title = stageName || `Stage ${stageNumber}`;
  // A stage number may be 0 or the same for all; the name then tells stages apart.
  return { key: title.toUpperCase(), title, order: stageNumber ?? 1e6 };
}

function viewOf(instance: InstanceDetail): Labelled {
  const { viewName, viewNumber } = instance;
  const title = viewName || (viewNumber === null ? "View not named" : `View ${viewNumber}`);
  return { key: title.toUpperCase(), title, order: viewNumber ?? 1e6 };
}

function distinct(labels: readonly Labelled[]): Labelled[] {
  const byKey = new Map<string, Labelled>();
  for (const label of labels) if (!byKey.has(label.key)) byKey.set(label.key, label);
  return [...byKey.values()].sort((one, other) => one.order - other.order);
}

/**
 * The quad screens of a stress echo: one view through all stages, or one stage in all views.
 *
 * Returns none when fewer than two objects carry a stage. A place stays empty where a stage has
 * no such view, so that columns mean the same on every screen.
 */
export function stressScreens(instances: readonly InstanceDetail[], order: StressOrder): Screen[] {
  const staged = instances.filter((instance) => instance.presentation !== "none" && stageOf(instance));
  if (staged.length < 2) return [];
  const stages = distinct(staged.flatMap((instance) => stageOf(instance) ?? []));
  const views = distinct(staged.map(viewOf));
  const at = (stage: Labelled, view: Labelled) =>
    staged.findLast((one) => stageOf(one)?.key === stage.key && viewOf(one).key === view.key)
      ?.sopInstanceUID ?? null;
  if (order === "by view") {
    return views.map((view) => ({
      title: view.title,
      layout: layoutFor(stages.length),
      uids: stages.map((stage) => at(stage, view)),
    }));
  }
  return stages.map((stage) => ({
    title: stage.title,
    layout: layoutFor(views.length),
    uids: views.map((view) => at(stage, view)),
  }));
}

/** All objects of one stage and view, in the order in which they were taken; at least the one given. */
export function takesOf(instances: readonly InstanceDetail[], one: InstanceDetail): readonly InstanceDetail[] {
  const stage = stageOf(one);
  const view = viewOf(one);
  if (!stage && !one.viewName) return [one];
  return instances.filter(
    (other) => other.presentation !== "none" && stageOf(other)?.key === stage?.key && viewOf(other).key === view.key,
  );
}

/** How alike two objects are for a comparison; 0 when they show different things. */
export function likeness(one: InstanceDetail, other: InstanceDetail): number {
  if (one.presentation === "none" || other.presentation === "none") return 0;
  let points = 1;
  if (one.viewName && viewOf(one).key === viewOf(other).key) points += 8;
  if (stageOf(one)?.key === stageOf(other)?.key) points += 3;
  if (one.imageMode && one.imageMode === other.imageMode) points += 4;
  if (one.numberOfFrames > 1 === other.numberOfFrames > 1) points += 2;
  return points;
}

/** Puts each object beside its like of an earlier study. */
export function comparisonScreens(
  now: readonly InstanceDetail[],
  before: readonly InstanceDetail[],
): Screen[] {
  return now
    .filter((instance) => instance.presentation !== "none")
    .map((instance) => {
      const best = before.reduce<{ points: number; uid: string | null }>(
        (found, candidate) => {
          const points = likeness(instance, candidate);
          return points > found.points ? { points, uid: candidate.sopInstanceUID } : found;
        },
        { points: 0, uid: null },
      );
      return {
        title: instance.viewName || `Image ${instance.instanceNumber ?? ""}`,
        layout: "1×2",
        uids: [instance.sopInstanceUID, best.uid],
      };
    });
}
