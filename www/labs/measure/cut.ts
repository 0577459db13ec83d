/** Before anything is measured: cut a map by hand and watch its overlap with the object. */
import { css, html, LitElement } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { slider } from '../../ui/fields.ts';
import '../../ui/picture.ts';
import { controls } from '../../ui/theme.ts';
import { cut, IMAGE, MAP, OBJECT, overlap, selection, WHOLE_MAP } from './demo.ts';

@customElement('vt-measure-cut')
export class Cut extends LitElement {
  @state() private share = 0.5;

  static override styles = [
    controls,
    css`
      :host {
        display: grid;
        gap: 14px;
        align-content: start;
      }
      .three {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 12px;
        max-width: 520px;
      }
    `,
  ];

  protected override render() {
    const chosen = cut(MAP, this.share);
    return html`<p>
        A map is easy to like and hard to judge. Here the true place of the object is known, so a map can be checked: cut it at some
        share of its maximum, and compare what remains with the object.
      </p>
      <div class="three">
        <figure>
          <vt-picture .picture=${IMAGE} label="An image: a disc"></vt-picture>
          <figcaption class="soft">the object</figcaption>
        </figure>
        <figure>
          <vt-picture .picture=${IMAGE} .map=${WHOLE_MAP} .opacity=${0.75} label="A map that misses it a little"></vt-picture>
          <figcaption class="soft">a map</figcaption>
        </figure>
        <figure>
          <vt-picture .picture=${IMAGE} .map=${selection(chosen)} .opacity=${0.6} label="What remains of the map"></vt-picture>
          <figcaption class="soft">what remains</figcaption>
        </figure>
      </div>
      ${slider({
        label: 'Cut at this share of the maximum',
        value: this.share,
        min: 0,
        max: 1,
        step: 0.05,
        live: true,
        onChange: (share) => (this.share = share),
      })}
      <p role="status">
        Intersection over union: <strong>${overlap(chosen, OBJECT).toFixed(2)}</strong>. No cut is right by itself, so the protocol
        takes the mean over nine.
      </p>`;
  }
}
