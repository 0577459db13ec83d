/** What the board teaches just now, said from what was measured. Pure. */
import type { Coverage, GanMetrics } from '../../engine/types.ts';
import { isProbability } from './theory.ts';
import type { LossName } from './settings.ts';

export interface Signs {
  loss: LossName;
  metrics: Pick<GanMetrics, 'discriminatorSteps' | 'generatorSteps' | 'real' | 'fake'>;
  coverage: Coverage;
  /** How far the fakes lie apart, as a share of how far real points do. */
  spread: number;
}

export interface Lesson {
  title: string;
  text: string;
}

/** Before so many steps of both nothing is said of success or failure. */
const TOO_EARLY = 60;
/** More places than this are points of a curve, not modes. */
export const MOST_MODES = 25;

/** D's mean answers to real points and to fakes, when it tells them apart: an even game leaves less than half of this. */
const FAR_APART = 0.65;
/** Fakes that lie closer together than this crowd. */
const CROWD = 0.5;
/** From this share of fakes at a mode on, modes without any are dropped, not still to be found. */
const SETTLED = 0.5;

/** The root of the mean squared distance of `points` from their mean. */
export function spreadOf(points: Float32Array, dims: number): number {
  const n = points.length / dims;
  const mean = Array.from({ length: dims }, () => 0);
  points.forEach((value, i) => (mean[i % dims] += value / n));
  return Math.sqrt(points.reduce((sum, value, i) => sum + (value - mean[i % dims]) ** 2, 0) / n);
}

const COLLAPSE: Lesson = {
  title: 'G covers less than it should',
  text: 'All fakes crowd in a few places. D judges points one by one, so nothing in its answer says that the others are missing: mode collapse.',
};

/** Modes that count, of how many; of a curve the places with any sample. */
export function covered({ counts, modes }: Coverage): { found: number; all: number } {
  const isCurve = counts.length > MOST_MODES;
  return { found: isCurve ? counts.filter((count) => count > 0).length : modes, all: counts.length };
}

export function lessonOf({ loss, metrics, coverage, spread }: Signs): Lesson {
  const { discriminatorSteps, generatorSteps, real, fake } = metrics;
  if (discriminatorSteps + generatorSteps === 0)
    return {
      title: 'Nothing has learnt yet',
      text: 'Blue discs are real points, orange diamonds what G makes of noise. Press Train: G has to move orange onto blue, and D has to tell them apart.',
    };
  if (generatorSteps === 0)
    return {
      title: 'Only D learns',
      text: 'D’s answer rises where it expects real points and falls where it expects fakes. G stands still: that is as good as D can get against it.',
    };
  if (Math.min(discriminatorSteps, generatorSteps) < TOO_EARLY)
    return {
      title: 'The game has begun',
      text: 'D learns where real points lie, and each arrow shows whither that pulls a fake. When the fakes have moved, D has to learn anew.',
    };
  const { found, all } = covered(coverage);
  const misses = all > 1 && found <= all / 2;
  if (misses && spread < CROWD) return COLLAPSE;
  if (loss !== 'wasserstein-gp' && real - fake > FAR_APART)
    return loss === 'minimax'
      ? {
          title: 'G gets no gradient',
          text: 'D is sure of nearly every fake, and there the minimax loss ln(1 − D) is flat. No slope, no arrow: G stays lost however long it trains.',
        }
      : {
          title: 'D is too strong',
          text: 'D tells nearly every fake. Its answer has cliffs, and an arrow at a cliff says where D’s last step fell, not where real points lie.',
        };
  if (misses)
    return coverage.quality >= SETTLED
      ? COLLAPSE
      : {
          title: 'G is still learning',
          text: 'Fakes have spread out, but few are where real points are. That is early, no failure: go on. If it stays so, make the rates smaller.',
        };
  if (found < all || coverage.quality < 0.6)
    return {
      title: 'On the way',
      text: 'Fakes lie near real points, but not yet at all of them, or not closely. Go on, or make the rates smaller.',
    };
  const isEven = isProbability(loss) && Math.abs(real - 0.5) < 0.15 && Math.abs(fake - 0.5) < 0.15;
  return {
    title: 'G has learnt the distribution',
    text: isEven
      ? 'Fakes are where real points are, and D answers about ½ to both: it can do no better than guess. That is the even game of the theory.'
      : 'Fakes are where real points are. The two still chase each other a little: neither ever comes to rest.',
  };
}
