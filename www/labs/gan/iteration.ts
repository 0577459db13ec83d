/** One turn of both networks, taken apart into the sub-steps that slow motion walks through. */

/** A part of the diagram. */
export type Part =
  | 'noise'
  | 'generator'
  | 'fake'
  | 'real'
  | 'discriminator'
  | 'score'
  | 'd-loss'
  | 'g-loss'
  | 'noise-generator'
  | 'generator-fake'
  | 'fake-discriminator'
  | 'real-discriminator'
  | 'discriminator-score'
  | 'score-d-loss'
  | 'score-g-loss'
  | 'd-loss-discriminator'
  | 'g-loss-generator';

/** What the board shows in a sub-step. */
export type Layer = 'real' | 'fake' | 'ground' | 'arrows' | 'trails';

export interface SubStep {
  title: string;
  /** Whose turn. */
  network: 'discriminator' | 'generator';
  text: string;
  parts: readonly Part[];
  layers: readonly Layer[];
  /** The network learns on entering this sub-step. */
  learns?: boolean;
}

export const SUB_STEPS: readonly SubStep[] = [
  {
    title: 'Draw noise',
    network: 'discriminator',
    text: 'Random numbers z, one pair for each fake. They are all that G gets.',
    parts: ['noise'],
    layers: [],
  },
  {
    title: 'Generate',
    network: 'discriminator',
    text: 'G turns each z into a point G(z): the fakes.',
    parts: ['noise', 'noise-generator', 'generator', 'generator-fake', 'fake'],
    layers: ['fake'],
  },
  {
    title: 'Take real points',
    network: 'discriminator',
    text: 'As many points x from the data. G never sees them.',
    parts: ['real', 'fake'],
    layers: ['real', 'fake'],
  },
  {
    title: 'D judges',
    network: 'discriminator',
    text: 'D gives every point a score: real or not? The board shows the score of every place.',
    parts: ['real', 'fake', 'real-discriminator', 'fake-discriminator', 'discriminator', 'discriminator-score', 'score'],
    layers: ['real', 'fake', 'ground'],
  },
  {
    title: 'D’s loss',
    network: 'discriminator',
    text: 'How wrong was D: too little for real points, too much for fakes?',
    parts: ['score', 'score-d-loss', 'd-loss'],
    layers: ['real', 'fake', 'ground'],
  },
  {
    title: 'D’s gradient',
    network: 'discriminator',
    text: 'Backwards from the loss to the weights of D: which change would make it less wrong? G is held still.',
    parts: ['d-loss', 'd-loss-discriminator', 'discriminator'],
    layers: ['real', 'fake', 'ground'],
  },
  {
    title: 'Update D',
    network: 'discriminator',
    text: 'D’s weights take a small step. Its answer has changed: higher at real points, lower at fakes.',
    parts: ['discriminator'],
    layers: ['real', 'fake', 'ground'],
    learns: true,
  },
  {
    title: 'Draw noise',
    network: 'generator',
    text: 'Now it is G’s turn, with new noise.',
    parts: ['noise'],
    layers: ['ground'],
  },
  {
    title: 'Generate',
    network: 'generator',
    text: 'New fakes. No real point is needed in this half.',
    parts: ['noise', 'noise-generator', 'generator', 'generator-fake', 'fake'],
    layers: ['fake', 'ground'],
  },
  {
    title: 'D judges the fakes',
    network: 'generator',
    text: 'D, which is held still now, scores each fake.',
    parts: ['fake', 'fake-discriminator', 'discriminator', 'discriminator-score', 'score'],
    layers: ['fake', 'ground'],
  },
  {
    title: 'G’s loss',
    network: 'generator',
    text: 'G has lost where D was not fooled.',
    parts: ['score', 'score-g-loss', 'g-loss'],
    layers: ['fake', 'ground'],
  },
  {
    title: 'G’s gradient',
    network: 'generator',
    text: 'Backwards through D to each fake: an arrow shows where it should go to look more real. Without slope in D there is no arrow.',
    parts: ['g-loss', 'g-loss-generator', 'discriminator', 'fake', 'generator'],
    layers: ['fake', 'ground', 'arrows'],
  },
  {
    title: 'Update G',
    network: 'generator',
    text: 'G’s weights take a small step, and all fakes move at once. Lines show whence they came.',
    parts: ['generator', 'generator-fake', 'fake'],
    layers: ['fake', 'ground', 'real', 'trails'],
    learns: true,
  },
];
