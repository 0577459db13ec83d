/** What the images and their codes teach just now, said from what was measured. Pure. */
import type { LatentSummary } from '../../engine/types.ts';
import { brief } from '../../ui/format.ts';

export interface Lesson {
  title: string;
  text: string;
}

/** Before so many steps nothing is said of latents that are silent. */
const TOO_EARLY = 50;

export function lessonOf(step: number, latents: readonly Pick<LatentSummary, 'divergence' | 'silent'>[]): Lesson {
  if (step === 0)
    return {
      title: 'Nothing has learnt yet',
      text: 'The decoder makes noise of every code. Press Train: the encoder has to find a code to draw from that noise does not spoil.',
    };
  if (step < TOO_EARLY)
    return {
      title: 'A code takes shape',
      text: 'First the decoder learns the mean of all images; then codes begin to tell them apart.',
    };
  const [all, silent] = [latents.length, latents.filter((latent) => latent.silent).length];
  const nats = brief(latents.reduce((sum, { divergence }) => sum + divergence, 0));
  if (silent === all)
    return {
      title: 'Posterior collapse',
      text: 'Every latent is silent: each code is the prior itself and says nothing of its image, so all come back alike. Make β smaller, and a code is worth its price again.',
    };
  if (silent > 0)
    return {
      title: `${silent} of ${all} latents are silent`,
      text: `They would cost more than they help, so they stay at the prior. The others spend ${nats} nats on an image.`,
    };
  return {
    title: 'Neighbours look alike',
    text: `A code spends ${nats} nats on an image, and noise blurs it: codes within an error bar of each other must mean nearly the same image. So there are no gaps between the codes, and random ones give images, too.`,
  };
}
