/** For labs in which training is only the way to something else: one button that trains enough, and how it goes. */
import { html, type TemplateResult } from 'lit';
import { problemNote, progress } from '../../ui/fields.ts';
import { brief, count, percent } from '../../ui/format.ts';
import type { Session } from './session.ts';
import type { RunSettings } from './settings.ts';

/** Offers `epochs` epochs of training. */
export function trainCard<S extends RunSettings>(session: Session<S>, epochs: number): TemplateResult {
  const { divergence, problems, playing } = session;
  return html`<div class="stack" role="group" aria-label="Training of the network">
    ${divergence ? diverged(session) : playing && Number.isFinite(session.goal) ? underWay(session) : standing(session, epochs)}
    ${problemNote(problems.training)}
  </div>`;
}

function standing<S extends RunSettings>(session: Session<S>, epochs: number): TemplateResult {
  const { live, evaluation, busy, playing, settings } = session;
  const step = live?.trainer.step ?? 0;
  const isOver = settings.schedule === 'cosine' && step >= settings.every;
  const recognised = evaluation
    ? `It recognises ${percent(evaluation.accuracy)} of ${count(evaluation.labels.length)} images that it has never seen.`
    : '';
  return html`<p>${!live ? 'It is being made …' : step === 0 ? 'Its weights are still random: it can only guess.' : recognised}</p>
    ${
      isOver
        ? null
        : html`<div class="row">
            <button
              class=${step === 0 ? 'primary' : ''}
              ?disabled=${busy || playing || !live}
              @click=${() => session.epochs(epochs)}
            >
              ${step === 0 ? 'Train it' : 'Train on'}: ${epochs} epochs
            </button>
          </div>`
    }`;
}

function underWay<S extends RunSettings>(session: Session<S>): TemplateResult {
  const { live, goal, rate, history, evaluation, evaluatedAt } = session;
  const step = live?.trainer.step ?? 0;
  const seconds = rate > 0 ? Math.ceil((goal - step) / rate) : null;
  const parts = [
    `epoch ${Math.floor(step / (live?.trainer.stepsPerEpoch ?? 1)) + 1}`,
    ...(history.last ? [`loss ${brief(history.last.loss)}`] : []),
    ...(evaluation && evaluatedAt > 0 ? [`${percent(evaluation.accuracy, 0)} recognised so far`] : []),
    ...(seconds === null ? [] : [`about ${count(seconds)} s left`]),
  ];
  return html`${progress('Training', step / goal, () => session.pause())}
    <p class="soft number">${parts.join(' · ')}</p>`;
}

function diverged<S extends RunSettings>(session: Session<S>): TemplateResult {
  const { divergence } = session;
  return html`<p class="problem" role="alert">${divergence?.message}</p>
    <div class="row">
      <button @click=${() => session.retrySlower()}>
        Start again with learning rate ${brief(divergence?.suggestedLearningRate ?? 0)}
      </button>
    </div>`;
}
