import type { ViewerExtension } from "../viewer/extensions";
import { MeasurePanel } from "./MeasurePanel";
import { MeasureToolbar } from "./MeasureToolbar";

export const measuring: ViewerExtension = { id: "measure", Panel: MeasurePanel, Toolbar: MeasureToolbar };
