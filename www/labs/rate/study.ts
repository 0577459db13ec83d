/**
 * One study: some images that the network recognises, the map of every chosen method for each of them, and the people who rate them one
 * after the other without knowing which map is whose. Ratings stay in this browser; nothing is sent anywhere.
 */
import type { Engine } from '../../engine/client.ts';
import type { Live, Session } from '../run/session.ts';
import { encode } from '../../ui/state.ts';
import { Watched } from '../../ui/signal.ts';
import { ask, methodsOf, type ExplainMethodInfo } from '../run/ask.ts';
import { spread } from '../run/confusion.ts';
import { imageOf } from '../run/maps.ts';
import { blindedOrder, CRITERION_IDS, parseRatings, withRatings, type Criterion, type Rating } from './ratings.ts';
import { SCHEMA, type Settings } from './settings.ts';

const STORED_AS = 'vitrine-ratings';

export interface Page {
  /** Of the validation images. */
  image: number;
  pixels: Float32Array;
  answer: number;
  /** One map per method of the study, in the order in which this rater meets them. */
  maps: readonly { method: ExplainMethodInfo; map: Float32Array }[];
}

/** Marks that a rater has given so far on the page in view, by method. */
export type Draft = Partial<Record<Criterion, number>>;

export class Study extends Watched {
  readonly session: Session<Settings>;
  /** All methods of the engine. */
  all: readonly ExplainMethodInfo[] = [];
  ratings: readonly Rating[];
  /** Where the ratings could not be kept: why. */
  problem = '';
  rater = '';
  pages: readonly Page[] = [];
  /** Index of the page in view; at `pages.length` the rater has finished. */
  position = 0;
  drafts: Readonly<Record<string, Draft>> = {};
  /** Method of the best map of the page in view. */
  best = '';
  preparing = false;
  /** The study that `pages` belong to. */
  #key = '';

  constructor(session: Session<Settings>) {
    super();
    this.session = session;
    this.ratings = this.#load();
    session.watch(() => this.#follow());
  }

  get methods(): ExplainMethodInfo[] {
    return this.all.filter(({ id }) => this.session.settings.methods.includes(id));
  }

  /** Network, training, images and methods. */
  get key(): string {
    return `${encode(SCHEMA, this.session.settings)}&step=${this.session.live?.trainer.step ?? 0}`;
  }

  /** Ratings of this study. */
  get own(): Rating[] {
    const { key } = this;
    return this.ratings.filter(({ study }) => study === key);
  }

  get page(): Page | null {
    return this.pages[this.position] ?? null;
  }

  /** Somebody is in the middle of it: the results stay hidden. */
  get underWay(): boolean {
    return this.page !== null;
  }

  /** Another network or other methods: the pages in view are of no use any more. */
  #follow(): void {
    if (this.session.live && this.all.length === 0) void this.#list(this.session.engine);
    if (this.pages.length > 0 && this.key !== this.#key) {
      this.pages = [];
      this.changed();
    }
  }

  async #list(engine: Engine): Promise<void> {
    try {
      this.all = await methodsOf(engine);
      this.changed();
    } catch (error) {
      this.session.report('inside', error);
    }
  }

  /** Makes all maps and shows `rater` the first page that this rater has not rated. */
  async begin(rater: string): Promise<void> {
    const { session } = this;
    const { live, evaluation } = session;
    if (!live || !evaluation || this.preparing) return;
    this.preparing = true;
    this.rater = rater;
    this.changed();
    try {
      const { key } = this;
      const pages = await this.#makePages(live, spread(evaluation).slice(0, session.settings.images), rater);
      if (key === this.key) {
        this.#key = key;
        this.pages = pages;
        const done = new Set(this.own.filter((rating) => rating.rater === rater).map(({ image }) => image));
        const next = pages.findIndex(({ image }) => !done.has(image));
        this.#open(next < 0 ? 0 : next);
      }
      session.clear('inside');
    } catch (error) {
      session.report('inside', error);
    }
    this.preparing = false;
    this.changed();
  }

  async #makePages(live: Live, images: number[], rater: string): Promise<Page[]> {
    const { pixels, labels } = await live.dataset.images('validation', images);
    const { methods } = this;
    const maps = new Map<string, Float32Array>();
    for (const method of methods) maps.set(method.id, (await ask(live.model, method, pixels, [...labels])).maps);
    const [channels, height, width] = live.dataset.info.shape;
    const plane = height * width;
    return images.map((image, i) => {
      const order = blindedOrder(
        methods.map(({ id }) => id),
        this.key,
        rater,
        image,
      );
      const inOrder = order.flatMap((id) => methods.filter((method) => method.id === id));
      return {
        image,
        pixels: imageOf(pixels, i, channels * plane),
        answer: labels[i],
        maps: inOrder.map((method) => ({ method, map: imageOf(maps.get(method.id) ?? new Float32Array(), i, plane) })),
      };
    });
  }

  #open(position: number): void {
    this.position = position;
    const image = this.page?.image;
    const earlier = this.own.filter((rating) => rating.rater === this.rater && rating.image === image);
    this.drafts = Object.fromEntries(earlier.map((rating) => [rating.method, rating]));
    this.best = earlier.find(({ best }) => best)?.method ?? '';
    this.changed();
  }

  mark(method: string, criterion: Criterion, value: number): void {
    this.drafts = { ...this.drafts, [method]: { ...this.drafts[method], [criterion]: value } };
    this.changed();
  }

  chooseBest(method: string): void {
    this.best = method;
    this.changed();
  }

  /** How many marks the page in view still needs. */
  get missing(): number {
    const marks = this.page?.maps.flatMap(({ method }) => CRITERION_IDS.map((id) => this.drafts[method.id]?.[id])) ?? [];
    return marks.filter((mark) => mark === undefined).length + (this.best === '' ? 1 : 0);
  }

  /** Keeps the marks of the page in view and goes on. */
  next(): void {
    const { page, drafts, best, rater, key } = this;
    if (!page || this.missing > 0) return;
    const marks = page.maps.map(({ method }): Rating => {
      const { coherence = 0, completeness = 0, precision = 0 } = drafts[method.id] ?? {};
      const isBest = method.id === best;
      return { study: key, rater, image: page.image, method: method.id, coherence, completeness, precision, best: isBest };
    });
    this.#keep(withRatings(this.ratings, marks));
    this.#open(this.position + 1);
  }

  back(): void {
    if (this.position > 0) this.#open(this.position - 1);
  }

  /** Forgets all ratings of this study. */
  forget(): void {
    const { key } = this;
    this.#keep(this.ratings.filter(({ study }) => study !== key));
    this.pages = [];
    this.changed();
  }

  #load(): Rating[] {
    try {
      return parseRatings(localStorage.getItem(STORED_AS));
    } catch {
      return [];
    }
  }

  /** A frame may be without storage, and storage may be full: the ratings then live as long as the page. */
  #keep(ratings: readonly Rating[]): void {
    this.ratings = ratings;
    try {
      localStorage.setItem(STORED_AS, JSON.stringify(ratings));
      this.problem = '';
    } catch {
      this.problem = 'This browser does not keep the ratings. They last until the page is closed: save them as CSV.';
    }
  }
}
