/** A Lit directive for computed styles that obeys `style-src 'self'`: Lit's `styleMap` writes a style attribute first, this never does. */
import { noChange } from 'lit';
import { directive, Directive, PartType, type ElementPart, type PartInfo } from 'lit/directive.js';

class Styles extends Directive {
  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('styles() stands inside a tag, by itself');
  }

  render(_properties: Record<string, string>): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Record<string, string>]): typeof noChange {
    for (const [name, value] of Object.entries(properties)) (part.element as HTMLElement).style.setProperty(name, value);
    return noChange;
  }
}

/** `<div ${styles({ '--share': '40%' })}>`. */
export const styles = directive(Styles);
