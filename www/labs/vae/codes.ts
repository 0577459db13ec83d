/** Where the encoder puts held-out images, by class: their means on the two latents of the plane, in units of the prior. */
import { css, html } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { classKey, drawMarks, keyStyles } from '../../ui/class-marks.ts';
import { toCsv } from '../../ui/csv.ts';
import { saveButtons, saveStyles } from '../../ui/save-buttons.ts';
import { placeOf } from '../../ui/scatter.ts';
import { controls, resolveColor, THEME_EVENT } from '../../ui/theme.ts';
import { Panel } from './panel.ts';

/** The map shows −REACH…REACH: codes further out are drawn at its rim. */
const REACH = 3.2;
const WINDOW = { low: [-REACH, -REACH], high: [REACH, REACH] } as const;

@customElement('vt-vae-codes')
export class Codes extends Panel {
  @query('canvas') private canvas?: HTMLCanvasElement;
  private readonly resized = new ResizeObserver(() => this.draw());
  private readonly systemTheme = matchMedia('(prefers-color-scheme: dark)');
  private readonly redraw = () => this.draw();

  static override styles = [
    controls,
    saveStyles,
    keyStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      canvas {
        display: block;
        width: 100%;
        max-width: 420px;
        aspect-ratio: 1;
        border: 1px solid var(--hairline);
        border-radius: 3px;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.addEventListener('change', this.redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    window.removeEventListener(THEME_EVENT, this.redraw);
    this.systemTheme.removeEventListener('change', this.redraw);
  }

  protected override updated(): void {
    if (this.canvas) this.resized.observe(this.canvas);
    this.draw();
  }

  /** Means and deviations on the two latents of the plane, an image each. */
  private codes(): { mean: [number, number]; deviation: [number, number]; label: number }[] {
    const { pupil, live, plane, settings } = this.trial;
    if (!pupil?.look || !live) return [];
    const { codes, deviations } = pupil.look;
    const pick = (values: Float32Array, i: number): [number, number] => [
      values[i * settings.latent + plane[0]] ?? 0,
      values[i * settings.latent + plane[1]] ?? 0,
    ];
    return Array.from({ length: codes.length / settings.latent }, (_, i) => ({
      mean: pick(codes, i),
      deviation: pick(deviations, i),
      label: live.labels[i] ?? 0,
    }));
  }

  private draw(): void {
    const { canvas } = this;
    const { live, settings } = this.trial;
    const context = canvas?.getContext('2d');
    const side = canvas?.clientWidth ?? 0;
    if (!canvas || !context || side === 0 || !live) return;
    const density = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(side * density)) canvas.width = canvas.height = Math.round(side * density);
    context.setTransform(density, 0, 0, density, 0, 0);
    const ground = resolveColor(this, '--paper-raised');
    context.fillStyle = ground;
    context.fillRect(0, 0, side, side);
    const unit = side / (2 * REACH);
    context.strokeStyle = resolveColor(this, '--hairline');
    context.fillStyle = resolveColor(this, '--ink-soft');
    context.font = '12px system-ui, sans-serif';
    context.textBaseline = 'alphabetic';
    context.textAlign = 'center';
    for (const radius of [1, 2, 3]) {
      context.beginPath();
      context.arc(side / 2, side / 2, radius * unit, 0, 2 * Math.PI);
      context.stroke();
      context.fillText(`${radius}`, side / 2, side / 2 - radius * unit + 13);
    }
    const codes = this.codes();
    const rim = (value: number) => Math.min(Math.max(value, 6), side - 6);
    const places = codes.map(({ mean }) => {
      const [x, y] = placeOf(WINDOW, mean);
      return [rim(x * side), rim(y * side)] as const;
    });
    drawMarks(
      context,
      places,
      codes.map(({ label }) => label),
      live.dataset.info.classes,
      ground,
    );
    const chosen = Math.min(settings.image, codes.length - 1);
    const [code, place] = [codes[chosen], places[chosen]];
    if (!code || !place) return;
    context.strokeStyle = resolveColor(this, '--ink');
    context.lineWidth = 2;
    context.beginPath();
    context.ellipse(
      place[0],
      place[1],
      Math.max(code.deviation[0] * unit, 2),
      Math.max(code.deviation[1] * unit, 2),
      0,
      0,
      2 * Math.PI,
    );
    context.stroke();
  }

  private csv(): string {
    const classes = this.trial.live?.dataset.info.classes ?? [];
    const [first, second] = this.trial.plane.map((latent) => `z${latent + 1}`);
    return toCsv(
      ['held-out image', 'class', `mean of ${first}`, `mean of ${second}`, `deviation of ${first}`, `deviation of ${second}`],
      this.codes().map(({ mean, deviation, label }, i) => [i + 1, classes[label] ?? label, ...mean, ...deviation]),
    );
  }

  protected override render() {
    const { pupil, live, plane, settings } = this.trial;
    if (!pupil?.look || !live || settings.latent < 2) return null;
    const { classes } = live.dataset.info;
    const axes = plane.map((latent) => `z${latent + 1}`);
    return html`<section class="stack" aria-label="Codes by class">
      <h3>Where the images lie</h3>
      <p class="soft">
        The mean codes of ${live.labels.length} held-out images, ${axes[0]} to the right and ${axes[1]} upwards, each by its class;
        the network was not told any. The ellipse is the error bar of image ${settings.image + 1}, the rings are 1, 2 and 3
        deviations of the prior.
      </p>
      <canvas
        role="img"
        aria-label="Codes of ${live.labels.length} held-out images of ${classes.length} classes on ${axes.join(' and ')}"
      ></canvas>
      ${classKey(classes)} ${saveButtons({ label: 'Codes', file: 'vae-codes', png: () => this.canvas!, csv: () => this.csv() })}
    </section>`;
  }
}
