import { describe, expect, it } from 'vitest';
import { density, discriminatorFormula, meanLength, termsOf } from './theory.ts';

describe('losses of a batch of scores', () => {
  it('are ln 4 and ln 2 where D says ½ everywhere (Goodfellow et al. 2014)', () => {
    const { real, fake, generator } = termsOf('non-saturating', [0.5, 0.5], [0.5]);
    expect(real + fake).toBeCloseTo(Math.log(4), 12);
    expect(generator).toBeCloseTo(Math.log(2), 12);
    expect(termsOf('minimax', [0.5], [0.5]).generator).toBeCloseTo(-Math.log(2), 12);
  });

  it('by hand, for the others', () => {
    expect(termsOf('least-squares', [1, 0], [2])).toEqual({ real: 0.25, fake: 2, generator: 0.5 });
    expect(termsOf('wasserstein-gp', [3, 1], [0.5])).toEqual({ real: -2, fake: 0.5, generator: -0.5 });
  });

  it('stay finite where D is certain', () => {
    for (const loss of ['minimax', 'non-saturating'] as const)
      expect(Object.values(termsOf(loss, [0, 1], [0, 1])).every(Number.isFinite)).toBe(true);
  });

  it('add up in the formula', () => {
    const terms = termsOf('wasserstein-gp', [3, 1], [0.5]);
    const tex = discriminatorFormula('wasserstein-gp', terms, 0.25);
    for (const part of ['-2', '0.5', '0.25', String.raw`\mathbf{-1.25}`]) expect(tex).toContain(part);
    expect(discriminatorFormula('minimax', termsOf('minimax', [0.5], [0.5]), undefined)).not.toContain('gamma');
    expect(discriminatorFormula('minimax', termsOf('minimax', [0.5], [0.5]), 6.6e-4)).toContain(String.raw`6.6 \cdot 10^{-4}`);
  });
});

describe('densities', () => {
  it('integrate to one, and the peak of a bell is 1/(σ√(2π))', () => {
    const points = Array.from({ length: 4000 }, (_, i) => -10 + i * 0.005);
    const p = density([-1.5, 1.5], 0.4, points);
    expect(p.reduce((sum, value) => sum + value * 0.005, 0)).toBeCloseTo(1, 6);
    expect(density([0], 2, [0])[0]).toBeCloseTo(1 / (2 * Math.sqrt(2 * Math.PI)), 12);
  });

  it('mean length of vectors', () => {
    expect(meanLength([3, 4, 0, 1], 2)).toBe(3);
    expect(meanLength([-2, 4], 1)).toBe(3);
  });
});
