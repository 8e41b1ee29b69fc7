import type { ViewerExtension } from "../viewer/extensions";
import { MeasurePanel } from "./MeasurePanel";

export const measuring: ViewerExtension = { id: "measure", Panel: MeasurePanel };
