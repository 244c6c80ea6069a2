// A document of standards as the server keeps it (docs/manual/standards.md), and small helps to change one.
import type { Language } from '../../../lib/i18n.svelte';

export type Words = Partial<Record<Language, string>>;
export const clockKinds = ['acknowledge', 'first_answer', 'next_answer', 'solution', 'regulatory'] as const;
export type ClockKind = (typeof clockKinds)[number];
export const units = ['working_minutes', 'working_days', 'minutes', 'calendar_days'] as const;
export type Unit = (typeof units)[number];
export const remedyKinds = ['refund', 'replacement', 'repair', 'voucher', 'upgrade', 'gift', 'call', 'apology'] as const;
export type RemedyKind = (typeof remedyKinds)[number];

export interface Clock {
  unit: Unit;
  amount: number;
  warn_percent: number;
}
export interface Kind {
  code: string;
  title: Words;
  text: Words;
  calendar: string;
  clocks: Partial<Record<ClockKind, Clock>>;
  due: string[];
  extra: string[];
}
export interface Remedy {
  code: string;
  kind: RemedyKind;
  title: Words;
  text: Words;
  percent: number;
  amount_minor: number;
  most_minor: number;
  cost_percent: number;
  redeemed_percent: number;
  validity_days: number;
  by_right_only: boolean;
}
export interface Standards {
  format: number;
  currency: string;
  first_language: Language;
  title: Words;
  promises: Words;
  terms: Words;
  appeal: Words;
  kinds: Kind[];
  remedies: Remedy[];
  limits: { agent: number; manager: number; owner: number };
  approval_minutes: number;
  reopen_days: number;
}

/** An object with names of its own, as the server's description knows it. */
export type Bare = Record<string, never>;

/** A text in the language, else in the first, else in any. */
export const inWords = (w: Words, language: Language, first: Language): string => w[language] ?? w[first] ?? Object.values(w)[0] ?? '';

/** A code that is not taken: kind_1, kind_2, ... */
export function freeCode(base: string, taken: { code: string }[]): string {
  for (let i = 1; ; i++) if (!taken.some((k) => k.code === `${base}_${i}`)) return `${base}_${i}`;
}

/** Moves one of a list up or down. */
export function move<T>(list: T[], at: number, by: -1 | 1): void {
  const other = at + by;
  if (other < 0 || other >= list.length) return;
  [list[at], list[other]] = [list[other] as T, list[at] as T];
}

// --- the page that the server wrote, as nodes ---------------------------------------------------------------------------------------------
// It is built tag by tag, without innerHTML, which the console's policy refuses. Only what those pages are made of is let through.
const tags = new Set('main section h1 h2 h3 p ul ol li dl dt dd strong span bdi br hr details summary a'.split(' '));
const attributes = new Set(['class', 'lang', 'dir', 'id']);
const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const plain = (s: string): string => s.replace(/&(?:amp|lt|gt|quot|#39);/g, (e) => entities[e] as string);

/** What stands in the <main> of a page of ours. */
export function sheetOf(html: string): HTMLElement {
  const root = document.createElement('div');
  root.className = 'sheet';
  const open: HTMLElement[] = [root];
  const from = html.indexOf('<main');
  const text = from < 0 ? '' : html.slice(html.indexOf('>', from) + 1, html.lastIndexOf('</main>'));
  for (const [, close, name, given, words] of text.matchAll(/<(\/?)([a-z0-9]+)((?:\s[^<>]*)?)>|([^<]+)/g)) {
    const top = open[open.length - 1] as HTMLElement;
    if (words !== undefined) top.append(plain(words));
    else if (close) {
      if (open.length > 1) open.pop();
    } else {
      const known = tags.has(name as string);
      const element = document.createElement(known ? (name as string) : 'span');
      for (const [, key, value] of (given ?? '').matchAll(/([a-z-]+)="([^"]*)"/g))
        if (attributes.has(key as string)) element.setAttribute(key as string, plain(value as string));
      top.append(element);
      if (name !== 'br' && name !== 'hr') open.push(element);
    }
  }
  return root;
}
