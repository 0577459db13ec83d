/** What the errors on held-out images teach just now. Pure. */
import { brief } from '../../ui/format.ts';
import type { Kind } from './settings.ts';

/** `errors`: at every look so far, the newest last. */
export function lessonOf(coders: readonly (Kind & { errors: readonly number[] })[], step: number): string {
  if (step === 0) return 'Press Train: the encoders have to find out what is worth saying, the decoders what it means.';
  const plain = coders.filter(({ variational }) => !variational).sort((a, b) => a.latent - b.latent);
  const [least, most] = [plain.at(0), plain.at(-1)];
  const [narrow, wide] = [least?.errors.at(-1) ?? NaN, most?.errors.at(-1) ?? NaN];
  if (!least || !most || least === most || !(narrow > 0 && wide > 0)) return '';
  const ratio = narrow / wide;
  return ratio > 1.05
    ? `What went through ${least.latent} numbers comes back with ${brief(Number(ratio.toPrecision(2)))} times the error of what went through ${most.latent}: more room, more of the image.`
    : `So far ${most.latent} numbers are no better than ${least.latent}: all of them first learn the mean image.`;
}
