/** The layer list: change, add, remove, move. What is wrong with a layer stands under that layer. */
import { css, html } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Layer } from '../../engine/types.ts';
import { problemNote } from '../../ui/fields.ts';
import { count, shapeText } from '../../ui/format.ts';
import { controls } from '../../ui/theme.ts';
import { kindOf, LAYER_KINDS, MOST_LAYERS, newLayer, parseSetting, settingOf, withSetting, type Setting } from '../run/layers.ts';
import { Panel } from './panel.ts';

@customElement('vt-cnn-layers')
export class LayerEditor extends Panel {
  @state() private open = -1;
  @state() private adding: Layer['type'] = 'conv';

  static override styles = [
    controls,
    css`
      ol {
        list-style: none;
        border-top: 1px solid var(--hairline);
      }
      li {
        border-bottom: 1px solid var(--hairline);
      }
      .head {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 58px 70px;
        align-items: baseline;
        gap: 8px;
        width: 100%;
        border: 0;
        border-radius: 0;
        background: none;
        padding: 4px 2px;
        text-align: left;
        white-space: normal;
        line-height: 1.35;
      }
      .head .shape,
      .head .count {
        font-size: 0.8rem;
        color: var(--ink-soft);
        text-align: right;
      }
      .wrong .title::before {
        content: '✗ ';
        color: var(--alert);
      }
      .detail {
        display: grid;
        gap: 8px;
        padding: 4px 2px 10px;
      }
      .settings {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(88px, 1fr));
        gap: 8px;
        align-items: end;
      }
      .settings input[type='number'],
      .settings select {
        width: 100%;
        padding: 3px 6px;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 58px 70px;
        gap: 8px;
        font-size: 0.8rem;
        color: var(--ink-soft);
        padding: 0 2px 2px;
        text-align: right;
      }
      .columns :first-child {
        text-align: left;
      }
      .total {
        margin-top: 10px;
      }
      .add {
        margin-top: 10px;
        flex-wrap: nowrap;
      }
      .add select {
        flex: 1;
        min-width: 0;
      }
      .problem {
        margin: 0 2px 8px;
      }
    `,
  ];

  private get layers(): Layer[] {
    return this.session.draft;
  }

  private commit(layers: Layer[]): void {
    void this.session.editLayers(layers);
  }

  private change(index: number, setting: Setting, text: string): void {
    const value = parseSetting(setting, text);
    if (value === undefined) this.requestUpdate();
    else this.commit(this.layers.map((layer, i) => (i === index ? withSetting(layer, setting.key, value) : layer)));
  }

  private async move(index: number, by: number): Promise<void> {
    const layers = [...this.layers];
    const [layer] = layers.splice(index, 1);
    layers.splice(index + by, 0, layer);
    this.open = index + by;
    this.commit(layers);
    await this.updateComplete;
    this.renderRoot.querySelectorAll<HTMLElement>('.head')[this.open]?.focus();
  }

  private drop(index: number): void {
    this.open = -1;
    this.commit(this.layers.filter((_, i) => i !== index));
  }

  /** After the open layer, else before the last one, which gives the classes. */
  private add(): void {
    const at = this.open >= 0 ? this.open + 1 : Math.max(this.layers.length - 1, 0);
    this.open = at;
    this.commit([...this.layers.slice(0, at), newLayer(this.adding), ...this.layers.slice(at)]);
  }

  private control(layer: Layer, index: number, setting: Setting) {
    const value = settingOf(layer, setting);
    const id = `${index}-${setting.key}`;
    const change = (event: Event) => this.change(index, setting, (event.target as HTMLInputElement).value);
    if (typeof setting.initial === 'boolean') {
      return html`<label class="row">
        <input
          type="checkbox"
          .checked=${Boolean(value)}
          @change=${(event: Event) => this.change(index, setting, (event.target as HTMLInputElement).checked ? '1' : '0')}
        />${setting.label}
      </label>`;
    }
    if (setting.names) {
      const numbers = setting.max === undefined ? [] : Array.from({ length: setting.max + 1 }, (_, i) => String(i));
      return html`<div class="field">
        <label for=${id}>${setting.label}</label>
        <select id=${id} @change=${change}>
          ${[...setting.names, ...numbers].map((text) => html`<option .selected=${text === String(value)}>${text}</option>`)}
        </select>
      </div>`;
    }
    return html`<div class="field">
      <label for=${id}>${setting.label}</label>
      <input
        id=${id}
        type="number"
        min=${setting.min ?? 0}
        max=${setting.max ?? 1}
        step=${setting.step ?? 1}
        .value=${String(value)}
        @change=${change}
      />
    </div>`;
  }

  private summaryText(layer: Layer): string {
    const settings = kindOf(layer).settings;
    const [first, second] = settings.map((setting) => settingOf(layer, setting));
    switch (layer.type) {
      case 'conv':
        return `Convolution ${second}×${second}, ${first}`;
      case 'activation':
        return String(first);
      case 'max-pool':
      case 'avg-pool':
        return `${kindOf(layer).title} ${first}×${first}`;
      case 'dropout':
      case 'residual':
      case 'dense':
        return `${kindOf(layer).title} ${first}`;
      default:
        return kindOf(layer).title;
    }
  }

  private entry(layer: Layer, index: number) {
    const { layerProblem, draftSummary } = this.session;
    const isWrong = layerProblem?.layer === index;
    const info = draftSummary?.layers[index];
    const isOpen = this.open === index;
    return html`<li class=${isWrong ? 'wrong' : ''}>
      <button class="head" aria-expanded=${isOpen} @click=${() => (this.open = isOpen ? -1 : index)}>
        <span class="title">${this.summaryText(layer)}</span>
        <span class="shape">${info ? shapeText(info.shape) : '–'}</span>
        <span class="count">${info ? count(info.parameters) : '–'}</span>
      </button>
      ${isWrong ? problemNote(layerProblem.message) : null}
      ${
        isOpen
          ? html`<div class="detail">
              ${
                kindOf(layer).settings.length > 0
                  ? html`<div class="settings">
                      ${kindOf(layer).settings.map((setting) => this.control(layer, index, setting))}
                    </div>`
                  : html`<p class="soft">Nothing to set.</p>`
              }
              <div class="row">
                <button ?disabled=${index === 0} @click=${() => this.move(index, -1)}>↑ Earlier</button>
                <button ?disabled=${index === this.layers.length - 1} @click=${() => this.move(index, 1)}>↓ Later</button>
                <button @click=${() => this.drop(index)}>Remove</button>
              </div>
            </div>`
          : null
      }
    </li>`;
  }

  protected override render() {
    const { layerProblem, draftSummary } = this.session;
    return html`<div class="columns" aria-hidden="true"><span>layer</span><span>output</span><span>parameters</span></div>
      <ol>
        ${this.layers.map((layer, index) => this.entry(layer, index))}
      </ol>
      ${layerProblem && layerProblem.layer === null ? problemNote(layerProblem.message) : null}
      ${layerProblem && this.session.live ? html`<p class="soft">Until this is mended, the last network that worked stays in use.</p>` : null}
      <div class="row add">
        <select
          aria-label="Kind of layer to add"
          @change=${(event: Event) => (this.adding = (event.target as HTMLSelectElement).value as Layer['type'])}
        >
          ${LAYER_KINDS.map((kind) => html`<option value=${kind.type} .selected=${kind.type === this.adding}>${kind.title}</option>`)}
        </select>
        <button ?disabled=${this.layers.length >= MOST_LAYERS} @click=${this.add}>Add layer</button>
      </div>
      ${
        draftSummary && !layerProblem
          ? html`<p class="soft total">
              ${count(draftSummary.parameters)} parameters, ${count(draftSummary.macs)} multiply–adds for one image.
            </p>`
          : null
      }`;
  }
}
