// Light and dark: as the system says, or as the person has chosen.
import { recall, remember } from './memory';

export type Theme = 'system' | 'light' | 'dark';

export function theme(): Theme {
  const kept = recall<Theme>('theme');
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

export function setTheme(choice: Theme): void {
  remember('theme', choice === 'system' ? null : choice);
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}
