/** Single keys as shortcuts. They work only while the focus is inside `host`, and never while it is in a control that uses the key. */

const USES_KEYS = 'input, select, textarea, [contenteditable]';
const USES_SPACE = 'button, summary, a';

export function onKey(event: KeyboardEvent, actions: Readonly<Record<string, () => void>>): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const action = actions[event.key];
  const origin = event.composedPath()[0];
  if (!action || !(origin instanceof Element) || origin.matches(USES_KEYS) || (event.key === ' ' && origin.matches(USES_SPACE)))
    return;
  event.preventDefault();
  action();
}
