// Cases in words: numbers, lengths of time, people.
import { clock, count, day, dayOf, instant, todayIso, weekdayDay } from '../../lib/format';
import { locale, t, tOr } from '../../lib/i18n.svelte';
import type { IconName } from '../../ui/Icon.svelte';

export const HOUR_US = 3_600_000_000;
export const states = ['received', 'acknowledged', 'assessed', 'investigating', 'waiting', 'decided', 'communicated', 'closed', 'referred', 'merged'] as const;
export const severities = ['low', 'normal', 'high', 'critical'] as const;
export const outcomes = ['upheld', 'partly', 'goodwill', 'not_upheld', 'withdrawn', 'duplicate'] as const;
export const waits = ['customer', 'supplier', 'carrier', 'colleague', 'other'] as const;
export const channels = ['phone', 'email', 'shop', 'chat'] as const;

/** What people call a case by: "C-707312", always in these letters and figures, as it stands in mails. */
export const called = (number: number | string): string => `C-${number}`;

export const stateName = (s: string): string => tOr(`case.state_${s}`, s);
export const outcomeName = (s: string): string => tOr(`case.outcome_${s}`, s);
export const severityName = (s: string): string => tOr(`case.severity_${s}`, s);
export const channelName = (s: string): string => tOr(`case.channel_${s}`, s);
export const clockName = (s: string): string => tOr(`case.clock_${s}`, s);
export const waitName = (s: string): string => tOr(`case.waiting_${s}`, s);
export const causeName = (s: string): string => tOr(`case.cause_${s}`, s);

export const stateTone: Record<string, string> = { received: 'info', acknowledged: 'info', waiting: '', decided: 'warn', communicated: 'good', closed: '', referred: '', merged: '' };
export const outcomeTone: Record<string, string> = { upheld: 'good', partly: 'good', goodwill: 'good', not_upheld: 'warn' };

const units = new Map<string, Intl.NumberFormat>();
function unit(n: number, name: 'day' | 'hour' | 'minute'): string {
  // "3h", "3 ώ."; whole words in Arabic and Persian, whose short ones not everybody reads.
  const display = locale.dir === 'rtl' || name === 'day' ? 'long' : locale.language === 'en' ? 'narrow' : 'short';
  const key = `${locale.tag}${name}`;
  let f = units.get(key);
  if (!f) units.set(key, (f = new Intl.NumberFormat(locale.tag, { style: 'unit', unit: name, unitDisplay: display, maximumFractionDigits: 0 })));
  return f.format(n);
}

/** "3 h 10 min", "2 days 4 h", "12 min". Working time is told in hours however long it is: its days have no fixed length. */
export function span(us: number, working = false): string {
  const minutes = Math.floor(Math.abs(us) / 60_000_000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60);
  if (!working && days >= 2) {
    const rest = Math.floor((minutes - days * 1440) / 60);
    return rest && days < 7 ? two(unit(days, 'day'), unit(rest, 'hour')) : unit(days, 'day');
  }
  if (hours >= 1) {
    const rest = minutes - hours * 60;
    return rest && hours < 24 ? two(unit(hours, 'hour'), unit(rest, 'minute')) : unit(hours, 'hour');
  }
  return unit(minutes, 'minute');
}
const two = (large: string, small: string): string => t('case.span', { large, small });

/** "3 h left", "2 h over". */
export const left = (us: number, working = false): string => (us >= 0 ? t('case.left', { time: span(us, working) }) : t('case.over', { time: span(us, working) }));

export interface Timed {
  due_at: string | null;
  open_left_us: number | null;
  absolute_left_us: number | null;
  paused?: boolean;
}
/** How a clock looks: over, soon over, still, or nothing to worry about. */
export function tone(c: Timed, now: number): 'bad' | 'warn' | 'still' | 'calm' {
  if (c.due_at === null) return 'calm';
  if (c.paused) return 'still';
  const ms = Date.parse(c.due_at) - now;
  if (ms < 0) return 'bad';
  return (c.open_left_us ?? ms * 1000) < 2 * HOUR_US ? 'warn' : 'calm';
}

/** "Monday 23 November, 17:00"; without the day when it is today. */
export function until(rfc3339: string): string {
  const iso = dayOf(rfc3339);
  const time = clock(rfc3339);
  if (iso === todayIso()) return t('case.today_at', { time });
  // Within another sentence its parts are isolated, so that nothing in it tells the direction: the mark does.
  const mark = locale.dir === 'rtl' ? '\u200f' : '';
  return Math.abs(Date.parse(rfc3339) - Date.now()) < 6 * 86_400_000 ? mark + t('case.day_at', { day: weekdayDay(iso), time }) : instant(rfc3339);
}

/** Until when something is promised: a day that is meant to its end has no time of day. `short`: in a column of such days. */
export const dueWhen = (rfc3339: string, short = false): string => {
  if (!/:59:59\.9/.test(rfc3339)) return until(rfc3339);
  const iso = dayOf(rfc3339);
  if (iso === todayIso()) return t('promise.today');
  const name = Math.abs(Date.parse(rfc3339) - Date.now()) < 6 * 86_400_000 ? weekdayDay(iso) : day(iso);
  return short ? name : t('promise.end_of', { day: name });
};
/** What was promised, in words. */
export const promised = (p: { text: string; product: string; kind: string }): string => p.text || p.product || tOr(`promise.kind_${p.kind}`, p.kind);
export const promiseTone: Record<string, string> = { broken: 'bad', late: 'warn', kept: 'good', open: 'info', released: '' };

export const eventIcons: Record<string, IconName> = {
  opened: 'chat', acknowledged: 'check', assessed: 'filter', assigned: 'user', escalated: 'up', message_in: 'chat', message_out: 'mail', note: 'note',
  attached: 'file', waiting: 'clock', resumed: 'play', decided: 'shield', communicated: 'mail', referred: 'next', closed: 'check', reopened: 'undo',
  merged: 'merge', unmerged: 'merge', took_in: 'merge', let_go: 'merge', identified: 'people', rated: 'star', gesture: 'star', promised: 'calendar', conduct: 'alert',
};
export { count };
