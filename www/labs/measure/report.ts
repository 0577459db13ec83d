/** What the engine's protocol reports. */
import type { ExplainMethod } from '../../engine/types.ts';

export type Measure = 'iou' | 'pointing' | 'auc' | 'boxError' | 'deletion' | 'insertion' | 'stability' | 'faithfulness' | 'time';

export interface Interval {
  n: number;
  mean: number | null;
  low: number | null;
  high: number | null;
}

export interface MeasureSummary {
  method: ExplainMethod;
  figures: Record<Measure, Interval>;
  bytes: number;
  efficiency: number | null;
}

export interface MeasureTest {
  measure: Measure;
  a: ExplainMethod;
  b: ExplainMethod;
  n: number;
  difference: number | null;
  t: number | null;
  p: number | null;
  adjusted: number | null;
}

export interface MeasureCurves {
  method: ExplainMethod;
  ious: Float64Array;
  deletion: Float64Array;
  insertion: Float64Array;
}

export interface MeasureReport {
  rows: { image: number; method: ExplainMethod; figures: Record<Measure, number | null> }[];
  summary: MeasureSummary[];
  tests: MeasureTest[];
  curves: MeasureCurves[];
}
