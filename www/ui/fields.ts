/** Labelled controls as templates. Each shows its own problem, if it has one, right under itself. */
import { html, nothing, type TemplateResult } from 'lit';

let last = 0;
/** Ids are per shadow root, but one counter for the page is simplest. */
const identifiers = new Map<string, string>();
function idOf(key: string): string {
  let id = identifiers.get(key);
  if (!id) identifiers.set(key, (id = `field-${++last}`));
  return id;
}

export function problemNote(message: string | null | undefined): TemplateResult | typeof nothing {
  return message ? html`<p class="problem" role="alert">${message}</p>` : nothing;
}

interface Common {
  label: string;
  problem?: string | null | undefined;
  disabled?: boolean;
}

interface NumberField extends Common {
  value: number;
  min: number;
  max: number;
  step?: number;
  /** The slider moves in powers of ten; the box shows the plain number. */
  logarithmic?: boolean;
  onChange: (value: number) => void;
  /** While the slider moves; else only its resting place counts. */
  live?: boolean;
}

/** A slider with its number box. */
export function slider(field: NumberField): TemplateResult {
  const { label, value, min, max, step = 1, logarithmic = false } = field;
  const id = idOf(`slider ${label}`);
  const toTrack = (number: number) => (logarithmic ? Math.log10(number) : number);
  const fromTrack = (position: number) => (logarithmic ? Number((10 ** position).toPrecision(2)) : position);
  const slide = (event: Event) => field.onChange(fromTrack((event.target as HTMLInputElement).valueAsNumber));
  const type = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const number = input.valueAsNumber;
    if (Number.isNaN(number)) input.value = String(value);
    else field.onChange(Math.min(Math.max(number, min), max));
  };
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="slider">
      <input
        type="range"
        aria-label="${label}, slider"
        min=${toTrack(min)}
        max=${toTrack(max)}
        step=${logarithmic ? 'any' : step}
        .value=${String(toTrack(value))}
        ?disabled=${field.disabled}
        @input=${field.live ? slide : nothing}
        @change=${slide}
      />
      <input
        id=${id}
        type="number"
        min=${min}
        max=${max}
        step=${logarithmic ? 'any' : step}
        .value=${String(value)}
        ?disabled=${field.disabled}
        @change=${type}
      />
    </div>
    ${problemNote(field.problem)}
  </div>`;
}

interface ChoiceField<T extends string> extends Common {
  value: T;
  options: readonly (readonly [value: T, text: string])[];
  onChange: (value: T) => void;
}

/** One of a list. */
export function choose<T extends string>(field: ChoiceField<T>): TemplateResult {
  const id = idOf(`choice ${field.label}`);
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    <select
      id=${id}
      ?disabled=${field.disabled}
      @change=${(event: Event) => field.onChange((event.target as HTMLSelectElement).value as T)}
    >
      ${field.options.map(([value, text]) => html`<option value=${value} .selected=${value === field.value}>${text}</option>`)}
    </select>
    ${problemNote(field.problem)}
  </div>`;
}

/** One of a few, all in view. */
export function segmented<T extends string>(field: ChoiceField<T>): TemplateResult {
  return html`<div class="field">
    <span class="label" id=${idOf(`segmented ${field.label}`)}>${field.label}</span>
    <div class="row segmented" role="group" aria-labelledby=${idOf(`segmented ${field.label}`)}>
      ${field.options.map(
        ([value, text]) =>
          html`<button
            type="button"
            aria-pressed=${value === field.value}
            ?disabled=${field.disabled}
            @click=${() => field.onChange(value)}
          >
            ${text}
          </button>`,
      )}
    </div>
    ${problemNote(field.problem)}
  </div>`;
}

interface CheckField extends Common {
  value: boolean;
  onChange: (value: boolean) => void;
}

export function check(field: CheckField): TemplateResult {
  return html`<label class="row check">
    <input
      type="checkbox"
      .checked=${field.value}
      ?disabled=${field.disabled}
      @change=${(event: Event) => field.onChange((event.target as HTMLInputElement).checked)}
    />
    <span>${field.label}</span>
  </label>`;
}

/** Details that most readers may skip. */
export function disclosure(title: unknown, content: unknown, open = false): TemplateResult {
  return html`<details ?open=${open}>
    <summary>${title}</summary>
    <div class="stack inside">${content}</div>
  </details>`;
}

/** Long work: how far it is, and a way to stop it. */
export function progress(label: string, share: number, stop: () => void): TemplateResult {
  return html`<div class="row">
    <progress aria-label=${label} max="1" .value=${share}></progress>
    <span class="soft number">${Math.round(share * 100)} %</span>
    <button type="button" @click=${stop}>Stop</button>
  </div>`;
}
