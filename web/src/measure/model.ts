import type { components } from "../api/schema";

/** The shapes of measuring, as the server describes them. */
type Schemas = components["schemas"];
export type StudyMeasurements = Schemas["StudyMeasurements"];
export type Measurement = Schemas["MeasurementDetail"];
export type Figure = Schemas["FigureDetail"];
export type Value = Schemas["ValueDetail"];
export type Label = Schemas["LabelDetail"];
export type DerivedValue = Schemas["DerivedDetail"];
export type LabelMean = Schemas["MeanDetail"];
export type InstanceCalibration = Schemas["InstanceCalibration"];
export type Region = Schemas["RegionDetail"];
export type ManualScale = Schemas["ManualScaleDetail"];
export type ToolName = Measurement["tool"];
export type Quantity = Value["quantity"];
export type GraphicType = Figure["graphicType"];

/** A place in the image: the outer corner of the first pixel is 0, 0 (PS3.3 C.18.6.1.2). */
export interface Place {
  x: number;
  y: number;
}

/** Keeps a number as a report keeps it (FL, single precision), so that it comes back equal. */
export function kept(place: Place): [number, number] {
  return [Math.fround(place.x), Math.fround(place.y)];
}

export function placesOf(figure: Figure | undefined): Place[] {
  return (figure?.points ?? []).map(([x = 0, y = 0]) => ({ x, y }));
}
