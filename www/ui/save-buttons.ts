/** The two buttons that save what is shown: as a picture, and as the numbers behind it. */
import { css, html, type TemplateResult } from 'lit';
import { save } from './csv.ts';

export interface Saved {
  /** What is saved, as the buttons' names begin. */
  label: string;
  /** Name of the files, without ending. */
  file: string;
  disabled?: boolean;
  png: () => HTMLCanvasElement;
  csv: () => string;
}

export function saveButtons({ label, file, disabled = false, png, csv }: Saved): TemplateResult {
  return html`<span class="save">
    <button
      type="button"
      class="plain"
      ?disabled=${disabled}
      aria-label="${label}: save as PNG"
      @click=${() => png().toBlob((blob) => blob && save(`${file}.png`, blob))}
    >
      PNG
    </button>
    <button
      type="button"
      class="plain"
      ?disabled=${disabled}
      aria-label="${label}: save as CSV"
      @click=${() => save(`${file}.csv`, new Blob([csv()], { type: 'text/csv' }))}
    >
      CSV
    </button>
  </span>`;
}

export const saveStyles = css`
  .save {
    flex: none;
    justify-self: end;
    white-space: nowrap;
  }
  .save button {
    font-size: 0.8rem;
    min-height: 26px;
    padding: 2px 4px;
    color: var(--ink-soft);
  }
`;
