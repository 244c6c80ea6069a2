// Days in three calendars, on top of Intl: nothing is calculated here that ICU does not say. Stored and sent is always ISO (2026-05-01).
// A day has no time zone, so everything runs in UTC.

export type Calendar = 'gregorian' | 'persian' | 'hijri';
export interface Ymd {
  y: number;
  m: number;
  d: number;
}

/** The names that Unicode gives them. Never plain `islamic`, which is another one. */
export const unicodeCalendar: Record<Calendar, string> = { gregorian: 'gregory', persian: 'persian', hijri: 'islamic-umalqura' };

const MS_PER_DAY = 86_400_000;
const readers = new Map<Calendar, Intl.DateTimeFormat>();

function reader(calendar: Calendar): Intl.DateTimeFormat {
  let f = readers.get(calendar);
  if (!f) {
    f = new Intl.DateTimeFormat(`en-u-ca-${unicodeCalendar[calendar]}-nu-latn`, {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      timeZone: 'UTC',
    });
    readers.set(calendar, f);
  }
  return f;
}

/** Days since 1970-01-01, or null when the text is no ISO day. */
export function epochDay(iso: string): number | null {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (!m) return null;
  const ms = Date.UTC(Number(m[1]), Number(m[2]) - 1, Number(m[3]));
  return isoOf(ms / MS_PER_DAY) === iso ? ms / MS_PER_DAY : null;
}

export function isoOf(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

function partsOf(day: number, calendar: Calendar): Ymd {
  const out: Ymd = { y: 0, m: 0, d: 0 };
  for (const p of reader(calendar).formatToParts(day * MS_PER_DAY)) {
    if (p.type === 'year') out.y = Number(p.value);
    else if (p.type === 'month') out.m = Number(p.value);
    else if (p.type === 'day') out.d = Number(p.value);
  }
  return out;
}

/** Year, month and day of an ISO day in a calendar. */
export function toParts(iso: string, calendar: Calendar): Ymd {
  const day = epochDay(iso);
  if (day === null) throw new RangeError(`not a day: ${iso}`);
  return partsOf(day, calendar);
}

// Day on which the first year began, nearly, and the mean length of a year.
const starts: Record<Calendar, [number, number]> = {
  gregorian: [-719_162, 365.2425],
  persian: [-492_268, 365.2422],
  hijri: [-492_148, 354.367],
};

/** The ISO day of a year, month and day, or null when that calendar has no such day. */
export function fromParts({ y, m, d }: Ymd, calendar: Calendar): string | null {
  if (![y, m, d].every(Number.isInteger) || m < 1 || m > 12 || d < 1 || d > 31 || y < 1 || y > 9999) return null;
  const [first, yearDays] = starts[calendar];
  let day = Math.floor(first + (y - 1) * yearDays + (m - 1) * (yearDays / 12) + d - 1);
  // The guess is off by a few days; each step closes in, and one that does not is a day that does not exist.
  for (let step = 0; step < 8; step++) {
    const p = partsOf(day, calendar);
    const off = Math.round((y - p.y) * yearDays + (m - p.m) * (yearDays / 12)) + (d - p.d);
    if (off === 0) return p.y === y && p.m === m && p.d === d ? isoOf(day) : near(day, { y, m, d }, calendar);
    day += off;
  }
  return near(day, { y, m, d }, calendar);
}

function near(day: number, want: Ymd, calendar: Calendar): string | null {
  for (let k = -3; k <= 3; k++) {
    const p = partsOf(day + k, calendar);
    if (p.y === want.y && p.m === want.m && p.d === want.d) return isoOf(day + k);
  }
  return null;
}

export function monthLength(y: number, m: number, calendar: Calendar): number {
  for (let d = 31; d > 28; d--) if (fromParts({ y, m, d }, calendar) !== null) return d;
  return 28 + (fromParts({ y, m, d: 29 }, calendar) === null ? 0 : 1);
}

export function addDays(iso: string, days: number): string {
  return isoOf((epochDay(iso) ?? 0) + days);
}

/** 0 Sunday .. 6 Saturday. */
export function weekday(iso: string): number {
  return (((epochDay(iso) ?? 0) % 7) + 11) % 7;
}

/** First day of the week and the days of rest, as people of a language and region usually have them (0 Sunday). */
export function firstWeekday(language: string): number {
  return language === 'fa' || language === 'ar' ? 6 : 1;
}

// ICU writes the Arabic names of the Solar Hijri months with slips (أذربيهشت), so they stand here.
export const arabicSolarMonths = [
  'فروردين',
  'أرديبهشت',
  'خرداد',
  'تير',
  'مرداد',
  'شهريور',
  'مهر',
  'آبان',
  'آذر',
  'دي',
  'بهمن',
  'إسفند',
];
