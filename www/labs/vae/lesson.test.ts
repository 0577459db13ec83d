import { expect, it } from 'vitest';
import { lessonOf } from './lesson.ts';

const latents = (...divergences: number[]) => divergences.map((divergence) => ({ divergence, silent: divergence < 0.05 }));

it('begins with what to press', () => {
  expect(lessonOf(0, latents(0.3, 0.2)).text).toContain('Press Train');
  expect(lessonOf(10, latents(0, 0)).title).toBe('A code takes shape');
});

it('tells silent latents from those that speak', () => {
  expect(lessonOf(500, latents(0, 0.01)).title).toBe('Posterior collapse');
  expect(lessonOf(500, latents(2, 0.5, 0))).toEqual({
    title: '1 of 3 latents are silent',
    text: expect.stringContaining('2.5 nats'),
  });
  expect(lessonOf(500, latents(1.25, 1)).text).toContain('2.25 nats');
});
