// Short words at the edge of the screen about what was just done, with a way back.
export interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
  undo: (() => Promise<void>) | null;
}

let next = 1;
export const toasts = $state<Toast[]>([]);
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Shows a toast. One with a way back stays for 10 s; it waits while the pointer or the focus is on it. */
export function toast(text: string, options: { undo?: () => Promise<void>; tone?: 'good' | 'bad' } = {}): number {
  const id = next++;
  toasts.push({ id, text, tone: options.tone ?? 'good', undo: options.undo ?? null });
  if (toasts.length > 3) dismiss((toasts[0] as Toast).id);
  release(id);
  return id;
}

export function dismiss(id: number): void {
  hold(id);
  const at = toasts.findIndex((x) => x.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

/** While somebody is reading it. */
export function hold(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function release(id: number): void {
  hold(id);
  const one = toasts.find((x) => x.id === id);
  if (one) timers.set(id, setTimeout(() => dismiss(id), one.undo || one.tone === 'bad' ? 10_000 : 5000));
}
