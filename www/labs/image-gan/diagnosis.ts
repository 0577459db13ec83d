/** What is going wrong in a game, said from what was measured, and why. */
import type { ImageGanMetrics } from '../../engine/types.ts';
import { percent } from '../../ui/format.ts';
import type { LossName } from './settings.ts';

export interface Signs {
  loss: LossName;
  metrics: ImageGanMetrics;
  /** How different samples are from one another, as a share of how different real images are. */
  diversity: number;
}

export interface Finding {
  title: string;
  reason: string;
}

/** Before so many steps of both nothing is said. */
const TOO_EARLY = 40;

/** D's answers to real images and to fakes, when it tells them apart with ease. */
const FAR_APART = 0.7;

/** The mean L2 distance between two of `images`, each of `size` values. */
export function spread(images: Float32Array, size: number): number {
  const n = images.length / size;
  let sum = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < size; k++) square += (images[i * size + k]! - images[j * size + k]!) ** 2;
      sum += Math.sqrt(square);
    }
  return n > 1 ? sum / ((n * (n - 1)) / 2) : 0;
}

/** What the sheet teaches where nothing goes wrong. */
export function lessonOf({ discriminatorSteps, generatorSteps, real, fake }: ImageGanMetrics, loss: LossName): Finding {
  const least = Math.min(discriminatorSteps, generatorSteps);
  if (discriminatorSteps + generatorSteps === 0)
    return {
      title: 'Nothing has learnt yet',
      reason:
        'Each square is what G makes of its own noise. Press Train: D learns to tell squares from real images, and G learns from D how to change them.',
    };
  if (least < TOO_EARLY)
    return {
      title: 'The game has begun',
      reason: 'D finds the first signs of real images, and G takes them up. Shapes come after some hundred steps.',
    };
  const isProbability = loss === 'non-saturating' || loss === 'minimax';
  if (isProbability && real - fake > FAR_APART)
    return {
      title: 'D is ahead',
      reason: `D gives real images ${percent(real, 0)} and G’s ${percent(fake, 0)}: it tells them apart with ease. G learns as long as a gradient reaches it. Go on: the better its images, the closer D has to look.`,
    };
  return {
    title: 'Neither wins',
    reason: isProbability
      ? `D gives real images ${percent(real, 0)} and G’s ${percent(fake, 0)}: it errs often enough for G to learn from it. Look back over the sheet: all that G knows it has from D, never having seen a real image.`
      : 'D’s scores still guide G. Look back over the sheet: all that G knows it has from D, never having seen a real image.',
  };
}

/** `null`: nothing to complain of. */
export function diagnose({ loss, metrics, diversity }: Signs): Finding | null {
  if (metrics.generatorSteps < TOO_EARLY || metrics.discriminatorSteps < TOO_EARLY) return null;
  const isSure = loss !== 'wasserstein-gp' && metrics.real > 0.97 && metrics.fake < 0.03;
  if (isSure && metrics.gradient < 0.1)
    return {
      title: 'G gets no gradient',
      reason:
        'D is sure of every fake, and where D is sure the minimax loss ln(1 − D) is flat: its slope is −D, next to 0. So G’s weights hardly move. The non-saturating loss −ln D has slope −(1 − D), about −1, at the same place.',
    };
  if (isSure && metrics.generatorLoss > 5)
    return {
      title: 'D is too strong',
      reason:
        'D tells every fake with certainty, and its value falls off like a cliff. The gradient says where D’s own last step fell, not where real images lie, so G is thrown about. Give D a smaller rate, fewer steps, or a penalty on its slope.',
    };
  if (diversity < 0.35)
    return {
      title: 'The modes collapse',
      reason:
        'The samples hardly differ: whatever the noise, G makes the image that D takes for real just now. D judges images one by one, so nothing in its answer says that they are all the same. When D has learnt that image, G moves on to the next.',
    };
  return null;
}
