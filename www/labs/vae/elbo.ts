/** The bound and its two parts as a formula, with numbers. Pure. */
import { brief } from '../../ui/format.ts';
import type { AutoencoderStep } from '../../engine/types.ts';

export function elboFormula(last: Pick<AutoencoderStep, 'reconstruction' | 'penalty'> | null, beta: number): string {
  const row = (name: string, letters: string, value: string) => `${name} & ${letters} && ${value}`;
  const [error, divergence, total] = last
    ? [
        texNumber(last.reconstruction),
        String.raw`${texNumber(beta)} \cdot ${texNumber(last.penalty)}`,
        String.raw`\mathbf{${texNumber(last.reconstruction + beta * last.penalty)}}`,
      ]
    : ['', '', ''];
  return String.raw`\begin{aligned} ${[
    row('L ={}', String.raw`-\mathbb{E}_{q(z|x)}\left[\ln p(x|z)\right]`, error),
    row('', String.raw`+\,\beta\, D_{\mathrm{KL}}\left(q(z|x)\,\|\,p(z)\right)`, divergence),
    ...(last ? [row('={}', '', total)] : []),
  ].join(String.raw` \\ `)} \end{aligned}`;
}

function texNumber(value: number): string {
  if (!Number.isFinite(value)) return String.raw`\text{${brief(value)}}`;
  const [digits, exponent] = brief(value).replaceAll('−', '-').split('e');
  return exponent === undefined ? digits : String.raw`${digits} \cdot 10^{${Number(exponent)}}`;
}
