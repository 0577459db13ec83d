/** Files, dropped or picked. Fires `files` with `{ name, bytes }[]`. Nothing leaves the page. */
import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controls } from './theme.ts';

export interface DroppedFile {
  name: string;
  bytes: Uint8Array;
}

/** More would not fit beside the network in a phone's memory. */
const MOST_BYTES = 256 * 2 ** 20;

@customElement('vt-file-drop')
export class FileDrop extends LitElement {
  @property() label = 'Drop files here, or choose';
  @property() accept = '';
  @property() hint = '';
  @state() private over = false;
  @state() private problem = '';

  static override styles = [
    controls,
    css`
      :host {
        display: block;
      }
      .zone {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 6px;
        border: 1px dashed var(--outline);
        border-radius: var(--radius);
        padding: 12px;
        justify-items: start;
      }
      .zone.over {
        border-style: solid;
        background: var(--paper-sunken);
      }
      input {
        max-width: 100%;
      }
      label {
        font-size: 0.87rem;
      }
    `,
  ];

  private async take(list: FileList | null | undefined): Promise<void> {
    this.over = false;
    this.problem = '';
    const files = [...(list ?? [])];
    if (files.length === 0) return;
    if (files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES) {
      this.problem = 'These files are larger than 256 MiB together. Choose a smaller set.';
      return;
    }
    try {
      const read = await Promise.all(
        files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
      );
      this.dispatchEvent(new CustomEvent<DroppedFile[]>('files', { detail: read }));
    } catch {
      this.problem = 'The browser could not read these files. Were they moved or deleted?';
    }
  }

  protected override render() {
    return html`<div
      class="zone ${this.over ? 'over' : ''}"
      @dragover=${(event: DragEvent) => {
        event.preventDefault();
        this.over = true;
      }}
      @dragleave=${() => (this.over = false)}
      @drop=${(event: DragEvent) => {
        event.preventDefault();
        void this.take(event.dataTransfer?.files);
      }}
    >
      <label for="input">${this.label}</label>
      <input
        id="input"
        type="file"
        multiple
        accept=${this.accept}
        @change=${(event: Event) => {
          const input = event.target as HTMLInputElement;
          void this.take(input.files).then(() => (input.value = ''));
        }}
      />
      ${this.hint ? html`<p class="soft">${this.hint}</p>` : null}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : null}
    </div>`;
  }
}
