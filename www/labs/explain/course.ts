/** The path of integrated gradients as curves: the score on the way, and what the slopes add up to so far. */
import type { ExplainDetails } from '../../engine/types.ts';

export interface Course {
  /** 0, after the first step, …, 1. */
  alpha: number[];
  /** S_c at each α, interpolated between the midpoints of the steps. */
  score: number[];
  /** S_c(x′) plus the sum of the slopes of all steps up to α. */
  running: number[];
}

/** `null` where the method has no path. */
export function courseOf({ path, baselineScore, score }: ExplainDetails): Course | null {
  if (!path || baselineScore === null) return null;
  // The first two points are the image and the baseline.
  const [slopes, scores] = [[...path.slope.slice(2)], [...path.score.slice(2)]];
  const steps = slopes.length;
  let sum = baselineScore;
  const running = [baselineScore, ...slopes.map((slope) => (sum += slope / steps))];
  const between = scores.slice(1).map((next, i) => (scores[i] + next) / 2);
  return {
    alpha: Array.from({ length: steps + 1 }, (_, i) => i / steps),
    score: [baselineScore, ...between, score],
    running,
  };
}
