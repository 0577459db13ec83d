/** All labs: what the catalogue shows of each, and how to get its element. A new lab is one folder and one entry here. */
import type { TemplateResult } from 'lit';
import { autoencoderPoster } from './autoencoder/poster.ts';
import { cnnPoster } from './cnn/poster.ts';
import { explainPoster } from './explain/poster.ts';
import { ganPoster } from './gan/poster.ts';
import { imageGanPoster } from './image-gan/poster.ts';
import { measurePoster } from './measure/poster.ts';
import { ratePoster } from './rate/poster.ts';
import { speedPoster } from './speed/poster.ts';
import { vaePoster } from './vae/poster.ts';

export interface LabEntry {
  /** As in `lab="…"`. */
  id: string;
  title: string;
  /** One sentence. */
  summary: string;
  poster: () => TemplateResult;
  tag: string;
  load: () => Promise<unknown>;
}

export const LABS: readonly LabEntry[] = [
  {
    id: 'cnn',
    title: 'Train a network that sees',
    summary: 'Train a convolutional network on real handwriting, watch its filters form, ask why it decides, and fool it.',
    poster: cnnPoster,
    tag: 'vt-cnn-lab',
    load: () => import('./cnn/lab.ts'),
  },
  {
    id: 'explain',
    title: 'Ask a network why',
    summary:
      'Put the methods that explain a network side by side, on a network you trained: what each answers, and where it misleads.',
    poster: explainPoster,
    tag: 'vt-explain-lab',
    load: () => import('./explain/lab.ts'),
  },
  {
    id: 'measure',
    title: 'Which explanation is right?',
    summary: 'Measure explanations where the truth is known: overlap, deletion, stability, cost, with intervals and paired tests.',
    poster: measurePoster,
    tag: 'vt-measure-lab',
    load: () => import('./measure/lab.ts'),
  },
  {
    id: 'rate',
    title: 'Which explanation convinces people?',
    summary: 'A small blinded study in this browser: people rate the maps of several methods, and the lab says whether they agree.',
    poster: ratePoster,
    tag: 'vt-rate-lab',
    load: () => import('./rate/lab.ts'),
  },
  {
    id: 'autoencoder',
    title: 'Squeeze an image into a few numbers',
    summary:
      'Train autoencoders with 2, 5 and 32 numbers side by side, drag over the map of their codes, and see why random codes fail.',
    poster: autoencoderPoster,
    tag: 'vt-autoencoder-lab',
    load: () => import('./autoencoder/lab.ts'),
  },
  {
    id: 'vae',
    title: 'Images in a few numbers',
    summary: 'A variational autoencoder: the two parts of its loss, the plane of its codes, and what each number comes to mean.',
    poster: vaePoster,
    tag: 'vt-vae-lab',
    load: () => import('./vae/lab.ts'),
  },
  {
    id: 'gan',
    title: 'Two networks, one forger',
    summary: 'A generator and a discriminator on points of the plane: every step, every loss, and every famous way to fail.',
    poster: ganPoster,
    tag: 'vt-gan-lab',
    load: () => import('./gan/lab.ts'),
  },
  {
    id: 'image-gan',
    title: 'Images from noise',
    summary:
      'Two convolutional networks play against each other until noise becomes digits; see how good they are, and how it fails.',
    poster: imageGanPoster,
    tag: 'vt-image-gan-lab',
    load: () => import('./image-gan/lab.ts'),
  },
  {
    id: 'speed',
    title: 'How fast is this device?',
    summary:
      'A short benchmark of this CPU and GPU, what share of its limit the code reaches, and why the wider one may be slower.',
    poster: speedPoster,
    tag: 'vt-speed-lab',
    load: () => import('./speed/lab.ts'),
  },
];

export const labOf = (id: string): LabEntry | undefined => LABS.find((lab) => lab.id === id);
