/** One method's answer about the image in view, asked for again whenever the question or its settings change. */
import { EngineError } from '../../engine/client.ts';
import type { Explanation } from '../../engine/types.ts';
import { Watched } from '../../ui/signal.ts';
import { ask, type ExplainMethodInfo } from '../run/ask.ts';
import type { Comparison, Subject } from './comparison.ts';

export interface Found {
  subject: Subject;
  explanation: Explanation;
}

export class Asked extends Watched {
  found: Found | null = null;
  problem = '';
  #key = '';

  /** Asks `id` unless it knows the answer. */
  update(comparison: Comparison, id: ExplainMethodInfo['id']): void {
    const { session, subjects, all, methodSettings } = comparison;
    const { live } = session;
    const method = all.find((each) => each.id === id);
    const subject = subjects[0];
    if (!live || !method || !subject || session.playing || session.busy) return;
    const { index, asked, logits } = subject;
    const key = JSON.stringify([index, asked, logits[asked], methodSettings]);
    if (key === this.#key) return;
    this.#key = key;
    ask(live.model, method, subject.pixels, [asked], methodSettings)
      .then((explanation) => {
        if (key !== this.#key) return;
        this.found = { subject, explanation };
        this.problem = '';
      })
      .catch((error: unknown) => (this.problem = EngineError.from(error).message))
      .finally(() => this.changed());
  }
}
