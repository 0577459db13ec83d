/** The figures of the protocol as the page speaks of them. */
import { brief } from '../../ui/format.ts';
import type { Measure } from '../../engine/types.ts';

export interface MeasureInfo {
  id: Measure;
  title: string;
  /** In the head of a table. */
  short: string;
  /** What it asks. */
  asks: string;
  /** How it is computed. */
  how: string;
  /** Where it misleads. */
  misleads: string;
  better: 'more' | 'less';
  text: (value: number) => string;
}

const share = (value: number): string => value.toFixed(3).replace('-', '−');
const milliseconds = (value: number): string => `${brief(value * 1000)} ms`;

export const MEASURES: readonly MeasureInfo[] = [
  {
    id: 'iou',
    title: 'Overlap with the object',
    short: 'IoU',
    asks: 'Does the map cover the object and nothing else?',
    how: 'The map is cut at 10, 20, …, 90 % of its maximum. Intersection over union of what remains with the object, mean over the nine cuts.',
    misleads: 'A network may rightly look at an edge or a shadow. Then a faithful map has little overlap.',
    better: 'more',
    text: share,
  },
  {
    id: 'pointing',
    title: 'Pointing game',
    short: 'pointing',
    asks: 'Does the strongest pixel lie on the object?',
    how: '1 if it does, else 0; of equal maxima the share that does. By chance: the share of the image that the object covers.',
    misleads: 'It looks at a single pixel: the rest of the map may be anything.',
    better: 'more',
    text: share,
  },
  {
    id: 'auc',
    title: 'Pixel ROC-AUC',
    short: 'AUC',
    asks: 'Do pixels of the object have greater values than the others?',
    how: 'The probability that a random pixel of the object has a greater value than a random other one. By chance: 0.5.',
    misleads: 'It only knows ranks: a faint map scores like a strong one.',
    better: 'more',
    text: share,
  },
  {
    id: 'boxError',
    title: 'Localisation error',
    short: 'loc. error',
    asks: 'Would the map’s bounding box find the object?',
    how: 'The box around the largest connected region above 20 % of the maximum is right if it overlaps the object’s box by at least one half.',
    misleads: 'The cut at 20 % suits smooth maps; scattered points fall apart into regions.',
    better: 'less',
    text: share,
  },
  {
    id: 'deletion',
    title: 'Deletion',
    short: 'deletion',
    asks: 'Does the answer collapse when the strongest pixels are removed first?',
    how: 'Area under the probability of the class while pixels are replaced by the baseline, from the strongest to the weakest.',
    misleads: 'Half-deleted images look like nothing the network has seen. What it says of them may mean little.',
    better: 'less',
    text: share,
  },
  {
    id: 'insertion',
    title: 'Insertion',
    short: 'insertion',
    asks: 'Does the answer return soon when the strongest pixels are put back first?',
    how: 'Area under the probability of the class while pixels are added to the baseline, from the strongest to the weakest.',
    misleads: 'As deletion. The baseline decides what counts as nothing.',
    better: 'more',
    text: share,
  },
  {
    id: 'stability',
    title: 'Stability',
    short: 'stability',
    asks: 'Does the map stay the same when the image gets a little noise?',
    how: 'Mean rank correlation of the map with the maps of noisy copies of the image.',
    misleads: 'A constant drawing of the image’s edges is very stable and explains nothing.',
    better: 'more',
    text: share,
  },
  {
    id: 'faithfulness',
    title: 'Faithfulness',
    short: 'faithful',
    asks: 'Do patches with much of the map matter much to the score?',
    how: 'Rank correlation over patches: what the map has in a patch against how far the score falls without it.',
    misleads: 'Patches are removed one at a time. What only matters together is missed.',
    better: 'more',
    text: share,
  },
  {
    id: 'time',
    title: 'Time',
    short: 'time',
    asks: 'How long does one map take?',
    how: 'Seconds for the map of one image on this device, compiling left out.',
    misleads: 'It changes with the device, and with what else the device is doing.',
    better: 'less',
    text: milliseconds,
  },
];

export const measureOf = (id: Measure): MeasureInfo => MEASURES.find((measure) => measure.id === id) ?? MEASURES[0];
