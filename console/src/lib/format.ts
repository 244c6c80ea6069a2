// Everything a person reads as a figure, an amount or a day, in their language, calendar and digits. Each function reads `locale`, so a
// template that calls one is drawn anew when the person changes any of the three.
import { addDays, arabicSolarMonths, epochDay, fromParts, toParts } from './calendar';
import { decimalsOf } from './currency';
import { latinDigits, readNumber } from './digits';
import { locale } from './i18n.svelte';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale.tag}${JSON.stringify(options)}`;
  let f = cache.get(key) as Intl.NumberFormat | undefined;
  if (!f) cache.set(key, (f = new Intl.NumberFormat(locale.tag, options)));
  return f;
}

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${locale.tag}${JSON.stringify(options)}`;
  let f = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!f) cache.set(key, (f = new Intl.DateTimeFormat(locale.tag, options)));
  return f;
}

interface Figures {
  format(v: number): string;
  formatRange(low: number, high: number): string;
}

/** The currency's sign as its readers know it: ج.م. and ریال, but £ rather than UK£. */
function sign(currency: string): string {
  const currencyDisplay = locale.language === 'ar' ? 'symbol' : 'narrowSymbol';
  const parts = numbers({ style: 'currency', currency, currencyDisplay }).formatToParts(1);
  return (parts.find((p) => p.type === 'currency')?.value ?? currency).replace(/^[A-Z]{2}(?=[£$¥])/, '');
}

/** Amounts. Arabic and Persian write the sign after the amount; a right-to-left mark keeps them so where nothing else tells the direction. */
function moneyFormat(currency: string, digits: number): Figures {
  const fraction = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (locale.dir === 'ltr') return numbers({ style: 'currency', currency, currencyDisplay: 'narrowSymbol', ...fraction });
  const figures = numbers(fraction);
  const tail = `\u00a0${sign(currency)}`;
  return { format: (v) => `\u200f${figures.format(v)}${tail}`, formatRange: (low, high) => `\u200f${figures.formatRange(low, high)}${tail}` };
}

/** From 10 units on nobody reads the pence of an estimate. */
function estimateDigits(minor: number, decimals: number): number {
  return Math.abs(minor) >= 10 * 10 ** decimals || minor % 10 ** decimals === 0 ? 0 : decimals;
}

/** An amount in minor units (pence), exact. */
export function money(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const whole = minor % 10 ** decimals === 0;
  return moneyFormat(currency, whole ? 0 : decimals).format(minor / 10 ** decimals);
}

/** An estimated amount: no pence where they would only pretend to be exact. */
export function moneyAbout(minor: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return moneyFormat(currency, estimateDigits(Math.round(minor), decimals)).format(Math.round(minor) / 10 ** decimals);
}

/** A range of estimated amounts: "€20–150". */
export function moneyRange(low: number, high: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = Math.min(estimateDigits(Math.round(low), decimals), estimateDigits(Math.round(high), decimals));
  return range(moneyFormat(currency, digits), Math.round(low) / 10 ** decimals, Math.round(high) / 10 ** decimals);
}

function range(f: Figures, low: number, high: number): string {
  if (f.format(low) === f.format(high)) return f.format(high);
  const text = f.formatRange(low, high);
  return locale.dir === 'rtl' && !text.startsWith('\u200f') ? `\u200f${text}` : text; // or the lower end would stand on the wrong side
}

export function count(n: number): string {
  return numbers({ maximumFractionDigits: 0 }).format(n);
}

/** A number with at most so many decimals. */
export function decimal(n: number, most = 1): string {
  return numbers({ maximumFractionDigits: most }).format(n);
}

/** 0.72 as 72%; small shares keep a decimal. */
export function percent(p: number): string {
  const most = p !== 0 && Math.abs(p) < 0.1 && Math.abs(p * 100 - Math.round(p * 100)) > 0.05 ? 1 : 0;
  return numbers({ style: 'percent', maximumFractionDigits: most }).format(p);
}

export function percentRange(low: number, high: number): string {
  const most = high < 0.1 ? 1 : 0;
  return range(numbers({ style: 'percent', maximumFractionDigits: most }), low, high);
}

export function countRange(low: number, high: number): string {
  return range(numbers({ maximumFractionDigits: 0 }), low, high);
}

/** Parts instead of a ready text: no era, and Arabic names of Solar Hijri months that are spelt right. */
function dayText(f: Intl.DateTimeFormat, at: number): string {
  const fixMonth = locale.language === 'ar' && locale.calendar === 'persian';
  const parts = f.formatToParts(at);
  let out = '';
  for (const [i, p] of parts.entries()) {
    const next = parts[i + 1];
    if (p.type === 'era' || (p.type === 'literal' && next?.type === 'era')) continue;
    if (p.type === 'month' && fixMonth && Number.isNaN(Number(latinDigits(p.value)))) {
      const iso = new Date(at).toISOString().slice(0, 10);
      out += arabicSolarMonths[toParts(iso, 'persian').m - 1];
    } else {
      out += p.value;
    }
  }
  return out.trim();
}

function monthStyle(): 'long' | 'short' {
  return (locale.language === 'en' || locale.language === 'el') && locale.calendar === 'gregorian' ? 'short' : 'long';
}

/** '2026-05-01' as "1 May 2026". */
export function day(iso: string): string {
  const at = epochDay(iso.slice(0, 10));
  if (at === null) return iso;
  return dayText(dates({ day: 'numeric', month: monthStyle(), year: 'numeric', timeZone: 'UTC' }), at * 86_400_000);
}

/** The same without the year. */
export function dayShort(iso: string): string {
  const at = epochDay(iso.slice(0, 10));
  if (at === null) return iso;
  return dayText(dates({ day: 'numeric', month: monthStyle(), timeZone: 'UTC' }), at * 86_400_000);
}

export function weekdayDay(iso: string): string {
  const at = epochDay(iso.slice(0, 10));
  if (at === null) return iso;
  return dayText(dates({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' }), at * 86_400_000);
}

export function monthYear(iso: string): string {
  const at = epochDay(iso.slice(0, 10));
  if (at === null) return iso;
  const ms = at * 86_400_000;
  const f = dates({ month: 'long', year: 'numeric', timeZone: 'UTC' });
  const part = (type: string) => f.formatToParts(ms).find((p) => p.type === type)?.value ?? '';
  const month = locale.language === 'ar' && locale.calendar === 'persian' ? arabicSolarMonths[toParts(iso.slice(0, 10), 'persian').m - 1] : part('month');
  return `${month} ${part('year')}`;
}

/** Narrow names of the days of the week, from Sunday. */
export function weekdayNames(): { narrow: string; long: string }[] {
  const names = [];
  for (let i = 0; i < 7; i++) {
    const at = Date.UTC(2023, 0, 1 + i);
    names.push({
      narrow: dates({ weekday: 'narrow', timeZone: 'UTC' }).format(at),
      long: dates({ weekday: 'long', timeZone: 'UTC' }).format(at),
    });
  }
  return names;
}

/** An instant in the business's time zone: "1 May 2026, 14:05". */
export function instant(rfc3339: string): string {
  const at = Date.parse(rfc3339);
  if (Number.isNaN(at)) return rfc3339;
  const date = day(isoIn(at));
  return `${date}${locale.dir === 'rtl' ? '، ' : ', '}${clock(rfc3339)}`;
}

/** The business's day of an instant, as ISO. */
export const dayOf = (rfc3339: string): string => isoIn(Date.parse(rfc3339));

/**
 * The business's wall clock at an instant, written as if it were UTC's: by the server's rules, since a browser's own are as old as the browser.
 * Beyond the years that the server told it is the browser's after all.
 */
function wall(at: number): { at: number; timeZone: string } {
  const known = locale.offsets.findLast((o) => o.from <= at);
  return known && at < locale.offsetsUntil ? { at: at + known.ms, timeZone: 'UTC' } : { at, timeZone: locale.timezone };
}

/** Nine in the morning of a business's day, as an instant; by the server's rules, and UTC's nine beyond the years that it told. */
export function morningOf(iso: string): string {
  const nine = Date.parse(`${iso}T09:00:00Z`);
  const known = nine < locale.offsetsUntil ? locale.offsets.findLast((o) => o.from + o.ms <= nine) : undefined;
  return new Date(nine - (known?.ms ?? 0)).toISOString();
}

/** The business's day at an instant. */
function isoIn(at: number): string {
  const w = wall(at);
  return new Intl.DateTimeFormat('en-CA-u-ca-gregory-nu-latn', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone: w.timeZone,
  }).format(w.at);
}

/** The time of day of an instant: "14:05". */
export function clock(rfc3339: string): string {
  const at = Date.parse(rfc3339);
  if (Number.isNaN(at)) return rfc3339;
  const w = wall(at);
  return dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: w.timeZone }).format(w.at);
}

/** "3 minutes ago", "yesterday". */
export function ago(rfc3339: string, now = Date.now()): string {
  const at = Date.parse(rfc3339);
  if (Number.isNaN(at)) return rfc3339;
  const key = `r${locale.tag}`;
  let f = cache.get(key) as Intl.RelativeTimeFormat | undefined;
  if (!f) cache.set(key, (f = new Intl.RelativeTimeFormat(locale.tag, { numeric: 'auto' })));
  const s = (at - now) / 1000;
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['year', 31_556_952],
    ['month', 2_629_746],
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  for (const [unit, size] of steps) if (Math.abs(s) >= size) return f.format(Math.trunc(s / size), unit);
  return f.format(0, 'second');
}

/** A length of time for a progress line: "12 s", "3 min", "2 h". */
export function span(seconds: number): string {
  const [n, unit] = seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return numbers({ style: 'unit', unit: unit as string, unitDisplay: 'long', maximumFractionDigits: 0 }).format(n as number);
}

/** Bytes: "1.6 MB". */
export function bytes(n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let i = 0;
  while (n >= 1000 && i < 3) {
    n /= 1000;
    i++;
  }
  return numbers({ style: 'unit', unit: units[i] as string, unitDisplay: 'short', maximumFractionDigits: n < 10 && i > 0 ? 1 : 0 }).format(n);
}

/** The calendar day of now, in the business's time zone, as ISO. */
export function todayIso(now = Date.now()): string {
  return isoIn(now);
}

/** How a day is written in figures by this person: "1405/02/11". The order that `parseDay` reads first. */
export function dayFigures(iso: string): string {
  const p = toParts(iso, locale.calendar);
  const plain = new Intl.NumberFormat(locale.tag, { useGrouping: false, minimumIntegerDigits: 2 });
  const [y, m, d] = [plain.format(p.y), plain.format(p.m), plain.format(p.d)];
  return yearFirst() ? `${y}/${m}/${d}` : `${d}/${m}/${y}`;
}

function yearFirst(): boolean {
  return locale.calendar !== 'gregorian' || locale.language === 'fa';
}

/**
 * Reads a day typed in the person's calendar and any digits: "1405/2/11", "11-2-1405", "2026-05-01", "11/2" (the year then is the one
 * that makes it the nearest day to come). Null when there is no such day. A Gregorian year is understood in any calendar.
 */
export function parseDay(text: string, today = todayIso()): string | null {
  const n = (latinDigits(text).match(/\d+/g) ?? []).map(Number);
  if (n.length === 2) {
    const [a, b] = n as [number, number];
    const [d, m] = yearFirst() ? [b, a] : [a, b];
    const y = toParts(today, locale.calendar).y;
    const here = fromParts({ y, m, d }, locale.calendar);
    if (here !== null && here >= today) return here;
    return fromParts({ y: y + 1, m, d }, locale.calendar);
  }
  if (n.length !== 3) return null;
  let [y, m, d] = n as [number, number, number];
  if (d > 31) [y, d] = [d, y];
  if (y < 100 && d < 100) {
    if (!yearFirst()) [y, d] = [d, y];
    y += Math.floor(toParts(today, locale.calendar).y / 100) * 100;
  }
  const gregorian = locale.calendar !== 'gregorian' && y >= 1700;
  return fromParts({ y, m, d }, gregorian ? 'gregorian' : locale.calendar);
}

/** Reads a number typed in any digits; null when it is none. */
export function number(text: string): number | null {
  const sign = numbers({ minimumFractionDigits: 1 })
    .formatToParts(1.5)
    .find((p) => p.type === 'decimal')?.value;
  return readNumber(text, sign === ',' ? ',' : '.');
}

/** Reads an amount into minor units; null when it is none. */
export function minor(text: string, currency: string): number | null {
  const n = number(text);
  return n === null ? null : Math.round(n * 10 ** decimalsOf(currency));
}

/** Name of a currency in the person's language: "Euro (EUR)". */
export function currencyName(code: string): string {
  try {
    const name = new Intl.DisplayNames([locale.tag], { type: 'currency' }).of(code);
    return name && name !== code ? `${name} (${code})` : code;
  } catch {
    return code;
  }
}

export { addDays };
