import { expect, it } from 'vitest';
import { lessonOf } from './lesson.ts';

const coder = (latent: number, error: number, variational = false) => ({ title: '', latent, variational, errors: [1, error] });

it('says what to press, then what more room is worth', () => {
  expect(lessonOf([coder(2, 0.1)], 0)).toContain('Press Train');
  expect(lessonOf([coder(32, 0.01), coder(2, 0.05), coder(5, 0.02)], 9)).toContain(
    'through 2 numbers comes back with 5 times the error of what went through 32',
  );
  expect(lessonOf([coder(2, 0.05), coder(32, 0.05)], 9)).toContain('no better');
});

it('leaves the variational one aside, and says nothing of what is not measured', () => {
  expect(lessonOf([coder(2, 0.04), coder(32, 0.01), coder(64, 0.5, true)], 9)).toContain(
    '4 times the error of what went through 32',
  );
  expect(lessonOf([coder(2, 0.04)], 9)).toBe('');
  expect(lessonOf([coder(2, NaN), coder(32, 0.1)], 9)).toBe('');
});
