import { describe, expect, it } from 'vitest';
import {
  agreement,
  blindedOrder,
  completeRaters,
  cronbachAlpha,
  parseRatings,
  scoresOf,
  withRatings,
  type Rating,
} from './ratings.ts';

const rating = (changes: Partial<Rating> = {}): Rating => ({
  study: 's',
  rater: 'Ada',
  image: 3,
  method: 'saliency',
  coherence: 1,
  completeness: 2,
  precision: 3,
  best: false,
  ...changes,
});

describe('stored ratings', () => {
  it('survive writing and reading', () => expect(parseRatings(JSON.stringify([rating()]))).toEqual([rating()]));

  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['no list', '{"length":1}'],
    ['a mark out of range', JSON.stringify([rating({ coherence: 6 })])],
    ['a mark of text', JSON.stringify([{ ...rating(), coherence: '5' }])],
    ['a missing mark', JSON.stringify([{ ...rating(), precision: undefined }])],
    ['a very long name', JSON.stringify([rating({ rater: 'x'.repeat(41) })])],
    ['null', '[null]'],
  ])('are none in %s', (_title, text) => expect(parseRatings(text)).toEqual([]));

  it('of one rater and image replace the earlier ones', () => {
    const others = [rating({ image: 4 }), rating({ rater: 'Bo' })];
    const all = withRatings([rating(), ...others], [rating({ precision: 5 })]);
    expect(all).toEqual([...others, rating({ precision: 5 })]);
  });
});

describe('the blinded order', () => {
  const methods = ['a', 'b', 'c', 'd'];

  it('holds every method once and stays the same', () => {
    const order = blindedOrder(methods, 's', 'Ada', 3);
    expect(order.toSorted()).toEqual(methods);
    expect(blindedOrder(methods, 's', 'Ada', 3)).toEqual(order);
  });

  it('puts every method in every place about equally often', () => {
    const images = Array.from({ length: 4000 }, (_, image) => blindedOrder(methods, 's', 'Ada', image));
    for (const method of methods)
      for (const place of [0, 1, 2, 3]) {
        const share = images.filter((order) => order[place] === method).length / images.length;
        // Four standard deviations of a share of 1/4 in 4000 draws.
        expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 4000));
      }
  });
});

describe("Cronbach's α", () => {
  // Eight cases, three raters; pingouin 0.7.0: cronbach_alpha(pd.DataFrame(cases)) = 0.8835078534031414.
  const raters = [
    [4, 2, 5, 1, 3, 4, 2, 5],
    [5, 3, 5, 2, 3, 4, 1, 4],
    [4, 2, 4, 2, 5, 4, 3, 5],
  ];

  it('agrees with pingouin', () => expect(cronbachAlpha(raters)).toBeCloseTo(0.8835078534031414, 12));
  it('is 1 for raters who always agree', () => expect(cronbachAlpha([raters[0], raters[0]])).toBeCloseTo(1, 12));
  it.each([
    [[]],
    [[[1, 2, 3]]],
    [[[1], [2]]],
    [
      [
        [2, 2],
        [3, 3],
      ],
    ],
  ])('does not exist for %j', (marks) => expect(cronbachAlpha(marks)).toBeNull());

  it('leaves out raters who have not finished', () => {
    const all = raters.flatMap((marks, r) => marks.map((coherence, image) => rating({ rater: `rater ${r}`, image, coherence })));
    const unfinished = rating({ rater: 'late', image: 0, coherence: 1 });
    expect(completeRaters([...all, unfinished])).toEqual(['rater 0', 'rater 1', 'rater 2']);
    expect(agreement([...all, unfinished], 'coherence')).toBeCloseTo(0.8835078534031414, 12);
  });
});

it('scores are means with deviations, and the share of images in which a method was the best', () => {
  const ratings = [rating({ coherence: 2, best: true }), rating({ rater: 'Bo', coherence: 4 }), rating({ method: 'grad-cam' })];
  const scores = scoresOf(ratings, ['saliency', 'grad-cam', 'lime']);
  expect(scores.map(({ method }) => method)).toEqual(['saliency', 'grad-cam']);
  expect(scores[0].marks.coherence).toEqual({ mean: 3, deviation: Math.SQRT2 });
  expect(scores[0].best).toBe(0.5);
  expect(scores[1].marks.coherence).toEqual({ mean: 1, deviation: 0 });
});
