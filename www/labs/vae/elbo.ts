/** The bound and its two parts as a formula, with numbers. Pure. */
import { brief } from '../../ui/format.ts';
import type { AutoencoderStep } from '../../engine/types.ts';

export function elboFormula(last: Pick<AutoencoderStep, 'reconstruction' | 'penalty'> | null, beta: number): string {
  const row = (name: string, letters: string, value: number | null, bold = false) => {
    const text = value === null ? '' : texNumber(value);
    return `${name} & ${letters} && ${bold && text ? String.raw`\mathbf{${text}}` : text}`;
  };
  const total = last && last.reconstruction + beta * last.penalty;
  return String.raw`\begin{aligned} ${[
    row('L ={}', String.raw`-\mathbb{E}_{q(z|x)}\left[\ln p(x|z)\right]`, last?.reconstruction ?? null),
    row('', String.raw`+\,\beta\, D_{\mathrm{KL}}\left(q(z|x)\,\|\,p(z)\right)`, last && beta * last.penalty),
    row('', last ? String.raw`\beta D_{\mathrm{KL}} = ${texNumber(beta)} \cdot ${texNumber(last.penalty)}` : '', total, true),
  ].join(String.raw` \\ `)} \end{aligned}`;
}

function texNumber(value: number): string {
  if (!Number.isFinite(value)) return String.raw`\text{${brief(value)}}`;
  const [digits, exponent] = brief(value).replaceAll('−', '-').split('e');
  return exponent === undefined ? digits : String.raw`${digits} \cdot 10^{${Number(exponent)}}`;
}
