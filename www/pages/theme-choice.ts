/** The page's own choice of theme, kept in this browser. */

const KEY = 'vitrine-theme';
const THEMES = ['auto', 'light', 'dark'];

/** Storage may be forbidden, as in a sandboxed frame; then the choice lasts as long as the page. */
function stored(): string {
  try {
    return localStorage.getItem(KEY) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function themeChoice(select: HTMLSelectElement, apply: (theme: string) => void): string {
  const show = (theme: string): void => {
    document.documentElement.dataset['theme'] = theme;
    apply(theme);
  };
  const first = THEMES.includes(stored()) ? stored() : 'auto';
  select.value = first;
  show(first);
  select.addEventListener('change', () => {
    try {
      localStorage.setItem(KEY, select.value);
    } catch {
      // Not kept; still shown.
    }
    show(select.value);
  });
  return first;
}
