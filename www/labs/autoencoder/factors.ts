/** Any matrix by gradient descent (COURSE N10): X ≈ AB from random A and B, against the truncated singular value decomposition. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Factorisation } from '../../engine/types.ts';
import { slider } from '../../ui/fields.ts';
import { count } from '../../ui/format.ts';
import '../../ui/formula.ts';
import '../../ui/plot.ts';
import { controls } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

interface Found extends Factorisation {
  rank: number;
  rows: number;
  columns: number;
}

@customElement('vt-autoencoder-factors')
export class Factors extends Panel {
  @state() private rank = 5;
  @state() private found: Found | null = null;
  @state() private working = false;

  static override styles = [
    controls,
    css`
      :host {
        display: block;
        min-width: 0;
      }
    `,
  ];

  private get most(): number {
    const { held } = this.coding;
    return held ? Math.min(32, held.labels.length, held.size) : 1;
  }

  private async factorise(): Promise<void> {
    const { coding } = this;
    const { pixels, labels, size } = coding.held!;
    const rank = Math.min(this.rank, this.most);
    this.working = true;
    try {
      const seed = coding.settings.seed;
      const found = await coding.engine.factorise(pixels, [labels.length, size], rank, { steps: 1500, seed });
      this.found = { ...found, rank, rows: labels.length, columns: size };
      coding.clear('inside');
    } catch (error) {
      coding.report('inside', error);
    } finally {
      this.working = false;
    }
  }

  private result({ steps, losses, best, rank, rows, columns }: Found) {
    const last = losses[losses.length - 1];
    const reached = `\\|X-AB\\|_F^2=${last.toFixed(3)}`;
    const least = `\\sum_{i>${rank}}\\sigma_i^2=${best.toFixed(3)}`;
    return html`<vt-plot
        heading="Loss of the factorisation"
        file="autoencoder-factorisation"
        log
        .lines=${[
          { label: 'gradient descent', color: '--ink' },
          { label: 'truncated SVD', color: '--orange', dashed: true },
        ]}
        .data=${{ x: [...steps], y: [[...losses], steps.map(() => best)] }}
      ></vt-plot>
      <vt-formula .tex=${reached}></vt-formula>
      <vt-formula .tex=${least}></vt-formula>
      <p class="soft">
        X: ${count(rows)} held-out images of ${count(columns)} values, rank ${rank}. After ${count(steps[steps.length - 1])} steps
        from a random start the loss is ${(last / best).toFixed(4)} times the least possible one, although it is not convex in A and
        B together.
      </p>`;
  }

  protected override render() {
    const { coding } = this;
    if (!coding.held) return null;
    return html`<section class="stack" aria-label="Factorisation">
      <h3>A matrix by gradient descent</h3>
      <p class="soft">The same without a network: find A and B with X ≈ AB, no data but the held-out images as rows of X.</p>
      ${slider({
        label: 'Rank',
        value: Math.min(this.rank, this.most),
        min: 1,
        max: this.most,
        onChange: (rank) => (this.rank = Math.round(rank)),
      })}
      <div class="row">
        <button ?disabled=${this.working || coding.playing || coding.busy} @click=${() => this.factorise()}>
          ${this.working ? 'Factorising …' : 'Factorise'}
        </button>
      </div>
      ${this.found ? this.result(this.found) : null}
    </section>`;
  }
}
