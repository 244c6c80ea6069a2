// Language, calendar and digits: three settings of a person, else of the business, else a guess from the browser.
import { load, speaker, type Args, type Key, type Language, type Table } from '../gen/messages/index.js';
import { unicodeCalendar, type Calendar } from './calendar';
import { unicodeDigits, type Digits } from './digits';
import { recall, remember } from './memory';

export type { Language };
export interface LocaleChoice {
  language: Language;
  calendar: Calendar;
  digits: Digits;
}

export const languageNames: Record<Language, string> = { en: 'English', ar: 'العربية', fa: 'فارسی', el: 'Ελληνικά' };

/** What usually goes with a language, as a start for somebody who has chosen nothing. */
export function usual(language: Language): LocaleChoice {
  if (language === 'fa') return { language, calendar: 'persian', digits: 'persian' };
  if (language === 'ar') return { language, calendar: 'gregorian', digits: 'arabic' };
  return { language, calendar: 'gregorian', digits: 'latin' };
}

export function browserLanguage(): Language {
  for (const tag of navigator.languages ?? []) {
    const l = tag.slice(0, 2).toLowerCase();
    if (l in languageNames) return l as Language;
  }
  return 'en';
}

class Locale {
  #choice = $state<LocaleChoice>({ language: 'en', calendar: 'gregorian', digits: 'latin' });
  timezone = $state('UTC');
  /** What its clock is ahead of UTC, from when on, until when that is known: as the server has it. In milliseconds. */
  offsets = $state.raw<{ from: number; ms: number }[]>([]);
  offsetsUntil = 0;
  /** BCP 47 with calendar and digits: "ar" alone would give Latin digits. */
  readonly tag = $derived(
    `${this.#choice.language}-u-ca-${unicodeCalendar[this.#choice.calendar]}-nu-${unicodeDigits[this.#choice.digits]}`,
  );
  get language(): Language {
    return this.#choice.language;
  }
  get calendar(): Calendar {
    return this.#choice.calendar;
  }
  get digits(): Digits {
    return this.#choice.digits;
  }
  get dir(): 'rtl' | 'ltr' {
    return this.language === 'ar' || this.language === 'fa' ? 'rtl' : 'ltr';
  }
  set(choice: LocaleChoice): void {
    this.#choice = choice;
  }
}

export const locale = new Locale();

const tables = new Map<string, Table>();
const screens = new Set<string>(); // whose messages are needed beside those of the start
let table = $state.raw<Table>({});
const speak = $derived(speaker(table, locale.tag));

async function catalogue(language: Language, screen: string): Promise<Table> {
  const name = `${language}.${screen}`;
  let part = tables.get(name);
  if (!part) tables.set(name, (part = await load(language, screen)));
  return part;
}

/** Everything said so far, in a language; also by a screen that came while the catalogues were fetched. */
async function whole(language: Language): Promise<Table> {
  for (;;) {
    const wanted = ['core', ...screens];
    const parts = await Promise.all(wanted.map((s) => catalogue(language, s)));
    if (wanted.length === screens.size + 1) return Object.assign({}, ...parts);
  }
}

/** Fetches what a lazy screen says; to be awaited before it is shown. */
export async function needMessages(screen: string): Promise<void> {
  if (screens.has(screen)) return;
  await catalogue(locale.language, screen); // failing, it leaves everything as it was
  screens.add(screen);
  const language = locale.language;
  const said = await whole(language);
  if (language === locale.language) table = said; // else setLocale has fetched it with the rest
}

let asked = 0; // how often a language was asked for

/** Changes language, calendar and digits at once, when the catalogue is there. What was asked for last holds, whichever comes last over the net. */
export async function setLocale(choice: LocaleChoice): Promise<void> {
  const turn = ++asked;
  const said = await whole(choice.language);
  if (turn !== asked) return;
  table = said;
  locale.set(choice);
  remember('locale', choice);
  const root = document.documentElement;
  root.lang = choice.language;
  root.dir = locale.dir;
}

/** What this browser used last, else what fits the browser's language. */
export function firstLocale(): LocaleChoice {
  const kept = recall<LocaleChoice>('locale');
  if (kept && kept.language in languageNames && kept.calendar in unicodeCalendar && kept.digits in unicodeDigits) return kept;
  return usual(browserLanguage());
}

/** A message in the person's language. Keys and arguments are checked by the compiler. */
export function t<K extends Key>(key: K, ...args: Args<K>): string {
  return speak(key, ...args);
}

/** Is there such a message? For keys that are made of a code. */
export function known(key: string): key is Key {
  return key in table;
}

/** A message whose key is made of a code, else what is given instead. */
export function tOr(key: string, otherwise: string): string {
  return known(key) ? (speak as (k: string) => string)(key) : otherwise;
}
