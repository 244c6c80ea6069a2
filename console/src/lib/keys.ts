// Keys by their place on the keyboard (event.code), so that J is J on a Persian, Arabic or Greek layout too.
import type { PlainKey } from '../gen/messages/index.js';

export type KeyHandler = (event: KeyboardEvent) => void;
export interface HelpLine {
  code: string;
  text: PlainKey;
}
interface Layer {
  map: Record<string, KeyHandler>;
  help: HelpLine[];
}

const layers: Layer[] = [];
let listening = false;

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit', 'range', 'file'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (typing(event.target) || document.querySelector('dialog[open]')) return;
  const name = event.shiftKey ? `Shift+${event.code}` : event.code;
  for (let i = layers.length - 1; i >= 0; i--) {
    const fn = layers[i]?.map[name];
    if (!fn) continue;
    // Enter and Space keep what they do on a button or link.
    const own = event.target instanceof HTMLElement && event.target.closest('button, a, summary, [role="button"], label');
    if (own && (event.code === 'Enter' || event.code === 'Space')) return;
    event.preventDefault();
    fn(event);
    return;
  }
}

/**
 * Keys of a screen: codes ("KeyJ", "Slash", "Shift+Slash") to what they do. `help` gives each a message for the help sheet.
 * Returns how to end them; call it in an $effect.
 */
export function shortcuts(map: Record<string, KeyHandler>, help: Record<string, PlainKey> = {}): () => void {
  const layer: Layer = { map, help: Object.entries(help).map(([code, text]) => ({ code, text })) };
  layers.push(layer);
  if (!listening) addEventListener('keydown', onKey);
  listening = true;
  return () => {
    const at = layers.indexOf(layer);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** All that holds just now, the screen's own first. */
export function helpLines(): HelpLine[] {
  return layers.toReversed().flatMap((l) => l.help);
}

/** What stands on the key: "J", "Enter", "?". */
export function keyCap(code: string): string {
  const caps: Record<string, string> = { Slash: '/', 'Shift+Slash': '?', Enter: 'Enter ⏎', Escape: 'Esc' };
  return caps[code] ?? code.replace(/^Key|^Digit/, '');
}
